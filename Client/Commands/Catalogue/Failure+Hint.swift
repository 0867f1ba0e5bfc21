import Bytes
import Carrier
import Courier
import Fieldwork
import Model
import Store
import Wire

extension Failure {
  /// What to type or to do now, as a sentence.
  var hint: String { hint(of: nil) }

  /// What to type about a record, by the letters that name it here.
  private func hint(of record: String?) -> String {
    switch self {
    case .about(let record, let failure): failure.hint(of: record)
    case .notUnderstood(_, let command):
      "Type \"kulkul help\(command.isEmpty ? "" : " " + command)\" to see how it is typed."
    case .unknownDraft(_, let known):
      known.isEmpty
        ? "There is none: type \"kulkul add\" to begin."
        : "Type \"kulkul drafts\" to see them: \(Grammar.list(known.map { String($0) }))."
    case .unknownCommand(_, let suggestion):
      suggestion.map { "Did you mean \"kulkul \($0)\"? Type \"kulkul --help\" for all commands." }
        ?? "Type \"kulkul --help\" for all commands."
    case .unknownLanguage: "Set KULKUL_LANG to id or en, or type --lang id."
    case .argumentNotText: "Type it again in a terminal that is set to UTF-8."
    case .noHome: "Say where the store lies: type --store FILE."
    case .needsAnswers(let command):
      "Type the answers, as in \"kulkul \(command) --set nama_usaha='Tenun Padma'\"."
    case .needsTerminal: "Type it at a terminal."
    case .needsDecision(let record):
      "Type \"kulkul resolve \(record) QUESTION --take SIDE --because '…'\"; "
        + "\"kulkul conflicts show \(record)\" names the sides."
    case .needsReason: "Add --because \"…\", so that others know why."
    case .badToken: "Copy it from \"seen\" in the JSON of show, or from _seen in an export."
    case .conflicting: "Leave one of them out."
    case .badCode: "A code has eight letters and digits, such as K7M3-Q9X2; ask the office."
    case .noSurvey:
      "Type \"kulkul join URL CODE\", or \"kulkul init --standalone\" to work alone."
    case .hasSurvey: "Type \"kulkul status\" to see it, or --store FILE to start another."
    case .noPerson, .severalPeople: "Type \"kulkul as PERSON\", or add --as PERSON."
    case .malformedPerson:
      "Use lower-case letters, digits, dots, hyphens and underscores, such as surveyor1."
    case .notServed(_, let known):
      known.isEmpty
        ? "Ask the office to let this laptop serve the person, then type \"kulkul sync\"."
        : "It serves \(Grammar.list(known.map(\.description))): type \"kulkul as \(known[0])\"."
    case .severalVillages: "Type the full name or the code."
    case .unknownVillage: "Type \"kulkul coverage\" to see all villages."
    case .needsVillage: "Add --village NAME, by name or code."
    case .notConfirmed: "Type the village's code to be sure."
    case .noDraft: "Type \"kulkul add\" to begin."
    case .sameVillage: "There is nothing to do."
    case .foreignVillage: "Ask the office to give the village to you, then type \"kulkul sync\"."
    case .noLastRecord: "Type \"kulkul list\" to see the records here."
    case .endOfInput: "What was answered is kept as a draft: type \"kulkul add --resume\"."
    case .standaloneSync: "Type \"kulkul join URL CODE\" once the office has given you a code."
    case .severalRecords: "Type the letters of the one you mean."
    case .unknownRecord: "Type \"kulkul list\" to see the records here."
    case .shortRecord: "Type more of its letters, or some of its name."
    case .noValue: "Give it on stdin, one line for each - in the order of --set."
    case .noSuchChoice(_, let choices):
      "Type one of " + choices.prefix(20).joined(separator: ", ")
        + (choices.count > 20 ? ", …" : "") + ", or its label."
    case .findings: "Correct the answers and type it again."
    case .badRows: "Mend the file, or add --skip-bad to import the other rows."
    case .notTaken: "They are kept here. Tell the office what is said above."
    case .unsound: "Keep a copy of the file, and tell the office; what was synced is safe there."
    case .work(let error): error.hint(of: record)
    case .assignment(let error): AnswerWords.hint(error, of: record)
    case .action(let error): error.hint(of: record)
    case .resolve(let error): error.hint(of: record)
    case .importing(let error): error.hint
    case .unreadable: "Check the name of the file, and whether you may read it."
    case .unwritable: "Check the folder, whether you may write there, and whether the disk is full."
    case .fileThere: "Type another name, or add --force to replace it."
    case .databaseThere: "Type another name; it was left as it is."
    case .notPlainFile: "Type another name, or leave -o out and redirect stdout."
    case .outputLost:
      "Check where stdout goes, and whether the disk is full. What was said to be saved is saved."
    case .fileTooLarge: "Split the file."
    case .longLine: "Shorten it."
    case .inputNotText: "Save it as UTF-8 and try again."
    case .store(let error): error.hint
    case .edit(let refusal): refusal.hint(of: record)
    case .carrier(let error): error.hint
    case .problem(let problem): problem.hint
    case .wire: "Check the address, type \"kulkul sync\" again, and tell the office if it stays so."
    case .courier(let error): error.hint
    case .backup(let error): BackupWords.whatNow(error).text
    case .differs: "Type \"kulkul verify\" and \"kulkul backup FILE\", and tell the office."
    case .bundle(let failure): failure.hint
    case .form: "Type \"kulkul sync\"; if that does not help, tell the office."
    case .throughProxy(let proxy, _):
      "Your work is kept here. Check that the proxy \(proxy) runs, or leave it out: set no_proxy to the "
        + "office's host."
    case .fault: "Please report it, with what you typed."
    }
  }
}

extension StoreError {
  fileprivate var hint: String {
    switch self {
    case .missing: "Type \"kulkul join URL CODE\", or \"kulkul init --standalone\" to work alone."
    case .present: "Type --store FILE to start another."
    case .foreign: "It was left as it is. Check the name after --store and in KULKUL_STORE."
    case .damaged:
      "Move it aside with the files beside it, -wal and -shm, and keep them all. Then join with a "
        + "new code of the office, where what was synced is safe."
    case .newer: "Install the newer version on this laptop."
    case .busy: "Wait until it has ended, and try again."
    case .disk: "Free some space, and check that you may write there; nothing was half-saved."
    case .refused: "Leave the tables to Kulkul; plain SQL is for reading."
    case .noRecord: "Type \"kulkul list\" to see the records here."
    case .noForm: "Type \"kulkul sync\" to get the survey's forms."
    case .noVillage: "Type \"kulkul coverage\" to see all villages."
    case .tooLarge: "Save less at once."
    case .tooManyPlaces: "Put the rest into a new record."
    case .draftElsewhere: "Type \"kulkul drafts\" to see what is unfinished."
    case .noView: "Type \"kulkul show RECORD\" and edit from what it shows."
    case .forgedDirectory:
      "Your work is kept here. Tell the office; nothing of what came was taken in."
    case .unheard: "Type \"kulkul sync\" on another laptop first."
    case .notTakenOver:
      "Nothing was changed here. Ask the office to install the newest version of Kulkul, then type the "
        + "same again, with the same code."
    case .inconsistent:
      "Keep a copy of the file, and tell the office; what was synced is safe there."
    }
  }
}

extension EditRefusal {
  fileprivate func hint(of record: String?) -> String {
    switch self {
    case .unknownPerson, .notServed: "Type \"kulkul whoami\" to see whom this laptop serves."
    case .role: "Ask a person with that right, or type --as PERSON if you are one."
    case .village: "Ask the office to give the village to you, then type \"kulkul sync\"."
    case .deleted(let id):
      "Type \"kulkul undelete \(record ?? id.description)\" first, if it should come back."
    case .deletedRow(_, let row):
      "Add --set 'REPEAT[\(row.id)]+' first, if it should come back."
    }
  }
}

extension CarrierError {
  fileprivate var hint: String {
    switch self {
    case .libraryMissing: "Install libcurl, on Debian the package libcurl4."
    case .badAddress, .badHeader: "Type it with its scheme, such as https://office.example."
    case .untrusted: "Do not go on; ask the office for its right address."
    default: "Your work is kept here. Check the address, and try again when there is a network."
    }
  }
}

extension Problem {
  fileprivate var hint: String {
    switch self {
    case .badCode: "Ask the office for a new code; it types \"kulkul-server device invite\"."
    case .unknownDevice, .revokedDevice:
      "Your work is kept here. Ask the office for a code with \"device invite --again\", then type "
        + "\"kulkul join URL CODE\": it lets this laptop in again, with all that it holds."
    case .otherDevice:
      "Ask the office for a code for this very laptop; \"kulkul status\" shows what it is called."
    case .otherSurvey, .otherPreset: "Type --store FILE to join it with another store."
    case .foreignReplica:
      "If this laptop asked to join before, ask the office for a code for that device, with --again. "
        + "If its store was copied, tell the office; both laptops' records are kept."
    case .malformed, .newerVersion: "Tell the office which version you have."
    case .tooLarge:
      "Your work is kept here. Ask the office to install the newest version of Kulkul, then try again."
    case .tooManyTries: "Wait a minute and try again."
    case .otherDirectory:
      "Your work is kept here. Tell the office that it was restored and went on without this laptop."
    case .waitsForLaptops:
      "Let a laptop that has joined sync first, then try again with the same code."
    case .tooSlow, .tooBusy: "Your work is kept here. Try again in a few minutes."
    case .internalFault: "Your work is kept here. Try again later, and tell the office."
    }
  }
}

extension CourierError {
  fileprivate var hint: String {
    switch self {
    case .notJoined: "Type \"kulkul join URL CODE\" once the office has given you a code."
    case .joinedAlready:
      "Type \"kulkul sync\". If the office turned this laptop away, ask it for a code with \"device "
        + "invite --again\"; to join another survey, add --store FILE."
    case .foreignServer: "Check the address with the office."
    case .badKey: "Keep a copy of the file, and ask the office for a new code for a new store."
    }
  }
}
