/// The merge rule of geodiff, as Mergin Maps uses it: what a laptop changed is rebased, column by
/// column, onto what the server changed meanwhile.
///
/// - Changes of different columns are both kept; the same change made twice is no conflict.
/// - A column changed by both gets the value of whoever syncs last; the item goes to a conflict
///   file with the base and both values, which people can look through.
/// - A row deleted on the server stays deleted. An update of it that comes later is dropped, and
///   since pull request 250 (2026) it goes to the conflict file as well.
/// - A row updated on the server and deleted by the laptop is deleted, and nothing is written down.
/// - Two new rows with one number are both kept, under new numbers.
///
/// Laptops exchange nothing without the server. Products are a table of their own.
///
/// Sources: `geodiffrebase.cpp` in github.com/MerginMaps/geodiff (`_handle_update`,
/// `_handle_delete`, `_find_mapping_for_new_changeset`), its issues 146, 152 and 248 and pull
/// request 250.
struct Geodiff: Engine {
  static let canMeet = false
  static let sendsSaves = false

  private struct Item: Hashable, Comparable {
    let key: Key
    let column: Column

    static func < (left: Item, right: Item) -> Bool {
      left.key == right.key ? left.column < right.column : left.key < right.key
    }
  }

  private struct Laptop {
    var base: [Key: Cells] = [:]
    var local: [Key: Cells] = [:]
  }

  private var laptops: [Laptop]
  private var office: [Key: Cells] = [:]
  private var conflicts: [Item: [String]] = [:]
  /// Items of updates that came after the row had been deleted.
  private var deleted: Set<Item> = []

  init(laptops: Int) {
    self.laptops = Array(repeating: Laptop(), count: laptops)
  }

  func screen(_ record: Int, on laptop: Int?) -> Screen {
    var screen = Screen()
    let table = laptop.map { laptops[$0].local } ?? office
    guard table[Key(record: record)] != nil else { return screen }
    screen.isThere = true
    for (key, cells) in table where key.record == record { screen.show(cells, of: key) }
    return screen
  }

  mutating func save(
    _ touches: [Touch], in record: Int, isNew: Bool, on laptop: Int, now: Int64
  ) {
    if touches.contains(.delete) {
      let keys = laptops[laptop].local.keys.filter { $0.record == record }
      for key in keys { laptops[laptop].local[key] = nil }
      return
    }
    laptops[laptop].local[Key(record: record), default: [:]].take(touches, of: "")
    for touch in touches where !touch.place.row.isEmpty {
      let key = Key(record: record, row: touch.place.row)
      if case .deleteRow = touch {
        laptops[laptop].local[key] = nil
      } else {
        laptops[laptop].local[key, default: [:]].take([touch], of: key.row)
      }
    }
  }

  mutating func sync(_ laptop: Int, now: Int64) {
    let ours = laptops[laptop]
    var rebased = office
    for key in Set(ours.base.keys).union(ours.local.keys).sorted() {
      guard let base = ours.base[key] else {
        rebased[key] = ours.local[key]
        continue
      }
      guard let local = ours.local[key] else {
        rebased[key] = nil
        continue
      }
      let changed = Column.allCases.filter { local[$0] != base[$0] }
      guard let theirs = office[key] else {
        for column in changed {
          note(Item(key: key, column: column), [local[column] ?? ""])
          deleted.insert(Item(key: key, column: column))
        }
        continue
      }
      for column in changed {
        if theirs[column] != base[column] && theirs[column] != local[column] {
          note(Item(key: key, column: column), [theirs[column] ?? "", local[column] ?? ""])
        }
        rebased[key]?[column] = local[column]
      }
    }
    office = rebased
    laptops[laptop] = Laptop(base: rebased, local: rebased)
  }

  private mutating func note(_ item: Item, _ values: [String]) {
    for value in values where conflicts[item]?.contains(value) != true {
      conflicts[item, default: []].append(value)
    }
  }

  func asks() -> [Ask] {
    conflicts.keys.sorted().map { item in
      let values = conflicts[item] ?? []
      var sides: [Place: [String]] = [:]
      if deleted.contains(item) { sides[.life(row: item.key.row)] = [deletedValue] }
      guard item.column == .channels else {
        sides[item.key.place(item.column)] = values
        return Ask(record: item.key.record, sides: sides)
      }
      for choice in Channel.all {
        sides[.choice(choice)] = values.map {
          Channel.split($0).contains(choice) ? Channel.ticked : Channel.empty
        }
      }
      return Ask(record: item.key.record, sides: sides)
    }
  }
}
