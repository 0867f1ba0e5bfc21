import Bytes
import Causality
import GRDB
import Glibc
import Model
import Synchronization
import Wire

/// What kind of replica a store is.
public enum StoreRole: String, Sendable {
  /// A laptop that belongs to no survey's office yet: it is its own office.
  case standalone
  /// A laptop that has joined.
  case laptop
  /// The office.
  case office
}

/// How a process uses a store.
public enum StoreUse: Sendable {
  /// From several threads: one connection writes while others read.
  case shared
  /// From one thread, for a moment, as a command does: one connection does everything. A second one
  /// would read the schema anew, and before it GRDB would write to the file so that there is a log.
  case alone
}

/// A replica's store: one SQLite file, used by the laptop and by the office alike.
///
/// The journal is only appended to, through one door (``Door``), which in one transaction writes
/// the change, applies it to its record's state, brings the typed columns up to date and raises the
/// village's vector. Everything else in the file is derived from the journal or says who we are.
///
/// Any number of processes may use one store at once: a counter is read and taken inside one
/// immediate transaction, no transaction spans a network call, and waits are bounded.
///
/// `synchronous` is FULL: when a save returns, it is on the disk. GRDB's pool sets NORMAL after its
/// configuration ran, so it is set again on the writer after opening, and asserted.
public final class Store: Sendable {
  /// Where the file lies; `nil` in memory.
  public let path: String?
  /// The clocks and chance that the store uses.
  public let surroundings: Surroundings
  let database: any DatabaseWriter
  let cache: Mutex<StoreCache>
  let bearings: Mutex<KeptBearings?>
  let twin: Mutex<TwinReason?>
  let highWater: Mutex<HighWater?>

  /// How long a transaction waits for another process, in seconds.
  public static let patienceSeconds = 20.0

  /// The number that marks a SQLite file as Kulkul's ("KULK").
  static let applicationID: Int32 = 0x4b55_4c4b
  /// The newest schema that this version reads.
  static let schemaVersion: Int32 = 4

  init(
    path: String?, surroundings: Surroundings, database: any DatabaseWriter
  ) {
    self.path = path
    self.surroundings = surroundings
    self.database = database
    cache = Mutex(StoreCache())
    bearings = Mutex(nil)
    twin = Mutex(nil)
    highWater = Mutex(nil)
  }

  /// Makes a new store of a file, or in memory.
  ///
  /// The file is made under another name and gets its own when it is whole: a process that is killed
  /// before leaves nothing there that is no store yet.
  ///
  /// - Parameters:
  ///   - path: where the file will lie; `nil` for SQLite's own memory database.
  ///   - role: what kind of replica it is.
  ///   - surroundings: clocks and chance.
  ///   - founding: what belongs to the store before anybody may open it.
  public static func create(
    at path: String?, role: StoreRole, surroundings: Surroundings = .system,
    founding: (Store) throws -> Void = { _ in }
  ) throws -> Store {
    guard let path else {
      let store = try make(at: nil, role: role, surroundings: surroundings)
      try founding(store)
      return store
    }
    if FileProbe.exists(path) { throw StoreError.present(path: path) }
    // Ignored because SQLite says what is wrong with a folder that takes no file.
    let part = (try? freshName(beside: path)) ?? path
    defer { if part != path { removeFiles(part) } }
    let made = try make(at: part, role: role, surroundings: surroundings)
    let founded = Result { try founding(made) }
    try made.close()
    try founded.get()
    try putInPlace(part, as: path)
    return try open(at: path, surroundings: surroundings)
  }

  /// Gives a new store its name, unless another process was faster.
  private static func putInPlace(_ part: String, as path: String) throws {
    // NB: unlike a rename, a link replaces nothing.
    if link(part, path) != 0 {
      if errno == EEXIST || FileProbe.exists(path) { throw StoreError.present(path: path) }
      // Some file systems have no links.
      guard rename(part, path) == 0 else {
        throw StoreError.disk(path: path, detail: String(cString: strerror(errno)))
      }
    }
    unlink(part)
    syncFolder(of: path)
  }

  private static func make(
    at path: String?, role: StoreRole, surroundings: Surroundings
  ) throws -> Store {
    let store = try open(file: path, surroundings: surroundings)
    try store.translating {
      try store.database.write { db in
        try Schema.create(db)
        var random = InjectedRandom(surroundings: surroundings)
        try Meta.set(db, .role, .text(role.rawValue))
        if role != .office {
          try Meta.set(db, .birthmark, .blob(Birthmark(random: &random).bytes))
        }
        try Incarnations.mint(db, surroundings: surroundings)
        try Meta.set(db, .epoch, role == .office ? .bits(random.next()) : .integer(0))
        if role == .office { try Meta.set(db, .key, .blob(SigningKey.make(random: &random))) }
      }
    }
    try store.checkForTwin()
    return store
  }

  /// Opens an existing store.
  public static func open(
    at path: String, surroundings: Surroundings = .system, for use: StoreUse = .shared
  ) throws -> Store {
    guard FileProbe.exists(path) else { throw StoreError.missing(path: path) }
    switch FileProbe.look(at: path) {
    case .unreadable: break
    case .foreign: throw StoreError.foreign(path: path)
    case .database(let application, let schema) where !FileProbe.hasLog(path):
      guard application == applicationID else { throw StoreError.foreign(path: path) }
      guard schema <= schemaVersion else { throw StoreError.newer(path: path) }
    case .database: break
    }
    let store = try open(file: path, surroundings: surroundings, for: use)
    try store.translating {
      let (application, schema) = try store.read { db in
        (
          try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
          try Int32.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        )
      }
      guard application == applicationID else { throw StoreError.foreign(path: path) }
      guard schema <= schemaVersion else { throw StoreError.newer(path: path) }
      if schema < schemaVersion {
        try store.database.write { db in try Schema.migrate(db, from: schema) }
      }
    }
    try store.checkForTwin()
    return store
  }

  /// Copies the store as it is at one moment, while others may go on using it.
  ///
  /// - Parameters:
  ///   - path: where the copy will lie; `nil` for memory.
  ///   - surroundings: clocks and chance of the copy.
  /// - Returns: the copy. It is the same replica: whoever writes in it must mint first.
  public func copy(to path: String?, surroundings: Surroundings? = nil) throws -> Store {
    if let path, FileProbe.exists(path) { throw StoreError.present(path: path) }
    let copy = try Self.open(file: path, surroundings: surroundings ?? self.surroundings)
    try translating { try database.backup(to: copy.database) }
    return copy
  }

  static func open(
    file: String?, surroundings: Surroundings, for use: StoreUse = .shared
  ) throws -> Store {
    var configuration = Configuration()
    configuration.busyMode = .timeout(patienceSeconds)
    configuration.foreignKeysEnabled = false
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { try Connection.prepare($0) }
    _ = Connection.isLight
    do {
      guard let file else {
        let queue = try DatabaseQueue(configuration: configuration)
        return Store(path: nil, surroundings: surroundings, database: queue)
      }
      let database: any DatabaseWriter =
        switch use {
        case .shared: try DatabasePool(path: file, configuration: configuration)
        case .alone: try DatabaseQueue(path: file, configuration: configuration)
        }
      try database.writeWithoutTransaction { db in
        // NB: a queue takes the file as it is, which another program may have changed.
        if use == .alone { try db.execute(sql: "PRAGMA journal_mode = WAL") }
        try db.execute(sql: "PRAGMA synchronous = FULL")
        let level = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        precondition(level == 2, "BUG: the writer is not durable")
      }
      return Store(path: file, surroundings: surroundings, database: database)
    } catch let error as DatabaseError {
      throw translate(error, path: file ?? ":memory:")
    }
  }

  /// Turns what SQLite reports into what a person or a program can act on.
  func translating<Value>(_ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch let error as DatabaseError {
      throw Self.translate(error, path: path ?? ":memory:")
    }
  }

  private static func translate(_ error: DatabaseError, path: String) -> any Error {
    let detail = error.message ?? "no detail"
    switch error.resultCode {
    case .SQLITE_BUSY, .SQLITE_LOCKED: return StoreError.busy(path: path)
    case .SQLITE_NOTADB: return StoreError.foreign(path: path)
    case .SQLITE_CORRUPT: return StoreError.damaged(path: path, detail: detail)
    case .SQLITE_FULL, .SQLITE_IOERR, .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
      return StoreError.disk(path: path, detail: detail)
    default: return error
    }
  }

  /// Runs a reading transaction.
  func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    // NB: what GRDB begins itself it has compiled anew each time, which costs more than most reading.
    // Where there is one connection, nobody else can use it meanwhile; to make it read only and back
    // again would throw away all its prepared statements.
    try translating {
      if path == nil { return try database.unsafeRead(body) }
      return try database.unsafeRead { db in try db.transact(.deferred) { try body(db) } }
    }
  }

  /// Runs a writing transaction, durable when it returns.
  func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
    do {
      return try translating {
        try database.writeWithoutTransaction { db in try db.transact(.immediate) { try body(db) } }
      }
    } catch {
      forgetRolledBack()
      throw error
    }
  }

  /// Forgets what is kept in memory: what was read in a transaction that is rolled back was never so.
  func forgetRolledBack() {
    cache.withLock { $0 = StoreCache() }
    bearings.withLock { $0 = nil }
  }

  /// The level of `PRAGMA synchronous` on the writer, for a test to assert: 2 is FULL.
  public func durabilityLevel() throws -> Int {
    try translating {
      try database.writeWithoutTransaction { db in
        try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
      }
    }
  }

  /// The public half of the office's key.
  public func officeKey() throws -> [UInt8] {
    try read { db in
      try Meta.bytes(db, .key).flatMap { SigningKey.publicHalf(of: $0) } ?? []
    }
  }

  /// Lets go of the file in a process that is about to end, as its end would.
  public func leave() {
    highWater.withLock { $0 = nil }
    // Ignored because what was saved is on the disk; a log that stays is read by whoever comes next.
    try? database.close()
  }

  /// Ends all use of the file.
  ///
  /// The log is written back first, so that the one file is all there is to copy.
  public func close() throws {
    try translating {
      // NB: a disk that refuses the log to be written back must not keep the file open.
      let written = Result {
        try database.writeWithoutTransaction { db in
          try db.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        }
      }
      try database.close()
      highWater.withLock { $0 = nil }
      try written.get()
    }
  }
}
