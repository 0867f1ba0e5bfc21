import API
import Causality
import Forms
import Store

extension Failure {
  /// What to type or to do now, as a sentence.
  var hint: String {
    switch self {
    case .notUnderstood(_, let command):
      "Type \"kulkul-server help\(command.isEmpty ? "" : " " + command)\" to see how it is typed."
    case .noHome: "Say where the store lies: type --store FILE."
    case .notAnOffice:
      "Say where the office's store lies with --store FILE, or type \"kulkul-server init\"."
    case .unfinished(let path):
      "Delete \(Grammar.typed(path)), then type \"kulkul-server init\" again."
    case .folder: "Choose another place with --store FILE."
    case .store(let error): error.hint
    case .unsound: "Stop the office, keep a copy of the file, and go back to the last good backup."
    case .badPersonWord:
      "Use at most 32 lower-case letters, digits, dots, hyphens and underscores, such as surveyor1."
    case .personExists(let person): "Type \"kulkul-server person change \(person)\" to change it."
    case .unknownPerson(let person):
      "Type \"kulkul-server person list\" to see everyone, or \"kulkul-server person add "
        + "\(person) …\"."
    case .badName: "Type a short name on one line, such as \"Laptop 7\"."
    case .nothingToChange: "Add --name, --role or --village."
    case .severalVillages(_, let villages):
      "Type the code or the full name, such as --village \(villages.first?.code.description ?? "")."
    case .unknownVillage:
      "Type \"kulkul-server coverage\" to see all villages, or --village all for all of them."
    case .deviceExists(let device):
      "For a new code type \"kulkul-server device invite --again \(device.id)\"; "
        + "for another laptop choose another name."
    case .unknownDevice: "Type \"kulkul-server device list\" to see them all."
    case .severalDevices: "Type the device's number."
    case .tooManyPeople: "Share them out over several devices."
    case .nobodyServed: "Type --for PERSON,PERSON; to turn the laptop away, \"device revoke\"."
    case .nothingToChangeOf: "Add --name or --for."
    case .mixedNone: "Type --village none alone, or leave it out."
    case .unknownMissing:
      "Type \"kulkul-server void list\" to see what is missing, with --all what was declared void."
    case .cannotDeclare(_, let refusal): refusal.hint
    case .unknownWaiting: "Type \"kulkul-server inbox list\" to see what waits."
    case .unknownAside:
      "Type \"kulkul-server quarantine list\" to see what waits, with --all what was decided."
    case .notSupervisor:
      "Give a supervisor or an admin; \"kulkul-server person list\" shows them."
    case .badReason: "Type it as in --because \"recorded before the laptop was lost\"."
    case .cannotTake(let run, let obstacle): obstacle.hint(run)
    case .backup(let error): error.backupHint
    case .restore(let error): error.restoreHint
    case .noBackup, .notABackup: "Give a file that \"kulkul-server backup\" made."
    case .file: "Check the name, and whether you may read and write there."
    case .samePerson: "Type two people, or leave --from out."
    case .nothingAssigned: "Type the villages, such as Renon; \"kulkul-server coverage\" shows all."
    case .worksNotThere:
      "Leave those villages or --from out; \"kulkul-server person list\" shows who works where."
    case .form: "Mend the sheet and publish again; nothing was changed."
    case .sheetFiles:
      "Give a folder with survey.csv, choices.csv and settings.csv, such as \"kulkul-server form "
        + "export\" writes."
    case .sheetsTooLarge: "Shorten the sheets."
    case .formUnchanged: "Change something, and raise the version in the settings."
    case .editionTaken: "Raise the version in the settings."
    case .unfitForm:
      "Give a question that means something else a new number, and leave the old ones as they were; "
        + "nothing was changed."
    case .bundle(let failure): failure.hint
    case .listen(let error): error.hint
    case .fault: "Please report it, with what you typed."
    }
  }
}

extension StoreError {
  fileprivate var hint: String {
    switch self {
    case .missing:
      "Type \"kulkul-server init\" to begin a survey, or say where its store lies with --store FILE."
    case .present: "Type \"kulkul-server status\" to see it, or --store FILE to begin another."
    case .foreign: "Say where the office's store lies with --store FILE; the file was left alone."
    case .damaged, .inconsistent, .refused:
      "Keep a copy of the file, then type \"kulkul-server verify\" to see what is wrong."
    case .newer: "Install the newer version."
    case .busy: "Wait until it is done, then type the command again."
    case .disk: "See whether the disk is full and the file is yours, then type the command again."
    case .unheard:
      "Let one laptop sync first; it brings back what was said since the backup. If no laptop will "
        + "come, type \"kulkul-server restore --go-on\"."
    case .noRecord, .noForm, .noVillage, .noView, .draftElsewhere, .tooLarge, .tooManyPlaces,
      .forgedDirectory, .notTakenOver:
      "Please report it, with what you typed."
    }
  }
}

extension BackupError {
  fileprivate var backupHint: String {
    switch self {
    case .taken: "Choose another name, or type --replace."
    case .itself: "Choose another name, on another disk."
    case .underWay: "Type the command again when that is done."
    case .unsound:
      "Type \"kulkul-server verify\": if it finds the same, go back to the last good backup."
    case .otherStore: "Choose another name, or remove the file yourself."
    case .inUse(_, let process): "Choose another name, or end process \(process) first."
    case .file, .otherRole, .unfounded:
      "See whether the disk is full and the folder is yours, then type the command again."
    }
  }

  fileprivate var restoreHint: String {
    switch self {
    case .taken:
      "Type --replace: the store that is there is kept under another name. Or --store FILE."
    case .itself: "Give the file of a backup; this is the store itself."
    case .unsound: "Take an older backup; the store that is there was left alone."
    case .otherRole, .unfounded, .otherStore, .underWay:
      "Give a file that \"kulkul-server backup\" made."
    case .inUse(_, let process): "Stop the office first: kill \(process)"
    case .file: "See whether the disk is full and the folder is yours; nothing was changed."
    }
  }
}

extension ListenError {
  fileprivate var hint: String {
    switch reason {
    case .taken: "Choose another port, such as --port \(port < 65535 ? port + 1 : 8043)."
    case .foreignAddress: "Type --host 0.0.0.0 for every address of this machine."
    case .forbidden: "Choose a port above 1023, such as --port 8043."
    case .other: "Choose another --host or --port."
    }
  }
}

extension TakingObstacle {
  fileprivate func hint(_ run: QuarantinedRun) -> String {
    switch self {
    case .held: "There is nothing to do."
    case .gap, .behind:
      "Take what comes before it first; \"kulkul-server quarantine list --all\" shows it. If it is not there, "
        + "let the laptop sync again, or read a file that it wrote; if nobody has it any more, "
        + "\"kulkul-server void list --all\" shows it."
    case .fork, .malformed, .foreignStream, .foreignDevice, .officesOwn:
      "Type \"kulkul-server quarantine show \(run.name)\" and have what is right in it recorded anew; "
        + "then \"kulkul-server quarantine drop \(run.name)\"."
    case .elsewhere:
      "Let the laptops sync that know the record, then try again. If what it names is lost, "
        + "\"kulkul-server void list --all\" shows it."
    }
  }
}

extension VoidRefusal {
  fileprivate var hint: String {
    switch self {
    case .doubtful(let farthest):
      "Compare the counters in \"kulkul-server void list\", the farthest of which is \(farthest), and "
        + "say the last that was lost with --up-to."
    case .outside(let range):
      range.count == 1
        ? "Leave --up-to out, or give it \(range.lowerBound)."
        : "Give --up-to a number from \(range.lowerBound) to \(range.upperBound)."
    case .noCounters: "Leave --up-to out."
    }
  }
}
