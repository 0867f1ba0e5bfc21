/// The last writer of each column wins, by the time on the writer's clock.
///
/// This is how sqlite-data resolves conflicts ("field-wise last edit wins", with the time of the
/// edit), and but for the clock how cr-sqlite does: that counts the versions of a column and of
/// equal counts takes the larger value, so a wrong clock does it no harm and a chance winner is as
/// silent. A deleted row stays deleted whatever is written into it elsewhere, as in cr-sqlite,
/// where a delete raises the row's causal length and older lengths "won't win at anything". Nothing
/// is asked of anyone, nothing is written down. Only columns that were changed are written.
/// Products are a table of their own, with names that do not collide.
///
/// Sources: sqlite-data's issues 272, 274, 354 and pull request 506 (equal times), and for deleted
/// and made again 418; `merge_insert` and `did_cid_win` in github.com/vlcn-io/cr-sqlite.
struct ColumnLastWriter: Engine {
  static let canMeet = true
  static let sendsSaves = false

  private struct Cell: Comparable {
    let time: Int64
    let laptop: Int
    let value: String

    static func < (left: Cell, right: Cell) -> Bool {
      left.time == right.time ? left.laptop < right.laptop : left.time < right.time
    }
  }

  private struct Line {
    var isDeleted = false
    var cells: [Column: Cell] = [:]

    mutating func merge(_ other: Line) {
      isDeleted = isDeleted || other.isDeleted
      cells.merge(other.cells) { max($0, $1) }
    }
  }

  private let clockErrors: [Int64]
  private var laptops: [[Key: Line]]
  private var office: [Key: Line] = [:]

  init(laptops: Int, clockErrors: [Int64]) {
    self.laptops = Array(repeating: [:], count: laptops)
    self.clockErrors = clockErrors
  }

  func screen(_ record: Int, on laptop: Int?) -> Screen {
    var screen = Screen()
    let table = laptop.map { laptops[$0] } ?? office
    guard let line = table[Key(record: record)], !line.isDeleted else { return screen }
    screen.isThere = true
    for (key, line) in table where key.record == record && !line.isDeleted {
      screen.show(line.cells.mapValues(\.value), of: key)
    }
    return screen
  }

  mutating func save(
    _ touches: [Touch], in record: Int, isNew: Bool, on laptop: Int, now: Int64
  ) {
    let time = now + clockErrors[laptop]
    for row in Set(touches.map(\.place.row)).sorted() {
      var line = laptops[laptop][Key(record: record, row: row)] ?? Line()
      let before = line.cells.mapValues(\.value)
      var after = before
      after.take(touches, of: row)
      for (column, value) in after where before[column] != value {
        line.cells[column] = Cell(time: time, laptop: laptop, value: value)
      }
      line.isDeleted = touches.contains { $0.place == .life(row: row) }
      laptops[laptop][Key(record: record, row: row)] = line
    }
  }

  mutating func sync(_ laptop: Int, now: Int64) {
    for (key, line) in laptops[laptop] { office[key, default: Line()].merge(line) }
    laptops[laptop] = office
  }

  mutating func meet(_ left: Int, _ right: Int, now: Int64) {
    for (key, line) in laptops[left] { laptops[right][key, default: Line()].merge(line) }
    laptops[left] = laptops[right]
  }
}
