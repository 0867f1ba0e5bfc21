import Causality
import Forms
import GRDB
import Glibc
import Model
import Wire

/// What came of putting a backup in the place of an office's store.
public struct PutBack: Sendable {
  /// The survey's name.
  public let survey: String
  /// How many changes the office holds again.
  public let changes: Int
  /// The digest of all its vectors.
  public let digest: ChainHash
  /// Where the store lies that was there before.
  public let aside: String?
}

extension Store {
  /// Puts a backup in the place of an office's store, as another incarnation of it (``beginAgain()``).
  ///
  /// The backup is only read: what is opened, checked and changed is a copy of it beside the place
  /// where it will lie. The store that was there is kept under another name, its log written back or,
  /// where that fails, beside it; nothing that was saved is ever deleted.
  ///
  /// - Parameters:
  ///   - backup: the file of the backup; the log beside it, if there is one, is of it.
  ///   - path: where the office's store lies.
  ///   - replacing: whether a store that lies there is put aside.
  ///   - surroundings: clocks and chance.
  ///   - progress: told how many changes of how many were checked.
  /// - Throws: ``BackupError`` or ``StoreError``.
  public static func putBack(
    _ backup: String, at path: String, replacing: Bool, surroundings: Surroundings = .system,
    progress: ((Int, Int) -> Void)? = nil
  ) throws -> PutBack {
    guard FileProbe.exists(backup) else { throw StoreError.missing(path: backup) }
    if case .foreign = FileProbe.look(at: backup) { throw StoreError.foreign(path: backup) }
    try checkPlace(path, for: backup, replacing: replacing)
    let part = try freshName(beside: path)
    defer { removeFiles(part) }
    try copyFile(backup, to: part)
    if FileProbe.hasLog(backup) { try copyFile(backup + "-wal", to: part + "-wal") }
    let (survey, changes, digest) = try becomeOffice(
      part, of: backup, surroundings: surroundings, progress: progress)
    try checkPlace(path, for: backup, replacing: replacing)
    foldLog(of: path, surroundings: surroundings)
    let aside = try putAside(path, now: surroundings.wall())
    guard rename(part, path) == 0 else { throw failure(path) }
    syncFolder(of: path)
    return PutBack(survey: survey, changes: changes, digest: digest, aside: aside)
  }

  /// Checks the copy of a backup, and makes it what an office is after a restore.
  private static func becomeOffice(
    _ part: String, of backup: String, surroundings: Surroundings,
    progress: ((Int, Int) -> Void)?
  ) throws -> (survey: String, changes: Int, digest: ChainHash) {
    do {
      let store = try open(at: part, surroundings: surroundings)
      let outcome = Result {
        let standing = try store.standing()
        guard standing.role == .office else {
          throw BackupError.otherRole(path: backup, standing.role)
        }
        guard let survey = standing.survey else { throw BackupError.unfounded(path: backup) }
        let found = try store.verify(progress: progress)
        guard found.isClean else { throw BackupError.unsound(problems: found.problems) }
        try store.beginAgain()
        // What was put back is in a checked backup: this one.
        try store.setWatermark(try store.prepareWatermark(of: store, without: found.unknown))
        return (survey.name, found.changes, Digest.vectors(try store.vectors()))
      }
      try store.close()
      return try outcome.get()
    } catch StoreError.damaged(_, let detail) {
      throw StoreError.damaged(path: backup, detail: detail)
    } catch StoreError.foreign {
      throw StoreError.foreign(path: backup)
    } catch StoreError.newer {
      throw StoreError.newer(path: backup)
    }
  }

  private static func checkPlace(
    _ path: String, for backup: String, replacing: Bool
  ) throws {
    var (there, other) = (stat(), stat())
    guard stat(path, &there) == 0 else { return }
    if stat(backup, &other) == 0, there.st_dev == other.st_dev, there.st_ino == other.st_ino {
      throw BackupError.itself(path: backup)
    }
    guard replacing, there.st_mode & S_IFMT == S_IFREG else { throw BackupError.taken(path: path) }
    if let process = user(of: path) { throw BackupError.inUse(path: path, process: process) }
  }

  /// Writes a store's log back, so that the store is one file, which gets another name at once: whoever is
  /// killed between two renames would part the last that was saved from the rest.
  private static func foldLog(of path: String, surroundings: Surroundings) {
    // NB: SQLite takes a log away that lies beside no database.
    guard FileProbe.hasLog(path), case .database = FileProbe.look(at: path) else { return }
    // Ignored because what cannot be opened is put aside as it is, with its log.
    try? open(file: path, surroundings: surroundings).close()
  }

  /// Moves whatever lies at a path, with its log, to a name that tells when.
  private static func putAside(_ path: String, now: Int64) throws -> String? {
    let files = ["", "-wal", "-shm"].filter { FileProbe.exists(path + $0) }
    if files.isEmpty { return nil }
    let second = dated(now)
    var aside = "\(path).replaced-\(second)"
    var number = 2
    while ["", "-wal", "-shm"].contains(where: { FileProbe.exists(aside + $0) }) {
      aside = "\(path).replaced-\(second)-\(number)"
      number += 1
    }
    for suffix in files {
      guard rename(path + suffix, aside + suffix) == 0 else { throw failure(path + suffix) }
    }
    return aside
  }

  /// A moment as it stands in a file's name: `20261122-060512`, in UTC.
  private static func dated(_ moment: Int64) -> String {
    let digits = CivilTime.rfc3339(of: moment, zoneOffsetMinutes: 0).filter(\.isNumber).prefix(14)
    return digits.prefix(8) + "-" + digits.suffix(6)
  }

  /// A process that has a store open; `nil` if none has.
  ///
  /// Whoever uses a SQLite file with a write-ahead log holds a shared lock on one byte of the index
  /// beside it for as long.
  static func user(of path: String) -> Int32? {
    let file = Glibc.open(path + "-shm", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { Glibc.close(file) }
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = 128
    lock.l_len = 1
    guard fcntl(file, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
    return lock.l_pid
  }

  static func copyFile(_ source: String, to target: String) throws {
    let input = Glibc.open(source, O_RDONLY | O_CLOEXEC)
    guard input >= 0 else { throw failure(source) }
    defer { Glibc.close(input) }
    let output = Glibc.open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard output >= 0 else { throw failure(target) }
    defer { Glibc.close(output) }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = Glibc.read(input, &buffer, buffer.count)
      if count == 0 { break }
      guard count > 0 else { throw failure(source) }
      var rest = buffer[..<count]
      while !rest.isEmpty {
        let written = rest.withUnsafeBytes { Glibc.write(output, $0.baseAddress, $0.count) }
        guard written > 0 else { throw failure(target) }
        rest = rest.dropFirst(written)
      }
    }
    guard fsync(output) == 0 else { throw failure(target) }
  }
}
