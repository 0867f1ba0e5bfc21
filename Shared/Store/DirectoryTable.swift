import Bytes
import Causality
import Forms
import GRDB
import Model
import Synchronization
import Wire

/// What a store keeps in memory of what its file says of the directory.
///
/// Another process may change the file, so each transaction compares the version first.
struct StoreCache {
  var directory = Directory()
  /// The hash of its last entry: another process can have put another directory in its place.
  var head: [UInt8] = []
  var forms: [UInt32: Form] = [:]
  var tables: [UInt32: RecordTable] = [:]
  var editions: [UInt32: [FormEdition]] = [:]
  var villages = VillageList()
}

/// A form as it is from one version of the directory on.
struct FormEdition {
  let since: UInt64
  let form: Form
}

/// Everything that writing and reading records needs to know, as of one directory version.
///
/// It is a class because it is handed about for every change.
final class StoreContext: Sendable {
  let directory: Directory
  let forms: [UInt32: Form]
  let tables: [UInt32: RecordTable]
  let editions: [UInt32: [FormEdition]]
  let villages: VillageList

  init(_ cache: StoreCache) {
    directory = cache.directory
    forms = cache.forms
    tables = cache.tables
    editions = cache.editions
    villages = cache.villages
  }

  var zoneMinutes: Int { directory.survey?.zoneMinutes ?? 0 }

  func table(_ form: UInt32) -> RecordTable {
    tables[form] ?? RecordTable(number: form, form: nil)
  }

  /// A form as it was at a version of the directory: whoever wrote then kept to its rules.
  func form(_ form: UInt32, at version: UInt64) -> Form? {
    editions[form]?.last { $0.since <= version }?.form
  }
}

extension Store {
  /// The directory as the file has it now.
  func context(_ db: Database) throws -> StoreContext {
    let last = try db.first(
      "SELECT version, hash FROM directory ORDER BY version DESC LIMIT 1"
    ) { ($0.bits(0), $0.bytes(1)) }
    let (version, head) = last ?? (0, [])
    var local = cache.withLock { $0 }
    var isOther = false
    if local.directory.version > version {
      local = StoreCache()
    } else if local.directory.version > 0, local.head != head {
      let there = try DirectoryHead.hash(db, at: local.directory.version)?.bytes
      isOther = there != local.head
      if isOther { local = StoreCache() }
    }
    if local.directory.version < version {
      let entries = try db.all(
        "SELECT entry FROM directory WHERE version > ? ORDER BY version",
        .bits(local.directory.version)
      ) { row in
        do {
          return try DirectoryEntry(row.bytes(0))
        } catch {
          throw StoreError.inconsistent(detail: "directory: \(error)")
        }
      }
      for entry in entries { try local.take(entry) }
      // NB: only what is newer is handed on; a transaction that fails forgets all of it.
      local.head = head
      let newer = local
      cache.withLock { if isOther || $0.directory.version < version { $0 = newer } }
    }
    return StoreContext(local)
  }

  /// Takes new entries of the directory in, within a transaction.
  ///
  /// - Parameter signature: the office's, over the hash of the last entry; the office itself signs.
  func extendDirectory(
    _ db: Database, with entries: [DirectoryEntry], signature: [UInt8]? = nil
  ) throws {
    let isOffice = try Meta.text(db, .role) == StoreRole.office.rawValue
    var head = try DirectoryHead(db)
    let start = head.version
    var forms = Set<UInt32>()
    for (index, entry) in entries.enumerated() {
      let bytes = entry.bytes
      head.append(bytes)
      var word: [UInt8]?
      if index == entries.count - 1 {
        word = signature
        if word == nil, isOffice, let key = try Meta.bytes(db, .key) {
          word = DirectoryChain.sign(head.hash, key: key)
        }
      }
      try db.run(
        "INSERT INTO directory (version, entry, hash, signature) VALUES (?, ?, ?, ?)",
        .bits(head.version), .blob(bytes), .blob(head.hash.bytes), word.map { .blob($0) } ?? .null)
      guard case .form(let id, _, _, _) = entry else { continue }
      try context(db).table(id).prepare(db)
      forms.insert(id)
    }
    // NB: read before it is kept; a store whose directory does not read does nothing any more.
    let directory = try context(db).directory
    if isOffice {
      for (index, entry) in entries.enumerated() {
        try noteAtOffice(db, entry, version: start + UInt64(index) + 1, directory)
      }
    }
    // NB: only now, because what the rules make of an answer depends on people who are told of later.
    for form in forms.sorted() { try rebuild(db, form: form) }
  }

  /// Keeps what the office's own tables say in step with an entry, also one that was handed back.
  ///
  /// - Parameter directory: all of it, with what came after the entry.
  private func noteAtOffice(
    _ db: Database, _ entry: DirectoryEntry, version: UInt64, _ directory: Directory
  ) throws {
    switch entry {
    case .adopted(let device, let replica, _, _, _):
      // NB: of a laptop and its copies the first that joined is who the replica writes for.
      let first = directory.adoptions(of: replica).first?.device
      try Self.bind(db, replica, to: first ?? device, isCertain: true)
    case .device(let device):
      try db.run(
        """
        INSERT INTO device (number, name, people) VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET name = excluded.name, people = excluded.people
        """, .integer(Int64(device.id.number)), .text(device.name),
        .text(device.people.map(\.description).joined(separator: ",")))
      // NB: a new key was let in by a code; an office that was restored may not know that it was used.
      let before = directory.device(device.id, at: version - 1)
      guard before?.key != device.key else { return }
      try db.run(
        "UPDATE invite SET used = ? WHERE device = ? AND used IS NULL",
        .integer(surroundings.wall()), .integer(Int64(device.id.number)))
    default: break
    }
  }
}

/// The end of the directory's chain.
struct DirectoryHead {
  private(set) var version: UInt64
  private(set) var hash: ChainHash
  /// The office's signature, if it signed this entry.
  private(set) var signature: [UInt8]?

  init(_ db: Database) throws {
    let last = try db.first(
      "SELECT version, hash, signature FROM directory ORDER BY version DESC LIMIT 1"
    ) { ($0.bits(0), ChainHash($0.bytes(1)), $0.isNull(2) ? nil : $0.bytes(2)) }
    version = last?.0 ?? 0
    hash = (last?.1 ?? nil) ?? .start
    signature = last?.2 ?? nil
  }

  /// Whether a directory of these hashes goes on from here.
  func isOne(of hashes: [ChainHash]) -> Bool {
    if version == 0 { return true }
    let index = Int(clamping: version) - 1
    return hashes.indices.contains(index) && hashes[index] == hash
  }

  mutating func append(_ entry: [UInt8]) {
    version += 1
    hash = DirectoryChain.hash(of: entry, version: version, after: hash)
    signature = nil
  }

  /// The hash of an entry that is held.
  static func hash(_ db: Database, at version: UInt64) throws -> ChainHash? {
    if version == 0 { return .start }
    return try db.first("SELECT hash FROM directory WHERE version = ?", .bits(version)) {
      ChainHash($0.bytes(0))
    } ?? nil
  }
}

extension StoreCache {
  mutating func take(_ entry: DirectoryEntry) throws {
    directory.append(entry)
    do {
      switch entry {
      case .villages(let sheet): villages = try ReadAlready.villages(sheet)
      case .form(let id, let survey, let choices, let settings):
        let read = try ReadAlready.form(
          id, FormSheets(survey: survey, choices: choices, settings: settings))
        forms[id] = read.form
        editions[id, default: []].append(FormEdition(since: directory.version, form: read.form))
        tables[id] = read.table
      default: break
      }
    } catch {
      throw StoreError.inconsistent(detail: "directory \(directory.version): \(error)")
    }
  }
}
