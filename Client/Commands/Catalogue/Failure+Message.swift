import Carrier
import Courier
import Fieldwork
import Forms
import Model
import Store
import Wire

extension Failure: Phrase {
  /// What was found, without a full stop.
  var text: String {
    switch self {
    case .about(let record, let failure): failure.text(of: record)
    case .notUnderstood(let message, _): message
    case .unknownDraft(let typed, _): "there is no unfinished work \"\(typed)\" of yours"
    case .unknownCommand(let word, _): "there is no command \"\(word)\""
    case .unknownLanguage(let word): "the form has no language \"\(word)\""
    case .argumentNotText(let index): "argument \(index) is not UTF-8 text"
    case .noHome: "there is no home folder to keep the store in"
    case .needsAnswers(let command): "\(command) was given no answers and nobody to ask"
    case .needsTerminal(let command): "\(command) asks, and there is nobody at a terminal"
    case .needsDecision: "the resolution does not say what is right"
    case .needsReason: "a resolution needs a reason"
    case .badToken(let token): "\"\(token)\" is not the token of a view"
    case .conflicting(let one, let other): "\(one) and \(other) do not go together"
    case .badCode(let code): "\"\(code)\" cannot be a one-time code"
    case .noSurvey(let path): "there is no survey on this laptop yet (\(path))"
    case .hasSurvey(let path): "there is a survey on this laptop already (\(path))"
    case .noPerson: "it is not said who works on this laptop"
    case .severalPeople(let people):
      "this laptop serves several people: \(Grammar.list(people.map(\.description)))"
    case .malformedPerson(let word): "\"\(word)\" is not a person's word"
    case .notServed(let person, _): "this laptop does not serve \(person)"
    case .severalVillages(let typed, let villages):
      "\"\(typed)\" fits \(villages.count) villages:\n" + Failure.lines(villages)
    case .unknownVillage(let typed, let suggestions):
      "there is no village \"\(typed)\""
        + (suggestions.isEmpty ? "" : "; did you mean:\n" + Failure.lines(suggestions))
    case .needsVillage(let count): "it is not said in which of \(count) villages"
    case .notConfirmed: "nothing was done, because you did not confirm"
    case .noDraft: "there is no unfinished work of yours"
    case .sameVillage(let village): "the record lives in \(village) already"
    case .foreignVillage(let person, let village): "\(person) does not work in \(village)"
    case .noLastRecord: "no record was shown or saved on this laptop yet"
    case .endOfInput: "the input ended before the question was answered"
    case .standaloneSync: "this laptop has joined no office, so there is nobody to sync with"
    case .severalRecords(let typed, let lines):
      "\"\(typed)\" fits \(lines.count) records:\n"
        + lines.prefix(10).joined(separator: "\n") + (lines.count > 10 ? "\n  …" : "")
    case .unknownRecord(let typed, let suggestions):
      "there is no record \"\(typed)\""
        + (suggestions.isEmpty ? "" : "; did you mean:\n" + suggestions.joined(separator: "\n"))
    case .shortRecord(let typed, let least):
      "\"\(typed)\" is too short to name a record: \(least) letters do"
    case .noValue(let name): "\(name) was not answered"
    case .noSuchChoice(let name, _): "\(name): that is none of the choices"
    case .findings(let findings):
      "nothing was saved, because:\n" + findings.map(\.text).joined(separator: "\n")
    case .badRows(let bad, let rows, let file):
      "nothing was imported, because \(bad) of \(Grammar.count(rows, "row")) in \(file) "
        + (bad == 1 ? "is" : "are") + " wrong"
    case .notTaken(let count): "\(Grammar.count(count, "run")) of changes were not taken"
    case .unsound(let count): "the store has \(Grammar.count(count, "fault"))"
    case .work(let error): error.text
    case .assignment(let error): AnswerWords.text(error)
    case .action(let error): error.text
    case .resolve(let error): error.text(of: nil)
    case .importing(let error): error.text
    case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
    case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
    case .fileThere(let path): "there is a file \(path) already"
    case .databaseThere(let path): "\(path) is a database, which an export does not replace"
    case .notPlainFile(let path): "\(path) is there, and is no plain file"
    case .outputLost(let reason): "not all that was found could be written to stdout: \(reason)"
    case .fileTooLarge(let path, let limit): "\(path) is larger than \(limit >> 20) MiB"
    case .longLine(let limit): "the line is longer than \(limit >> 10) KiB"
    case .inputNotText: "the input is not UTF-8 text"
    case .store(let error): error.text
    case .edit(let refusal): refusal.text
    case .carrier(let error): error.text
    case .problem(let problem): problem.text
    case .wire(let error): error.text
    case .courier(let error): error.text
    case .backup(let error): BackupWords.failed(error).text
    case .differs(let villages):
      "what is held here of \(Grammar.list(villages)) does not come to what the office signed; "
        + "nothing of it was dropped"
    case .bundle(let failure): failure.text
    case .form(let error): "the form is wrong in sheet \(error.sheet), line \(error.line)"
    case .throughProxy(let proxy, let failure):
      "\(failure.text); it was asked through the proxy \(proxy)"
    case .fault(let detail): "the program is at fault: \(detail)"
    }
  }

  /// What was found about a record that has a name here.
  private func text(of record: String) -> String {
    if case .resolve(let error) = self { error.text(of: record) } else { text }
  }

  /// Villages one below the other, as they are told apart.
  static func lines(_ villages: [Village]) -> String {
    villages.map { "  \($0.code)  \($0.name) (\($0.kecamatan))" }.joined(separator: "\n")
  }
}

extension StoreError {
  fileprivate var text: String {
    switch self {
    case .missing(let path): "there is no store at \(path)"
    case .present(let path): "there is a store at \(path) already"
    case .foreign(let path): "\(path) is not a store of Kulkul's"
    case .damaged(let path, let detail): "\(path) is damaged: \(detail)"
    case .newer(let path): "\(path) was made by a newer version of Kulkul"
    case .busy(let path): "another program holds \(path)"
    case .disk(let path, let detail): "\(path) cannot be used: \(detail)"
    case .refused(let detail): "the store refused to be written to: \(detail)"
    case .noRecord(let record): "there is no record \(record) here"
    case .noForm(let form): "the survey has no form \(form)"
    case .noVillage(let village): "the survey has no village \(village)"
    case .tooLarge(let bytes, let limit):
      "what is to be saved has \(bytes >> 10) KiB, more than the \(limit >> 10) of one change"
    case .tooManyPlaces(let places, let limit):
      "the record would hold \(places) answers, more than the \(limit) of one record"
    case .draftElsewhere:
      "somebody went on with this draft elsewhere, finished it or threw it away"
    case .noView: "the view is not known here"
    case .forgedDirectory: "what came as the office's directory is not signed by the office"
    case .unheard: "the store is of an office that waits to hear a laptop"
    case .notTakenOver(let streams, let all):
      "the office takes over only \(all - streams) of the \(all) parts of what was written here"
    case .inconsistent(let detail): "the store contradicts itself: \(detail)"
    }
  }
}

extension EditRefusal {
  fileprivate var text: String {
    switch self {
    case .unknownPerson(let person): "the survey has no person \(person)"
    case .notServed(let person): "this laptop does not serve \(person)"
    case .role(let person, let role): "\(person) works as \(role) and may not do this"
    case .village(let person, let village): "\(person) does not work in \(village)"
    case .deleted: "you saw that the record was deleted"
    case .deletedRow(_, let row): "you saw that the row \(row.id) was deleted"
    }
  }
}

extension CarrierError {
  fileprivate var text: String {
    switch self {
    case .libraryMissing(let detail): "libcurl is missing: \(detail)"
    case .badAddress(let detail): "that is no address of an office: \(detail)"
    case .badHeader(let name): "the header \(name) cannot be sent"
    case .unreachable(let detail): "the office cannot be reached: \(detail)"
    case .timedOut: "the office did not answer in time"
    case .cut(let detail): "the connection to the office broke off: \(detail)"
    case .notHTTP(let detail): "what answers there is not an office of Kulkul's: \(detail)"
    case .untrusted(let detail): "the office could not prove who it is: \(detail)"
    case .tooLarge(let limit): "the office sent more than \(limit >> 20) MiB"
    case .cancelled: "the exchange was cancelled"
    case .other(let code, let detail): "the exchange failed (\(code)): \(detail)"
    }
  }
}

extension Problem {
  fileprivate var text: String {
    switch self {
    case .badCode: "the office does not know the code, or it was used, or it has expired"
    case .unknownDevice: "the office does not know this laptop"
    case .revokedDevice: "the office has turned this laptop away"
    case .otherSurvey: "the office runs another survey than this laptop's"
    case .otherPreset: "the records on this laptop are of another kind of survey"
    case .foreignReplica: "the office has this laptop's records from another laptop: it was copied"
    case .otherDevice: "the code is for another laptop than this one"
    case .malformed: "the office could not read what this laptop sent"
    case .newerVersion: "the office runs an older version of Kulkul than this laptop"
    case .tooLarge: "the office takes less at once than this laptop sent"
    case .tooManyTries: "too many wrong codes were tried"
    case .tooSlow: "what this laptop sent came too slowly for the office"
    case .tooBusy: "the office is busy with others"
    case .otherDirectory: "the office's directory is another one than this laptop's"
    case .waitsForLaptops:
      "the office was restored from a backup, and lets nobody in before a laptop has synced"
    case .internalFault: "the office could not answer, for a reason of its own"
    }
  }
}

extension WireError {
  fileprivate var text: String {
    switch self {
    case .foreign: "what answered is not an office of Kulkul's"
    case .newer(let version): "the office speaks version \(version), which this program does not"
    case .damaged, .malformed, .brokenChain: "what the office sent is damaged"
    }
  }
}

extension CourierError {
  fileprivate var text: String {
    switch self {
    case .notJoined: "this laptop has joined no office, so there is nobody to sync with"
    case .joinedAlready(let address):
      "this laptop has joined \(address) already, and the code is not one that lets it in again"
    case .foreignServer(let address, let status):
      "what answers at \(address) is not an office of Kulkul's (HTTP \(status))"
    case .badKey: "the laptop's key in the store does not read"
    }
  }
}
