import Bytes
import Causality
import GRDB
import Model
import Reading

/// A record or an edit in the making: kept over a power cut, no change until it is finished.
///
/// Two terminals can go on with one draft. Whoever keeps, finishes or discards it says which revision
/// of it they have, in the transaction that does so, and the later of the two is refused: else one
/// would write over the other's answers, or both would save the record.
public struct Draft: Sendable {
  /// Its number; `nil` before it is kept.
  public var key: Int64?
  /// Whose it is.
  public var person: PersonID
  /// The form.
  public var form: UInt32
  /// The village.
  public var village: VillageCode
  /// The record that is edited; `nil` for a new one.
  public var record: RecordID?
  /// What its author was shown; of a new record nothing.
  public var token: ViewToken?
  /// How many questions were passed.
  public var position: Int
  /// When it was last touched, in milliseconds since 1970.
  public var touched: Int64
  /// The answers so far.
  public var wishes: [Wish]
  /// How often it was kept.
  fileprivate var revision: Int64 = 0

  /// Makes a draft.
  public init(
    person: PersonID, form: UInt32, village: VillageCode, record: RecordID?, token: ViewToken?
  ) {
    self.person = person
    self.form = form
    self.village = village
    self.record = record
    self.token = token
    position = 0
    touched = 0
    wishes = []
  }
}

extension Store {
  /// Keeps a draft, durable when it returns.
  ///
  /// - Throws: `StoreError.draftElsewhere` if somebody else kept it, finished it or threw it away since
  ///   it was read.
  public func keep(_ draft: inout Draft) throws {
    draft.touched = surroundings.wall()
    let kept = draft
    draft.key = try write { db in
      if let token = kept.token, let record = kept.record {
        try settleView(db, token, of: record)
      }
      var writer = ByteWriter()
      writer.count(kept.wishes.count)
      for wish in kept.wishes {
        wish.path.encode(to: &writer)
        wish.answer.encode(to: &writer)
      }
      let values: [SQLValue] = [
        .text(kept.person.description), .integer(Int64(kept.form)), .bits(kept.village.number),
        .optional(kept.record?.description), kept.token.map { .blob($0.bytes) } ?? .null,
        .integer(Int64(kept.position)), .integer(kept.touched), .blob(writer.bytes),
      ]
      if let key = kept.key {
        try db.run(
          """
          UPDATE draft SET person = ?, form = ?, village = ?, record = ?, token = ?, position = ?,
            touched = ?, answers = ?, revision = revision + 1 WHERE key = ? AND revision = ?
          """, values + [.integer(key), .integer(kept.revision)])
        guard db.changesCount == 1 else { throw StoreError.draftElsewhere }
        return key
      }
      try db.run(
        """
        INSERT INTO draft (person, form, village, record, token, position, touched, answers, revision)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1)
        """, values)
      return db.lastInsertedRowID
    }
    draft.revision += 1
  }

  /// Throws a draft away: it was finished, or given up.
  ///
  /// - Throws: `StoreError.draftElsewhere` as ``keep(_:)``.
  public func discard(_ draft: Draft) throws {
    try write { db in try Self.discard(db, draft) }
  }

  static func discard(_ db: Database, _ draft: Draft) throws {
    guard let key = draft.key else { return }
    try db.run(
      "DELETE FROM draft WHERE key = ? AND revision = ?", .integer(key), .integer(draft.revision))
    guard db.changesCount == 1 else { throw StoreError.draftElsewhere }
  }

  /// A person's drafts, the latest touched first.
  public func drafts(of person: PersonID) throws -> [Draft] {
    try read { db in
      try db.all(
        """
        SELECT key, form, village, record, token, position, touched, answers, revision FROM draft
        WHERE person = ? ORDER BY touched DESC, key DESC
        """, .text(person.description)
      ) { row in
        guard let village = VillageCode(number: row.bits(2)) else {
          throw StoreError.inconsistent(detail: "village of a draft")
        }
        var draft = Draft(
          person: person, form: UInt32(truncatingIfNeeded: row.bits(1)), village: village,
          record: row.isNull(3) ? nil : RecordID(letters: row.text(3)),
          token: row.isNull(4) ? nil : ViewToken(bytes: row.bytes(4)))
        draft.key = row.integer(0)
        draft.position = Int(row.integer(5))
        draft.touched = row.integer(6)
        draft.wishes = try Self.wishes(row.bytes(7))
        draft.revision = row.integer(8)
        return draft
      }
    }
  }

  private static func wishes(_ bytes: [UInt8]) throws -> [Wish] {
    do throws(ByteError) {
      var reader = ByteReader(bytes)
      var wishes: [Wish] = []
      for _ in 0..<(try reader.count(limit: ChangeContent.answerLimit, ofAtLeast: 2)) {
        let path = try Path(from: &reader)
        wishes.append(Wish(path, try Answer(from: &reader)))
      }
      try reader.finish()
      return wishes
    } catch {
      throw StoreError.inconsistent(detail: "draft: \(error)")
    }
  }
}

/// A file that was imported.
public struct ImportedFile: Sendable {
  /// The digest of its bytes.
  public let digest: [UInt8]
  /// The name it had.
  public let name: String
  /// Who imported it.
  public let person: PersonID
  /// When, in milliseconds since 1970.
  public let at: Int64
  /// How many records it brought.
  public let records: Int

  /// Makes a note of a file.
  public init(digest: [UInt8], name: String, person: PersonID, at: Int64, records: Int) {
    self.digest = digest
    self.name = name
    self.person = person
    self.at = at
    self.records = records
  }
}

/// The file was imported before, perhaps by another process a moment ago; nothing was saved.
public struct ImportedBefore: Error, Sendable {
  /// The file as it was imported then.
  public let file: ImportedFile
}

extension Store {
  /// Whether a file with these bytes was imported before.
  public func imported(digest: [UInt8]) throws -> ImportedFile? {
    try read { db in try Self.imported(db, digest: digest) }
  }

  static func imported(_ db: Database, digest: [UInt8]) throws -> ImportedFile? {
    try db.first(
      "SELECT name, person, at, records FROM imported WHERE digest = ?", .blob(digest)
    ) { row in
      guard let person = PersonID(row.text(1)) else {
        throw StoreError.inconsistent(detail: "an imported file's person")
      }
      return ImportedFile(
        digest: digest, name: row.text(0), person: person, at: row.integer(2),
        records: Int(row.integer(3)))
    }
  }

  /// Notes that a file was imported, within the transaction that saves what is in it.
  static func note(_ db: Database, _ file: ImportedFile) throws {
    try db.run(
      """
      INSERT INTO imported (digest, name, person, at, records) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT DO UPDATE SET at = excluded.at, records = excluded.records
      """, .blob(file.digest), .text(file.name), .text(file.person.description),
      .integer(file.at), .integer(Int64(file.records)))
  }
}
