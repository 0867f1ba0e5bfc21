import Glibc

/// The turn of whoever makes a backup of an office.
///
/// Two backups at the same time are both of before what came meanwhile, and laptops, who count the
/// watermarks that they are told of, would take the second for one that was begun after the first. So one
/// waits for the other, for a while. What is locked is the store's folder: a lock on the store's own file
/// would be SQLite's to lose, and a file of its own would lie about. The system lets go when the process
/// ends.
final class BackupTurn {
  private let folder: Int32

  /// Takes the turn.
  ///
  /// - Parameters:
  ///   - path: the store's file, by whatever name.
  ///   - patience: how many seconds one waits for another.
  ///   - waits: called once if somebody else has the turn.
  /// - Throws: ``BackupError/underWay(path:)`` if they keep it, or another if the folder cannot be locked.
  init(at path: String, patience: Int = 60, waits: (() -> Void)? = nil) throws {
    guard let file = realpath(path, nil) else { throw Store.failure(path) }
    defer { free(file) }
    folder = open(Store.folder(of: String(cString: file)), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Store.failure(path) }
    for second in 0...patience {
      if flock(folder, LOCK_EX | LOCK_NB) == 0 { return }
      guard errno == EWOULDBLOCK || errno == EINTR else { throw Store.failure(path) }
      if second == 0 { waits?() } else { sleep(1) }
    }
    throw BackupError.underWay(path: path)
  }

  deinit {
    close(folder)
  }
}
