import Bytes
import Causality
import Forms
import GRDB
import Model
import Synchronization

/// What a store keeps in memory of what its file says of the directory.
///
/// Another process may change the file, so each transaction compares the version first.
struct StoreCache {
  var directory = Directory()
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
struct StoreContext {
  let directory: Directory
  let forms: [UInt32: Form]
  let tables: [UInt32: RecordTable]
  let editions: [UInt32: [FormEdition]]
  let villages: VillageList

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
    let version = try db.first("SELECT max(version) FROM directory") { $0.bits(0) } ?? 0
    var local = cache.withLock { $0 }
    if local.directory.version > version { local = StoreCache() }
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
      let newer = local
      cache.withLock { if $0.directory.version < version { $0 = newer } }
    }
    return StoreContext(
      directory: local.directory, forms: local.forms, tables: local.tables,
      editions: local.editions, villages: local.villages)
  }

  /// Takes new entries of the directory in, within a transaction.
  func extendDirectory(_ db: Database, with entries: [DirectoryEntry]) throws {
    for entry in entries {
      let version = try db.first("SELECT max(version) FROM directory") { $0.integer(0) } ?? 0
      try db.run(
        "INSERT INTO directory (version, entry) VALUES (?, ?)", .integer(version + 1),
        .blob(entry.bytes))
      guard case .form(let id, _, _, _) = entry else { continue }
      let table = try context(db).table(id)
      try table.prepare(db)
      try rebuild(db, form: id)
    }
  }
}

extension StoreCache {
  mutating func take(_ entry: DirectoryEntry) throws {
    directory.append(entry)
    do {
      switch entry {
      case .villages(let sheet): villages = try VillageList(csv: Array(sheet.utf8))
      case .form(let id, let survey, let choices, let settings):
        let form = try Form(
          FormSheets(survey: survey, choices: choices, settings: settings))
        forms[id] = form
        editions[id, default: []].append(FormEdition(since: directory.version, form: form))
        tables[id] = RecordTable(number: id, form: form)
      default: break
      }
    } catch {
      throw StoreError.inconsistent(detail: "directory \(directory.version): \(error)")
    }
  }
}
