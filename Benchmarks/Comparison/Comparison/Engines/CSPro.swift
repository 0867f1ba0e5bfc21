/// The merge rule of CSPro: one vector clock for a whole case.
///
/// A case with the greater clock replaces the other. If neither is greater, the case is kept that
/// the *client* of the sync holds, all of it, so the last to sync wins; it gets the maximum of both
/// clocks, and no event of its own is added to them. The other case is gone: the sync counts a
/// conflict in its log and lists none. Laptops can sync with each other over Bluetooth, one of them
/// in the office's part. A deleted case is a case with a mark.
///
/// Source: `SQLiteRepository::SyncCasesFromRemote` in github.com/csprousers/cspro, and its comment
/// that "the client always wins conflicts".
struct CSPro: Engine {
  static let canMeet = true
  static let sendsSaves = false

  struct Case {
    var lines: [Key: Cells] = [:]
    var isDeleted = false
    var clock: [Int: Int] = [:]
  }

  private var laptops: [[Int: Case]]
  private var office: [Int: Case] = [:]

  init(laptops: Int) {
    self.laptops = Array(repeating: [:], count: laptops)
  }

  func screen(_ record: Int, on laptop: Int?) -> Screen {
    var screen = Screen()
    let shelf = laptop.map { laptops[$0] } ?? office
    guard let held = shelf[record], !held.isDeleted else { return screen }
    screen.isThere = true
    for (key, cells) in held.lines { screen.show(cells, of: key) }
    return screen
  }

  mutating func save(
    _ touches: [Touch], in record: Int, isNew: Bool, on laptop: Int, now: Int64
  ) {
    var held = laptops[laptop][record] ?? Case()
    held.clock[laptop, default: 0] += 1
    held.lines[Key(record: record), default: [:]].take(touches, of: "")
    for touch in touches {
      switch touch {
      case .delete: held.isDeleted = true
      case .deleteRow(let row): held.lines[Key(record: record, row: row)] = nil
      case .answer, .addRow:
        let row = touch.place.row
        if row.isEmpty { continue }
        held.lines[Key(record: record, row: row), default: [:]].take([touch], of: row)
      }
    }
    laptops[laptop][record] = held
  }

  mutating func sync(_ laptop: Int, now: Int64) {
    Self.sync(client: &laptops[laptop], server: &office)
  }

  mutating func meet(_ left: Int, _ right: Int, now: Int64) {
    var server = laptops[right]
    Self.sync(client: &laptops[left], server: &server)
    laptops[right] = server
  }

  private static func sync(client: inout [Int: Case], server: inout [Int: Case]) {
    for record in Set(client.keys).union(server.keys).sorted() {
      let merged = merge(client: client[record], server: server[record])
      // NB: equal clocks are taken for equal cases, so each side keeps what it has.
      if let merged {
        client[record] = merged
        server[record] = merged
      }
    }
  }

  /// What both hold after the sync; `nil` if their clocks are equal.
  private static func merge(client: Case?, server: Case?) -> Case? {
    guard var client else { return server }
    guard let server else { return client }
    let isClientBehind = client.clock.allSatisfy { $1 <= server.clock[$0] ?? 0 }
    let isServerBehind = server.clock.allSatisfy { $1 <= client.clock[$0] ?? 0 }
    if isClientBehind && isServerBehind { return nil }
    if isClientBehind { return server }
    if isServerBehind { return client }
    client.clock.merge(server.clock) { max($0, $1) }
    return client
  }
}
