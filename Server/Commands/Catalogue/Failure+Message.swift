import API
import Causality
import Forms
import Store

extension Failure: Phrase {
  /// What was found, without a full stop.
  var text: String {
    switch self {
    case .notUnderstood(let message, _): message
    case .noHome: "there is no home folder to keep the office's store in"
    case .notAnOffice(let path, .laptop): "\(path) is the store of a laptop, not of an office"
    case .notAnOffice(let path, _): "\(path) is the store of somebody who works alone"
    case .unfinished(let path): "\(path) was begun and never finished: it holds no survey"
    case .folder(let path, let reason): "the folder \(path) cannot be made: \(reason)"
    case .store(let error): error.text
    case .unsound(let path, let problems):
      "\(path) is not sound: \(Grammar.count(problems, "problem"))"
    case .badPersonWord(let word): "\"\(word)\" cannot be a person's word"
    case .personExists(let person): "there is a person \(person) already"
    case .unknownPerson(let person): "there is no person \(person)"
    case .badName(let name, _) where name.isEmpty: "a name cannot be empty"
    case .badName(let name, let limit) where name.utf8.count > limit:
      "a name cannot be longer than \(limit) bytes"
    case .badName: "a name cannot have line ends or control characters in it"
    case .nothingToChange(let person): "it is not said what to change about \(person)"
    case .severalVillages(let typed, let villages):
      "\"\(typed)\" fits \(villages.count) villages:\n" + Self.lines(villages)
    case .unknownVillage(let typed, let suggestions):
      "there is no village or kecamatan \"\(typed)\""
        + (suggestions.isEmpty ? "" : "; did you mean:\n" + Self.lines(suggestions))
    case .deviceExists(let device): "there is a device \"\(device.name)\" already: \(device.id)"
    case .unknownDevice(let typed): "there is no device \"\(typed)\""
    case .severalDevices(let typed, let devices):
      "\"\(typed)\" fits \(Grammar.count(devices.count, "device")): "
        + devices.map { "\($0.id) \($0.name)" }.joined(separator: ", ")
    case .tooManyPeople(let limit): "a device cannot serve more than \(limit) people"
    case .nobodyServed: "a laptop must serve somebody"
    case .nothingToChangeOf(let device):
      "it is not said what to change about device \(device.id), \"\(device.name)\""
    case .mixedNone: "\"none\" and villages do not go together"
    case .unknownMissing(let typed): "nothing called \"\(typed)\" is missing"
    case .cannotDeclare(let name, let refusal): refusal.words(name)
    case .unknownWaiting(let typed): "nothing called \"\(typed)\" waits"
    case .unknownAside(let typed): "nothing called \"\(typed)\" is kept aside"
    case .notSupervisor(let person, let role):
      "\(person) works as \(role) and may not decide this"
    case .badReason(let limit):
      "a reason has some words, and not more than \(limit) bytes"
    case .cannotTake(let run, let obstacle): "\(run.name) cannot be taken: \(obstacle.words)"
    case .backup(let error), .restore(let error): error.text
    case .noBackup(let path): "there is no file \(path)"
    case .notABackup(let path): "\(path) is not a backup of Kulkul's"
    case .file(let path, let reason): "\(path) cannot be used: \(reason)"
    case .samePerson(let person): "\(person) cannot take over from \(person)"
    case .nothingAssigned: "no village was named"
    case .worksNotThere(let person, let villages):
      "\(person) does not work in \(Grammar.list(villages.map(\.description)))"
    case .form(let error): "the form has a mistake in it: \(FormWords.error(error).text)"
    case .sheetFiles(let name, let found):
      found.isEmpty
        ? "there is no \(name)" : "several files are called \(name): \(Grammar.list(found))"
    case .sheetsTooLarge(let limit): "the sheets together have more than \(limit >> 20) MiB"
    case .formUnchanged(let edition): "edition \(edition) is published already, just as it is"
    case .editionTaken(let edition): "there was an edition \(edition) before, with other sheets"
    case .unfitForm(let form, let objections):
      "the form \(form) cannot follow what was published:\n"
        + objections.map {
          "  edition \($0.edition): " + FormWords.problem($0.problem, name: $0.name).text
        }.joined(separator: "\n")
    case .bundle(let failure): failure.text
    case .listen(let error): error.text
    case .fault(let detail): "the program is at fault: \(detail)"
    }
  }

  /// Villages one below the other, as they are told apart.
  private static func lines(_ villages: [Village]) -> String {
    villages.map { "  " + Term.village($0).text }.joined(separator: "\n")
  }
}

extension StoreError {
  fileprivate var text: String {
    switch self {
    case .missing(let path): "there is no office at \(path)"
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
    case .tooLarge(let bytes, let limit): "\(bytes) bytes at once are more than \(limit)"
    case .tooManyPlaces(let places, let limit):
      "the record would have \(places) places, more than \(limit)"
    case .forgedDirectory: "what came as the survey's directory is not signed by the office"
    case .unheard:
      "the office was restored from a backup and waits to hear a laptop before it says anything new"
    case .notTakenOver(let streams, let all):
      "only \(all - streams) of the \(all) parts of what was written here are taken over"
    case .draftElsewhere: "the draft was finished elsewhere"
    case .noView: "the view is not known here"
    case .inconsistent(let detail): "the store contradicts itself: \(detail)"
    }
  }
}

extension BackupError {
  fileprivate var text: String {
    switch self {
    case .taken(let path): "there is a file \(path) already"
    case .itself(let path): "\(path) is the store itself"
    case .underWay(let path): "another backup of \(path) is being made"
    case .unsound(let problems):
      "the copy did not pass the check: \(Grammar.count(problems.count, "problem"))"
    case .file(let path, let reason): "\(path) cannot be used: \(reason)"
    case .otherRole(let path, .laptop): "\(path) is of a laptop, not of an office"
    case .otherRole(let path, _): "\(path) is of somebody who works alone, not of an office"
    case .unfounded(let path): "\(path) holds no survey"
    case .otherStore(let path): "\(path) is a store, and not an older copy of this one"
    case .inUse(let path, let process): "process \(process) is using \(path)"
    }
  }
}

extension ListenError {
  fileprivate var text: String {
    switch reason {
    case .taken: "another program listens on \(host):\(port) already"
    case .foreignAddress: "\(host) is not an address of this machine"
    case .forbidden: "the system does not let you listen on port \(port)"
    case .other(let detail): "cannot listen on \(host):\(port): \(detail)"
    }
  }
}

extension TakingObstacle {
  /// Why changes cannot be taken.
  var words: String {
    switch self {
    case .held: "it is held already"
    case .gap(let held):
      held == 0
        ? "the changes before it are kept aside too, or never came"
        : "of its stream \(held) are held, and those between are kept aside too, or never came"
    case .behind: "what it goes on from is kept aside too, or never came"
    case .fork:
      "another change stands in its place, and what this one goes on from is not known here"
    case .malformed: "it cannot be read"
    case .foreignStream: "it goes on with what another laptop writes, so it was copied or forged"
    case .foreignDevice: "it says that another laptop wrote it, so it was copied or forged"
    case .officesOwn: "it does what only the office may, so it was forged"
    case .elsewhere: "what it is about is not in that village here"
    }
  }
}

extension VoidRefusal {
  /// Why something is not declared void.
  fileprivate func words(_ name: String) -> String {
    switch self {
    case .doubtful:
      "nobody stands for what waits for \(name), or who does was turned away"
    case .outside(let range):
      range.count == 1
        ? "of \(name) change \(range.lowerBound) alone is waited for"
        : "of \(name) the changes \(range.lowerBound) to \(range.upperBound) are waited for"
    case .noCounters: "\(name) is no run of changes, and has no counters"
    }
  }
}
