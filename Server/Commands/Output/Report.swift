import Bytes

/// What a command found out, for people and programs alike: facts, then tables.
struct Report {
  /// What the JSON is of.
  let kind: String
  var facts: [Fact] = []
  var tables: [Table] = []

  init(_ kind: String, facts: [Fact] = [], tables: [Table] = []) {
    self.kind = kind
    self.facts = facts
    self.tables = tables
  }

  /// The version of the JSON; raised when a field changes its meaning or goes.
  static let version: Int64 = 1

  /// One labelled value.
  struct Fact {
    let key: String
    let label: Label
    let value: Value

    init(_ key: String, _ label: Label, _ value: Value) {
      self.key = key
      self.label = label
      self.value = value
    }
  }

  /// Rows under headings.
  struct Table {
    /// One column: programs know it by its key.
    struct Column {
      let key: String
      let heading: Label
      var isNumber = false
    }

    /// What the JSON calls the rows.
    let key: String
    let columns: [Column]
    var rows: [[Value]]
    /// The last line for people, and an object of its own for programs.
    var total: [Value]?
    /// Said instead of a table without rows.
    var empty: Notice?
  }
}

extension Report {
  /// The report for programs.
  var json: JSON {
    var fields: [(key: String, value: JSON)] = [
      ("version", .int(Self.version)), ("kind", .string(kind)),
    ]
    fields += facts.map { ($0.key, $0.value.json) }
    for table in tables {
      fields.append((table.key, .array(table.rows.map { table.object(of: $0) })))
      if let total = table.total { fields.append(("total", table.object(of: total))) }
    }
    return .object(fields)
  }
}

extension Report.Table {
  fileprivate func object(of row: [Value]) -> JSON {
    .object(zip(columns, row).map { ($0.key, $1.json) })
  }
}
