import Causality
import GRDB
import Glibc
import Synchronization
import Wire

/// Why a store goes on as another replica.
public enum TwinReason: String, Sendable {
  /// The file is another one than it was, or lies on another machine: it is a copy.
  case copied
  /// More was written as this replica than the file knows of: it is an older state of itself.
  case restored
}

/// Finds out when a store's file is a copy of another, or an older state of itself.
///
/// Two stores that write as one replica put different changes at one dot. That is found out and mended
/// at the office, but what is never done needs no mending. So a store remembers which file on which
/// machine it is, and beside it, outside the file, how much has been written as its replica: whoever
/// copies the file copies the first and gets another; whoever puts an older file back does not put
/// the second back with it. On a mismatch another incarnation is minted.
///
/// It is a precaution and no proof: a disk image that is restored as a whole brings its marks along.
extension Store {
  /// Looks whether this file is what it was, and mints another incarnation if not.
  func checkForTwin() throws {
    guard let path, let here = Fingerprint(of: path, machine: surroundings.machine()) else {
      return
    }
    func finding(_ db: Database) throws -> (isNew: Bool, reason: TwinReason?) {
      guard try Meta.text(db, .role) != StoreRole.office.rawValue else { return (false, nil) }
      guard let before = try Meta.text(db, .fingerprint) else { return (true, nil) }
      if before != here.text { return (false, .copied) }
      let replica = try Incarnations.current(db)
      guard let mark = HighWater(of: replica, surroundings)?.read() else { return (false, nil) }
      return (false, mark > (try Self.written(db, as: replica)) ? .restored : nil)
    }
    let first = try read { db in try finding(db) }
    guard first.isNew || first.reason != nil else { return }
    let reason = try write { db in
      // NB: another process may have seen to it meanwhile.
      let (isNew, reason) = try finding(db)
      if isNew || reason != nil { try Meta.set(db, .fingerprint, .text(here.text)) }
      if reason != nil { try Incarnations.mint(db, surroundings: surroundings) }
      return reason
    }
    twin.withLock { $0 = reason }
  }

  /// Why this store has just begun to write as another replica, if it has.
  public var twinReason: TwinReason? { twin.withLock { $0 } }

  /// How many changes a replica has written here.
  static func written(_ db: Database, as replica: ReplicaID) throws -> UInt64 {
    try db.first("SELECT total(count) FROM stream WHERE replica = ?", .bits(replica.number)) {
      UInt64($0.integer(0))
    } ?? 0
  }

  /// How much has been written as a replica, to be noted outside the file.
  ///
  /// NB: it is read in the transaction that writes; one of its own would cost a fifth of a save.
  ///
  /// - Parameter known: how much that is; asked of the file if it is `nil`.
  /// - Returns: `nil` where nothing is noted.
  func writerMark(
    _ db: Database, of replica: ReplicaID, written known: inout UInt64?
  ) throws -> WriterMark? {
    guard path != nil, surroundings.marks != nil else { return nil }
    let count = try known ?? Self.written(db, as: replica)
    known = count
    return WriterMark(replica: replica, count: count)
  }

  /// Notes outside the file how much has been written as a replica, once that is on the disk.
  ///
  /// It is not synced to the disk: a mark that a power cut loses says too little, never too much.
  func raiseMark(_ mark: WriterMark?) {
    guard let mark else { return }
    highWater.withLock { water in
      if water?.replica != mark.replica { water = HighWater(of: mark.replica, surroundings) }
      water?.write(mark.count)
    }
  }
}

/// How much has been written as a replica.
struct WriterMark {
  let replica: ReplicaID
  let count: UInt64
}

/// Which file on which machine a store is.
struct Fingerprint {
  let text: String

  init?(of path: String, machine: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    text = "\(machine) \(status.st_dev) \(status.st_ino)"
  }
}

/// The file outside the store that says how much a replica has written.
///
/// It is kept open from one save to the next, because to open and close it is a part of a save.
struct HighWater: Sendable {
  let replica: ReplicaID
  private let path: String
  private let folder: String
  private var kept: OpenMark?

  init?(of replica: ReplicaID, _ surroundings: Surroundings) {
    guard let folder = surroundings.marks else { return nil }
    self.replica = replica
    self.folder = folder
    path = "\(folder)/\(replica).mark"
  }

  func read() -> UInt64? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    return Self.number(in: file)
  }

  /// Raises the mark; one that is higher stays.
  mutating func write(_ count: UInt64) {
    // Ignored because the mark is a precaution: a disk that refuses it must not refuse the work.
    guard let file = file() else { return }
    // NB: of two that saved one after the other the first may come here last.
    flock(file, LOCK_EX)
    defer { flock(file, LOCK_UN) }
    if let there = Self.number(in: file), there >= count { return }
    var number = count.bigEndian
    let written = withUnsafeBytes(of: &number) { pwrite(file, $0.baseAddress, 8, 0) }
    // NB: a file that takes nothing may be one that lies there no more; the next save opens it again.
    if written != 8 { kept = nil }
  }

  /// The file that lies there now: whoever put the folder back has put another one there.
  private mutating func file() -> Int32? {
    var status = stat()
    if let kept, stat(path, &status) == 0, kept.isSame(as: status) { return kept.file }
    var file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    if file < 0 && errno == ENOENT {
      makeFolder()
      file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    }
    kept = file < 0 ? nil : OpenMark(file)
    return kept?.file
  }

  private static func number(in file: Int32) -> UInt64? {
    var number: UInt64 = 0
    let count = withUnsafeMutableBytes(of: &number) { pread(file, $0.baseAddress, 8, 0) }
    return count == 8 ? UInt64(bigEndian: number) : nil
  }

  private func makeFolder() {
    var made = ""
    for part in folder.split(separator: "/") {
      made += "/" + part
      mkdir(made, 0o700)
    }
  }
}

/// A mark's file, open until nobody needs it.
private final class OpenMark: Sendable {
  let file: Int32
  private let device: dev_t
  private let inode: ino_t

  init(_ file: Int32) {
    var status = stat()
    // Ignored because a file without a number is taken for another one, and opened again.
    _ = fstat(file, &status)
    self.file = file
    (device, inode) = (status.st_dev, status.st_ino)
  }

  deinit { close(file) }

  func isSame(as status: stat) -> Bool { status.st_dev == device && status.st_ino == inode }
}
