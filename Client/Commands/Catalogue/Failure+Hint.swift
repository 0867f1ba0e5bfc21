import Bytes
import Carrier
import Courier
import Fieldwork
import Model
import Store
import Wire

extension Failure {
  /// What to type or to do now, as a sentence.
  var hint: String {
    switch self {
    case .unknownCommand(_, let suggestion):
      suggestion.map { "Did you mean \"kulkul \($0)\"? Type \"kulkul --help\" for all commands." }
        ?? "Type \"kulkul --help\" for all commands."
    case .unknownLanguage: "Set KULKUL_LANG to id or en, or type --lang id."
    case .argumentNotText: "Type it again in a terminal that is set to UTF-8."
    case .noHome: "Say where the store lies: type --store FILE."
    case .needsAnswers(let command):
      "Type the answers, as in \"kulkul \(command) --set nama_usaha='Tenun Padma'\"."
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
    case .work(let error): error.hint
    case .assignment(let error): AnswerWords.hint(error)
    case .action(let error): error.hint
    case .resolve(let error): error.hint
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
    case .edit(let refusal): refusal.hint
    case .carrier(let error): error.hint
    case .problem(let problem): problem.hint
    case .wire: "Check the address, type \"kulkul sync\" again, and tell the office if it stays so."
    case .courier(let error): error.hint
    case .form: "Type \"kulkul sync\"; if that does not help, tell the office."
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
    case .noView: "Type \"kulkul show RECORD\" and edit from what it shows."
    case .inconsistent:
      "Keep a copy of the file, and tell the office; what was synced is safe there."
    }
  }
}

extension EditRefusal {
  fileprivate var hint: String {
    switch self {
    case .unknownPerson, .notServed: "Type \"kulkul whoami\" to see whom this laptop serves."
    case .role: "Ask a person with that right, or type --as PERSON if you are one."
    case .village: "Ask the office to give the village to you, then type \"kulkul sync\"."
    case .deleted(let record):
      "Type \"kulkul undelete \(record.description.prefix(8))\" first, if it should come back."
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
      "Your work is kept here. Ask the office for a new code, and join with a new store."
    case .otherSurvey, .otherPreset: "Type --store FILE to join it with another store."
    case .foreignReplica: "Tell the office; both laptops' records are kept."
    case .malformed, .newerVersion, .tooLarge: "Tell the office which version you have."
    case .tooManyTries: "Wait a minute and try again."
    case .internalFault: "Your work is kept here. Try again later, and tell the office."
    }
  }
}

extension CourierError {
  fileprivate var hint: String {
    switch self {
    case .notJoined: "Type \"kulkul join URL CODE\" once the office has given you a code."
    case .joinedAlready: "Type \"kulkul sync\", or --store FILE to join another with a new store."
    case .foreignServer: "Check the address with the office."
    case .badKey: "Keep a copy of the file, and ask the office for a new code for a new store."
    }
  }
}
