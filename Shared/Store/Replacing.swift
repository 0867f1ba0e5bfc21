import Causality
import GRDB
import Glibc
import Wire

/// What a backup may be put in the place of.
///
/// A name is soon mistaken, and a store that lies there may be all there is of somebody's work. So of
/// stores none is replaced but a copy of the one that is backed up, whatever that has become since: an
/// office is known by its key, and a laptop by its birthmark, which stay when it joins, is restored or
/// goes on as another replica. And the copy holds nothing that is not here, and nobody uses it.
extension Store {
  /// What lies at a name, to be known again.
  struct Occupant: Equatable {
    let isStore: Bool
    private let numbers: [Int]

    init(isStore: Bool, _ status: stat) {
      self.isStore = isStore
      numbers = [
        Int(status.st_dev), Int(status.st_ino), Int(status.st_size), status.st_mtim.tv_sec,
        status.st_mtim.tv_nsec,
      ]
    }
  }

  /// Looks at what lies where a backup goes; `nil` if nothing does.
  func look(at target: String, replacing: Bool) throws -> Occupant? {
    var (own, other) = (stat(), stat())
    guard stat(target, &other) == 0 else { return nil }
    if let path, stat(path, &own) == 0, own.st_dev == other.st_dev, own.st_ino == other.st_ino {
      throw BackupError.itself(path: target)
    }
    guard replacing, other.st_mode & S_IFMT == S_IFREG else {
      throw BackupError.taken(path: target)
    }
    let isStore =
      switch FileProbe.look(at: target) {
      case .foreign: false
      case .database(let application, _): application == Self.applicationID
      case .unreadable: throw Self.failure(target)
      }
    if isStore {
      if let process = Self.user(of: target) {
        throw BackupError.inUse(path: target, process: process)
      }
      // NB: whoever left a log has used the copy, and what is in the log is not in the file.
      if FileProbe.hasLog(target) { throw BackupError.otherStore(path: target) }
    }
    return Occupant(isStore: isStore, other)
  }

  /// Sees that a store which nobody uses is a copy of this one, and holds nothing that is not here.
  ///
  /// What is read is a copy of the file: to open a store is to change it.
  func checkIsCopy(_ target: String) throws {
    let part = try Self.freshName(beside: target)
    defer { Self.removeFiles(part) }
    try Self.copyFile(target, to: part)
    do {
      let other = try Self.open(file: part, surroundings: surroundings)
      let found = Result { try isCopy(other, lyingAt: target) }
      try other.close()
      if try found.get() { return }
    } catch StoreError.damaged, StoreError.foreign {
      // What cannot be read may be somebody's all the same.
    }
    throw BackupError.otherStore(path: target)
  }

  private func isCopy(_ other: Store, lyingAt target: String) throws -> Bool {
    let schema = try other.read { db in try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
    guard (0...Self.schemaVersion).contains(schema) else { return false }
    try other.write { db in try Schema.migrate(db, from: schema) }
    return try other.read { their in
      try read { our in
        guard let identity = try Self.identity(our), try Self.identity(their) == identity
        else { return false }
        guard try Self.holdsAll(our, of: their) else { return false }
        let drafts = ["person", "form", "village", "record", "token", "answers"]
        return try Self.isPast(their, lyingAt: target, of: our, machine: surroundings.machine())
          || Self.hasAll(our, drafts, in: "draft", of: their)
      }
    }
  }

  /// What a store and all copies of it have.
  private static func identity(_ db: Database) throws -> [SQLValue]? {
    let isOffice = try Meta.text(db, .role) == StoreRole.office.rawValue
    return try Meta.bytes(db, isOffice ? .key : .birthmark).map {
      [.integer(isOffice ? 1 : 0), .blob($0)]
    }
  }

  /// Whether every change that one store holds is in the other, or stood for by a base there.
  private static func holdsAll(_ our: Database, of their: Database) throws -> Bool {
    let changes = try their.all(
      """
      SELECT village, replica, count, head FROM stream WHERE count > 0
      UNION ALL SELECT village, replica, counter, hash FROM branch
      UNION ALL SELECT village, replica, count, head FROM parted
      """
    ) { row in [row.value(0), row.value(1), row.value(2), row.value(3)] }
    for change in changes {
      // NB: of single changes before a cut nothing is known any more but that they were here.
      let isHere = try our.first(
        """
        SELECT 1 FROM stream WHERE village = ?1 AND replica = ?2 AND count = ?3 AND head = ?4
        UNION ALL SELECT 1 FROM journal
          WHERE village = ?1 AND replica = ?2 AND counter = ?3 AND hash = ?4
        UNION ALL SELECT 1 FROM branch
          WHERE village = ?1 AND replica = ?2 AND counter = ?3 AND hash = ?4
        UNION ALL SELECT 1 FROM cut WHERE village = ?1 AND replica = ?2 AND count >= ?3
        UNION ALL SELECT 1 FROM parted WHERE village = ?1 AND replica = ?2 AND count >= ?3
        """, change
      ) { _ in true }
      if isHere == nil { return false }
    }
    return try hasAll(
      our, ["village", "replica", "counter", "hash", "device", "ground"], in: "quarantine",
      of: their)
  }

  /// Whether all rows of one store's table are in the other's too, by some columns of it.
  private static func hasAll(
    _ our: Database, _ columns: [String], in table: String, of their: Database
  ) throws -> Bool {
    func rows(_ db: Database) throws -> [[SQLValue]] {
      try db.all("SELECT \(columns.joined(separator: ", ")) FROM \(table)") { row in
        columns.indices.map { row.value(Int32($0)) }
      }
    }
    return Set(try rows(our)).isSuperset(of: try rows(their))
  }

  /// Whether nobody has used a copy since it was made.
  ///
  /// Then its drafts are what drafts here once were, and those that are not here any more were finished
  /// or thrown away.
  ///
  /// Whoever opens a copy to work with it notices that the file is another than the store notes: from
  /// then on the store writes as another replica, and notes that file.
  private static func isPast(
    _ their: Database, lyingAt target: String, of our: Database, machine: String
  ) throws -> Bool {
    guard try Incarnations.isOwn(our, Incarnations.current(their)) else { return false }
    return try Meta.text(their, .fingerprint) != Fingerprint(of: target, machine: machine)?.text
  }
}
