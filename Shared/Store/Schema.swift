import GRDB

/// The tables that do not depend on a form, as numbered SQL files that are never edited once
/// released; a new store runs all of them, an older one those that it lacks.
enum Schema {
  static let migrations: [[UInt8]] = [
    PackageResources.m001_store_sql, PackageResources.m002_office_sql,
    PackageResources.m003_proof_sql, PackageResources.m004_snapshots_sql,
  ]

  static func create(_ db: Database) throws {
    try db.execute(sql: "PRAGMA application_id = \(Store.applicationID)")
    try migrate(db, from: 0)
  }

  static func migrate(_ db: Database, from version: Int32) throws {
    for migration in migrations[Int(version)...] {
      try db.execute(sql: String(decoding: migration, as: UTF8.self))
    }
    try db.execute(sql: "PRAGMA user_version = \(migrations.count)")
  }
}

/// What a store knows of itself, one value per key.
enum Meta {
  enum Key: String {
    case role, replica, epoch, device, key, address
    case trusted, trustedUptime, trustedBoot
    case person, lastRecord, pruned, heardAt, joining, turnedAway
    case formerPerson, formerFor, confirmed
    case restored, fingerprint, birthmark, unopened
    case watermark, watermarkAt, watermarkMost
  }

  static func set(_ db: Database, _ key: Key, _ value: SQLValue) throws {
    try db.run(
      "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value",
      .text(key.rawValue), value)
  }

  static func remove(_ db: Database, _ key: Key) throws {
    try db.run("DELETE FROM meta WHERE key = ?", .text(key.rawValue))
  }

  static func value(_ db: Database, _ key: Key) throws -> SQLValue? {
    try db.first("SELECT value FROM meta WHERE key = ?", .text(key.rawValue)) { $0.value(0) }
  }

  static func integer(_ db: Database, _ key: Key) throws -> Int64? {
    guard case .integer(let number)? = try value(db, key) else { return nil }
    return number
  }

  static func text(_ db: Database, _ key: Key) throws -> String? {
    guard case .text(let text)? = try value(db, key) else { return nil }
    return text
  }

  static func bytes(_ db: Database, _ key: Key) throws -> [UInt8]? {
    guard case .blob(let bytes)? = try value(db, key) else { return nil }
    return bytes
  }
}
