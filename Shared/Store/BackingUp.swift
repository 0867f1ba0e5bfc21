import Causality
import GRDB
import Glibc
import Wire

/// A copy of a store that was made to be put away.
///
/// A backup that was never restored is a hope. So the copy is opened again from the disk and checked
/// like any store, from its journal up, before it gets its name; whatever has the name is one that
/// can be restored. The copy is not written to meanwhile: it stays, to the replica, what it is of.
public struct Backup: Sendable {
  /// The size of the file in bytes.
  public let bytes: Int64
  /// How many changes are in it.
  public let changes: Int
  /// How many records.
  public let records: Int
  /// The digest of all its vectors: two stores with the same digest hold the same changes.
  public let digest: ChainHash
  /// How long it took, in milliseconds.
  public let duration: Int64
}

/// Why there is no backup.
public enum BackupError: Error, Sendable {
  /// There is a file of that name.
  case taken(path: String)
  /// The name is the store's own.
  case itself(path: String)
  /// Another backup of the office is being made, and is not done soon.
  case underWay(path: String)
  /// The copy did not pass the check.
  case unsound(problems: [VerifyProblem])
  /// A file cannot be read or written, in the system's words.
  case file(path: String, reason: String)
  /// What is to be put back is not the store of an office.
  case otherRole(path: String, StoreRole)
  /// What is to be put back has no survey.
  case unfounded(path: String)
  /// What would be replaced is a store, and no copy of this one that holds nothing more.
  case otherStore(path: String)
  /// A process is using the store that would be replaced.
  case inUse(path: String, process: Int32)
}

extension Store {
  /// Copies the store as it is at one moment, while others may go on using it, checks the copy, and
  /// puts it in place in one step; if anything fails nothing is left behind.
  ///
  /// - Parameters:
  ///   - target: where the copy will lie.
  ///   - replacing: whether a file of that name is replaced; of stores only an older copy of this one.
  ///   - progress: told how many changes of how many were checked.
  ///   - waits: called once if the office is being backed up already; this comes after it.
  /// - Throws: ``BackupError`` or ``StoreError``.
  public func backUp(
    to target: String, replacing: Bool = false, progress: ((Int, Int) -> Void)? = nil,
    waits: (() -> Void)? = nil
  ) throws -> Backup {
    let isOffice = try standing().role == .office
    let turn = isOffice ? try path.map { try BackupTurn(at: $0, waits: waits) } : nil
    return try withExtendedLifetime(turn) {
      try copyAndCheck(to: target, replacing: replacing, progress: progress)
    }
  }

  private func copyAndCheck(
    to target: String, replacing: Bool, progress: ((Int, Int) -> Void)?
  ) throws -> Backup {
    let start = surroundings.uptime()
    let lying = try look(at: target, replacing: replacing)
    if lying?.isStore == true { try checkIsCopy(target) }
    let part = try Self.freshName(beside: target)
    defer { Self.removeFiles(part) }
    let mask = umask(0o077)
    let copied = Result { try copy(to: part).close() }
    umask(mask)
    try copied.get()
    let made = try Self.open(file: part, surroundings: surroundings)
    let found = Result {
      let report = try made.verify(progress: progress)
      guard report.isClean else { throw BackupError.unsound(problems: report.problems) }
      let isOffice = try made.standing().role == .office
      let mark = isOffice ? try prepareWatermark(of: made, without: report.unknown) : nil
      return (report, Digest.vectors(try made.vectors()), mark)
    }
    try made.close()
    let (report, digest, mark) = try found.get()
    var status = stat()
    guard stat(part, &status) == 0 else { throw Self.failure(part) }
    guard try look(at: target, replacing: replacing) == lying else {
      throw BackupError.otherStore(path: target)
    }
    // NB: a log that was left beside a file of that name would be taken for this one's.
    for suffix in ["-wal", "-shm", "-journal"] { unlink(target + suffix) }
    guard rename(part, target) == 0 else { throw Self.failure(target) }
    Self.syncFolder(of: target)
    if let mark { try setWatermark(mark) }
    return Backup(
      bytes: Int64(status.st_size), changes: report.changes, records: report.records,
      digest: digest, duration: surroundings.uptime() - start)
  }

  /// A name beside a file that nothing has.
  static func freshName(beside path: String) throws -> String {
    var name = Array((path + ".XXXXXX").utf8CString)
    let file = mkstemp(&name)
    guard file >= 0 else { throw failure(path) }
    Glibc.close(file)
    Glibc.unlink(name)
    return String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  static func removeFiles(_ path: String) {
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
  }

  static func failure(_ path: String) -> BackupError {
    .file(path: path, reason: String(cString: strerror(errno)))
  }

  /// The folder in which a file lies.
  static func folder(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    let folder = parts.isEmpty ? "." : parts.joined(separator: "/")
    return folder.isEmpty ? "/" : folder
  }

  /// Makes a new name in a folder outlast a power cut.
  static func syncFolder(of path: String) {
    let file = Glibc.open(folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    // Ignored because a file system that syncs no folders has another way to keep names.
    guard file >= 0 else { return }
    fsync(file)
    Glibc.close(file)
  }
}
