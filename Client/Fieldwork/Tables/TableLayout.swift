import Bytes
import Forms
import Model
import Reading
import Store

/// The columns that a form's records are exported to.
struct TableLayout: Sendable {
  /// The columns of the record itself, before those of its answers.
  static let own = ["_id", "_seen", PlaceName.village, "kecamatan"]
  /// The most columns, so that the table can be imported again.
  static let columnLimit = CSVReader.columnLimit
  /// The most slots for rows of one repeat.
  static let slotLimit = 50

  let columns: [TableColumn]
  /// For each repeat that is exported, how many slots or which keys have room.
  private var room: [(repeated: Repeat, slots: Int, keys: Set<Text>)] = []
  private let zoneMinutes: Int

  init(_ place: Workplace, form: Form, withPrivate: Bool) throws {
    zoneMinutes = place.zoneMinutes
    var columns: [TableColumn] = []
    for register in form.registers where register.repeat == nil {
      columns += TableColumn.columns(of: register, at: .record, withPrivate: withPrivate)
    }
    for repeated in form.repeats {
      var places: [TableColumn.Place] = []
      if let key = repeated.key {
        let question = form.question(named: "\(repeated.name)/\(key)")
        guard withPrivate || question?.isPrivate == false else { continue }
        places = try place.store.rowNames(form: form.id, of: repeated).map { .keyed(repeated, $0) }
      } else {
        let most = try place.store.mostRows(form: form.id, of: repeated)
        places = (0..<min(most, TableLayout.slotLimit)).map { .slot(repeated, $0 + 1) }
      }
      let registers = form.registers.filter { $0.repeat?.id == repeated.id }
      var slots = 0
      var keys: Set<Text> = []
      for place in places {
        var some = registers.flatMap {
          TableColumn.columns(of: $0, at: place, withPrivate: withPrivate)
        }
        if some.isEmpty { continue }
        if case .slot = place { some.insert(TableColumn(place, .letters), at: 0) }
        let width = TableLayout.own.count + columns.count + some.count
        guard width <= TableLayout.columnLimit else { break }
        columns += some
        if case .keyed(_, let key) = place { keys.insert(key) } else { slots += 1 }
      }
      room.append((repeated, slots, keys))
    }
    self.columns = columns
  }

  var header: [String] { TableLayout.own + columns.map(\.name) }

  /// The cells of a record, after those of the record itself, and how many rows had no room.
  func cells(_ reading: RecordReading) -> (cells: [String], leftOut: Int) {
    var rows: [FieldID: [Text]] = [:]
    var leftOut = 0
    for one in room {
      let some = reading.rows(of: one.repeated)
      rows[one.repeated.id] = some
      leftOut +=
        one.repeated.key == nil
        ? max(0, some.count - one.slots) : some.count { !one.keys.contains($0) }
    }
    let cells = columns.map { column in
      var slot: Text?
      if case .slot(let repeated, let number) = column.place, let some = rows[repeated.id] {
        slot = number <= some.count ? some[number - 1] : nil
      }
      return column.cell(reading, slot: slot, zoneMinutes: zoneMinutes)
    }
    return (cells, leftOut)
  }
}
