import Glibc

/// The turn of whoever makes a backup of an office.
///
/// Two backups at the same time are both of before what came meanwhile, and laptops, who count the
/// watermarks that they are told of, would take the second for one that was begun after the first. So one
/// waits for the other. What is locked is the store's folder: a lock on the store's own file would be
/// SQLite's to lose, and a file of its own would lie about. The system lets go when the process ends.
final class BackupTurn {
  private let folder: Int32

  /// Takes the turn.
  ///
  /// - Parameters:
  ///   - path: the store's file.
  ///   - waits: called once if somebody else has the turn.
  /// - Throws: ``BackupError`` if the folder cannot be locked.
  init(at path: String, waits: (() -> Void)? = nil) throws {
    folder = open(Store.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard folder >= 0 else { throw Store.failure(path) }
    if flock(folder, LOCK_EX | LOCK_NB) == 0 { return }
    if errno == EWOULDBLOCK {
      waits?()
      while flock(folder, LOCK_EX) != 0 {
        if errno == EINTR { continue }
        throw Store.failure(path)
      }
      return
    }
    throw Store.failure(path)
  }

  deinit {
    close(folder)
  }
}
