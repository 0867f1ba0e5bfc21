import Bytes
import Causality
import Forms
import GRDB
import Model
import Rules

/// One line of a list of records.
public struct RecordRow: Sendable {
  /// The record.
  public let record: RecordID
  /// Its form.
  public let form: UInt32
  /// The village of the copy that is shown.
  public let village: VillageCode
  /// Where the record lives; another village than the copy's while it is in transit.
  public let home: VillageCode
  /// Whether it is there.
  public let life: Liveness
  /// How many things in it a person must decide.
  public let conflicts: Int
  /// How many checks it breaks since a merge, and unique answers it has that other records have too.
  public let derived: Int
  /// When it was created, in milliseconds since 1970, by its author's clock.
  public let created: Int64?
  /// Who created it.
  public let creator: PersonID?
  /// When it was last changed, by the changer's clock.
  public let changed: Int64
  /// Who changed it last.
  public let editor: PersonID?
  /// When that was saved here.
  public let saved: Int64
  /// The typed columns that were asked for, as text; `nil` where there is no answer.
  public let columns: [String?]

  /// Whether the record waits to be carried to where it now lives.
  public var isInTransit: Bool { village != home }
}

/// Which records a list has.
public struct RecordFilter: Sendable {
  /// Only those that live in one of these villages.
  public var villages: [VillageCode]?
  /// Only those created or changed at or after this moment.
  public var touchedSince: Int64?
  /// Only those created at or after this moment.
  public var createdSince: Int64?
  /// Only those that this person created or changed last.
  public var person: PersonID?
  /// Under which other word the person worked here before, if that counts too.
  public var former: FormerPerson?
  /// Deleted ones instead of the others.
  public var deleted = false
  /// Both deleted and others.
  public var withDeleted = false
  /// Only those with something that a person must decide, a check that is broken, or an answer that
  /// is unique and not theirs alone.
  public var onlyConflicts = false
  /// Only those that live in one of these villages, or whose copy that people see is in one.
  public var around: [VillageCode]?
  /// Only those in whose ``searched`` columns a text is found, whatever its case.
  public var text: String?
  /// The columns that are searched for the text.
  public var searched: [String] = []
  /// The typed columns wanted, by question name.
  public var columns: [String] = []
  /// Only these records.
  public var records: Set<RecordID>?
  /// The most rows.
  public var limit: Int?

  /// Makes a filter that leaves out only deleted records.
  public init() {}
}

extension Store {
  /// The records of a form, the latest created first.
  public func records(form: UInt32, _ filter: RecordFilter = RecordFilter()) throws -> [RecordRow] {
    try read { db in
      let table = try context(db).table(form)
      guard table.form != nil else { throw StoreError.noForm(form) }
      var (conditions, values) = Self.conditions(
        filter,
        former: filter.former == nil
          ? [] : try FormerPerson.replicas(db, directory: context(db).directory))
      conditions.insert("_shown = 1", at: 0)
      if filter.onlyConflicts { conditions.append(table.unique.needsLook) }
      let wanted = filter.columns.map { ", " + quotedForSQL($0) }.joined()
      var sql = """
        SELECT _id, _village, _home, _life, _conflicts, _derived\(table.unique.sharedByRow),
          _created, _creator, _changed, _editor, _saved\(wanted)
        FROM \(table.name) WHERE \(conditions.joined(separator: " AND "))
        ORDER BY _created DESC, _id
        """
      if let limit = filter.limit, filter.records?.count ?? 0 <= Self.namedLimit {
        sql += " LIMIT ?"
        values.append(.integer(Int64(limit)))
      }
      var rows = try db.all(sql, values) { row in
        try Self.row(row, form: form, columns: filter.columns.count)
      }
      if let some = filter.records, some.count > Self.namedLimit {
        rows.removeAll { !some.contains($0.record) }
      }
      return rows
    }
  }

  /// The most records that a condition names one by one; beyond it rows are sifted after reading.
  private static let namedLimit = 200

  /// The records whose letters begin with a prefix, deleted ones included; at most a few.
  public func find(prefix: String) throws -> [(record: RecordID, form: UInt32)] {
    guard let letters = Letters.normalized(prefix) else { return [] }
    return try read { db in
      var found: [(RecordID, UInt32)] = []
      for form in try context(db).forms.keys.sorted() {
        let ids = try db.all(
          """
          SELECT DISTINCT _id FROM record_\(form) WHERE _id >= ? AND _id < ? ORDER BY _id LIMIT 20
          """, .text(letters), .text(letters + "~")
        ) { RecordID(letters: $0.text(0)) }
        found += ids.compactMap { $0 }.map { ($0, form) }
      }
      return found
    }
  }

  /// The shortest prefix of a record's letters, of five at least, that no other record here has.
  public func shortName(of record: RecordID) throws -> String {
    let letters = record.description
    return try read { db in
      var length = RecordID.shortest
      for form in try context(db).forms.keys.sorted() {
        // The neighbours in the order of letters share the longest prefixes.
        for (compare, order) in [("<", "DESC"), (">", "ASC")] {
          let neighbour = try db.first(
            """
            SELECT _id FROM record_\(form) WHERE _id \(compare) ? ORDER BY _id \(order) LIMIT 1
            """, .text(letters)
          ) { $0.text(0) }
          guard let neighbour else { continue }
          let shared = zip(letters.utf8, neighbour.utf8).prefix { $0 == $1 }.count
          length = max(length, min(shared + 1, RecordID.letterCount))
        }
      }
      return String(letters.prefix(length))
    }
  }

  /// Every change that a record accounts for and that is held here, the oldest first.
  public func history(of record: RecordID) throws -> [JournalEntry] {
    try read { db in
      var names = Set<Name>()
      for form in try context(db).forms.keys {
        for copy in try context(db).table(form).copies(db, record) {
          names.formUnion(copy.state.origins.map(\.name))
        }
      }
      return try names.compactMap { try Journal.entry(db, $0.dot) }
        .filter { names.contains($0.change.name) }
        .sorted {
          ($0.change.content.author.stamp, $0.change.dot)
            < ($1.change.content.author.stamp, $1.change.dot)
        }
    }
  }

  /// Whether no change of a record's villages was dropped here, or left out when this laptop began.
  public func isHistoryWhole(of record: RecordID) throws -> Bool {
    try read { db in
      let context = try context(db)
      for form in context.forms.keys.sorted() {
        for copy in try context.table(form).copies(db, record)
        where try !Cuts.isWhole(db, copy.village) { return false }
      }
      return true
    }
  }

  /// The change of a name, if it is held here.
  public func change(_ name: Name) throws -> JournalEntry? {
    try read { db in
      guard let entry = try Journal.entry(db, name.dot), entry.change.name == name else {
        return nil
      }
      return entry
    }
  }

  /// The office's carries of a record that are held here, in the order in which they were applied.
  ///
  /// - Complexity: O(journal): a carry is no origin, so nothing but the journal tells of it.
  public func carries(of record: RecordID) throws -> [JournalEntry] {
    try read { db in
      let dots = try db.all(
        "SELECT village, replica, counter FROM journal WHERE record = ? ORDER BY seq",
        .text(record.description)
      ) { row in
        VillageCode(number: row.bits(0)).map {
          Dot(replica: ReplicaID(row.bits(1)), village: $0, counter: row.bits(2))
        }
      }
      return try dots.compactMap { try $0.flatMap { try Journal.entry(db, $0) } }.filter { entry in
        if case .carry = entry.change.content.body { true } else { false }
      }
    }
  }

  /// What the author of a change held of its village before it: what their stream last stated, and
  /// their own changes up to it; `nil` if the change is not held here.
  ///
  /// - Complexity: O(changes of the stream since it last stated what it held).
  public func held(before name: Name) throws -> VersionVector? {
    try read { db in
      let dot = name.dot
      guard try Streams.holds(db, name) else { return nil }
      let statement = try RawStatement(
        db,
        """
        SELECT content FROM journal WHERE village = ? AND replica = ? AND counter <= ?
          AND counter > ? ORDER BY counter DESC
        """)
      // NB: an office that was given a base has history before the cut, and none in between.
      let cut = try Cuts.count(db, dot.stream)
      statement.bind(.bits(dot.village.number), at: 1)
      statement.bind(.bits(dot.replica.number), at: 2)
      statement.bind(.bits(dot.counter), at: 3)
      statement.bind(.bits(dot.counter > cut ? cut : 0), at: 4)
      defer { statement.reset() }
      var vector = VersionVector()
      while try statement.step() {
        let change = try Journal.change(
          dot: dot, hash: ChainHash.start.bytes, content: statement.bytes(0))
        guard let stated = change.content.context else { continue }
        vector = stated
        break
      }
      // NB: what was stated before the cut is not known here any more.
      let stream = StreamID(village: dot.village, replica: dot.replica)
      if vector.isEmpty, try Cuts.count(db, stream) > 0 { return nil }
      // NB: a stream does not state itself; the hash of the last own change is of no use here.
      vector.raise(
        VersionVector.Entry(replica: dot.replica, count: dot.counter - 1, head: 0))
      return vector
    }
  }

  /// The names of the rows that there are of a repeat, in any record, in ascending order.
  public func rowNames(form: UInt32, of repeated: Repeat) throws -> [Text] {
    try read { db in
      try db.all(
        "SELECT DISTINCT _row FROM record_\(form)_\(repeated.id.number) ORDER BY _row"
      ) { Text($0.text(0)) }
    }
  }

  /// The most rows of a repeat that any record has.
  public func mostRows(form: UInt32, of repeated: Repeat) throws -> Int {
    try read { db in
      try db.first(
        """
        SELECT max(n) FROM (
          SELECT count(*) AS n FROM record_\(form)_\(repeated.id.number) GROUP BY _id, _village)
        """
      ) { Int($0.integer(0)) } ?? 0
    }
  }

  /// The copy of a record that people see, without noting that anyone was shown it.
  public func peek(_ record: RecordID, form: UInt32) throws -> (
    village: VillageCode, state: RecordState
  )? {
    try read { db in
      try shownCopy(db, try context(db).table(form), record).map { ($0.village, $0.state) }
    }
  }

  /// How many records that are not deleted live in each village.
  public func counts(form: UInt32) throws -> [VillageCode: Int] {
    try read { db in
      let table = try context(db).table(form)
      let rows = try db.all(
        "SELECT _home, count(*) FROM \(table.name) WHERE _shown = 1 AND _life <> 1 GROUP BY _home"
      ) { (VillageCode(number: $0.bits(0)), Int($0.integer(1))) }
      var counts: [VillageCode: Int] = [:]
      for (village, count) in rows {
        if let village { counts[village] = count }
      }
      return counts
    }
  }

  /// How many records of each village there are per value of a typed column.
  public func tally(form: UInt32, column: String) throws -> [VillageCode: [String: Int]] {
    try read { db in
      let table = try context(db).table(form)
      let rows = try db.all(
        """
        SELECT _home, coalesce(CAST(\(quotedForSQL(column)) AS TEXT), ''), count(*)
        FROM \(table.name) WHERE _shown = 1 AND _life <> 1 GROUP BY 1, 2
        """
      ) { (VillageCode(number: $0.bits(0)), $0.text(1), Int($0.integer(2))) }
      var tally: [VillageCode: [String: Int]] = [:]
      for (village, value, count) in rows {
        if let village { tally[village, default: [:]][value] = count }
      }
      return tally
    }
  }

  /// How many things a person must decide in the records around some villages, and how many checks
  /// they break since a merge or unique answers they share; deleted records are left out.
  public func toDecide(
    form: UInt32, around villages: [VillageCode]
  ) throws -> (conflicts: Int, checks: Int) {
    try read { db in
      let table = try context(db).table(form)
      let (condition, values) = Self.around(villages)
      let own =
        try db.first(
          """
          SELECT coalesce(sum(_conflicts), 0), coalesce(sum(_derived), 0) FROM \(table.name)
          WHERE (_conflicts > 0 OR _derived > 0) AND _shown = 1 AND _life <> 1 AND \(condition)
          """, values
        ) { (Int($0.integer(0)), Int($0.integer(1))) } ?? (0, 0)
      let shared = try table.unique.count(db, where: condition, values)
      return (own.0, own.1 + shared)
    }
  }

  /// A record is around a village if it lives there, or waits there to be carried away.
  private static func around(_ villages: [VillageCode]) -> (String, [SQLValue]) {
    let marks = villages.map { _ in "?" }.joined(separator: ", ")
    let values = villages.map { SQLValue.bits($0.number) }
    return ("(_home IN (\(marks)) OR _village IN (\(marks)))", values + values)
  }

  /// - Parameter replicas: those under which the filter's former person wrote.
  private static func conditions(
    _ filter: RecordFilter, former replicas: [ReplicaID]
  ) -> ([String], [SQLValue]) {
    var conditions: [String] = []
    var values: [SQLValue] = []
    if !filter.withDeleted { conditions.append(filter.deleted ? "_life = 1" : "_life <> 1") }
    if let villages = filter.villages {
      conditions.append("_home IN (\(villages.map { _ in "?" }.joined(separator: ", ")))")
      values += villages.map { .bits($0.number) }
    }
    if let villages = filter.around {
      let (condition, more) = Self.around(villages)
      conditions.append(condition)
      values += more
    }
    if let moment = filter.touchedSince {
      conditions.append("(_changed >= ? OR _created >= ?)")
      values += [.integer(moment), .integer(moment)]
    }
    if let moment = filter.createdSince {
      conditions.append("_created >= ?")
      values.append(.integer(moment))
    }
    if let person = filter.person {
      var who = "_creator = ? OR _editor = ?"
      values += [.text(person.description), .text(person.description)]
      if let former = filter.former, former.person == person {
        // The word may be another's elsewhere, so only what was written here under it counts.
        let list = replicas.map { "\(Int64(bitPattern: $0.number))" }.joined(separator: ",")
        let here = ["journal", "branch"].map { table in
          "SELECT record FROM \(table) WHERE replica IN (SELECT value FROM json_each(?))"
        }
        who += " OR (_creator = ? AND _id IN (\(here.joined(separator: " UNION ALL "))))"
        values += [.text(former.word.description)]
        values += here.map { _ in .text("[\(list)]") }
      }
      conditions.append("(\(who))")
    }
    if let some = filter.records, some.count <= namedLimit {
      conditions.append("_id IN (\(some.map { _ in "?" }.joined(separator: ", ")))")
      values += some.sorted().map { .text($0.description) }
    }
    if let text = filter.text {
      // NB: what is only shown is not searched: it may be private, and a hit would tell it.
      let columns = Set(filter.searched).sorted()
      let escaped = text.replacing("\\", with: "\\\\").replacing("%", with: "\\%")
        .replacing("_", with: "\\_")
      conditions.append(
        "("
          + (columns.map { "\(quotedForSQL($0)) LIKE ? ESCAPE '\\'" } + ["0"])
          .joined(separator: " OR ") + ")")
      values += columns.map { _ in .text("%\(escaped)%") }
    }
    return (conditions, values)
  }

  private static func row(_ row: RawStatement, form: UInt32, columns: Int) throws -> RecordRow {
    guard let record = RecordID(letters: row.text(0)),
      let village = VillageCode(number: row.bits(1)),
      let home = VillageCode(number: row.bits(2))
    else { throw StoreError.inconsistent(detail: "record \(row.text(0))") }
    let life: Liveness =
      switch row.integer(3) {
      case 0: .alive
      case 1: .deleted
      default: .contested
      }
    return RecordRow(
      record: record, form: form, village: village, home: home, life: life,
      conflicts: Int(row.integer(4)), derived: Int(row.integer(5)),
      created: row.isNull(6) ? nil : row.integer(6),
      creator: row.isNull(7) ? nil : PersonID(row.text(7)), changed: row.integer(8),
      editor: row.isNull(9) ? nil : PersonID(row.text(9)), saved: row.integer(10),
      columns: (0..<columns).map { row.isNull(Int32(11 + $0)) ? nil : row.text(Int32(11 + $0)) })
  }
}
