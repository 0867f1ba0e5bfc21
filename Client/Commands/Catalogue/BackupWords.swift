import Bytes
import Causality
import Store

/// The words of a backup.
enum BackupWords: Phrase {
  case made(Backup, file: String)
  case failed(BackupError)
  case whatNow(BackupError)

  var text: String {
    switch self {
    case .made(let backup, let file):
      "\(Grammar.count(backup.changes, "change")) in \(Grammar.count(backup.records, "record")), "
        + "\(backup.bytes >> 10) KiB, are copied to \(file) "
        + "(\(String(Hex.text(backup.digest.bytes).prefix(16))), \(backup.duration) ms)."
    case .failed(let error): Self.found(error)
    case .whatNow(let error): Self.hint(error)
    }
  }

  private static func found(_ error: BackupError) -> String {
    switch error {
    case .taken(let path): "there is a file \(path) already"
    case .itself(let path): "\(path) is the store itself"
    case .underWay(let path): "another backup of \(path) is being made"
    case .unsound(let problems):
      "the copy did not pass the check: \(Grammar.count(problems.count, "problem"))"
    case .file(let path, let reason): "\(path) cannot be written: \(reason)"
    case .otherRole(let path, _), .unfounded(let path): "\(path) is not a backup"
    case .otherStore(let path): "\(path) is a store, and not an older copy of this one"
    case .inUse(let path, let process): "process \(process) is using \(path)"
    }
  }

  private static func hint(_ error: BackupError) -> String {
    switch error {
    case .taken: "Choose another name, or type --replace."
    case .itself: "Choose another name, on another disk."
    case .underWay: "Type the command again when that is done."
    case .unsound: "Type \"kulkul verify\" to see what is wrong, and tell the office."
    case .otherStore: "Choose another name, or remove the file yourself."
    case .inUse(_, let process): "Choose another name, or end process \(process) first."
    case .file, .otherRole, .unfounded:
      "Check that the folder is there and the disk not full; nothing was left behind."
    }
  }
}
