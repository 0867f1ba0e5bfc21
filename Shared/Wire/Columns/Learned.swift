import Bytes

/// What a walk over the prelude leaves behind, with which every other walk begins.
struct Learned: Sendable {
  /// The chances of one kind of column.
  struct Of: Sendable {
    let base: [Int32]
    let number: [Int32]?
    let text: [Int32]?
  }

  let numbers: [Int32]
  let small: [Int32]
  let pairs: [Int32]
  let words: Vocabulary
  private let columns: [UInt64: Of]

  static let prelude = Learned()

  /// The columns that one of a role begins as.
  func column(_ role: UInt64) -> Of? { columns[role] ?? columns[Column.Role.answer.rawValue] }

  private init() {
    var walk = ColumnWalk(
      ColumnSource(capacity: 8192), stream: Prelude.stream, learned: nil)
    for word in Prelude.words.split(separator: " ") { walk.teach(Array(word.utf8)) }
    let words = walk.words
    for content in Prelude.contents {
      walk.port.reader = ByteReader(content)
      do { try walk.content() } catch { preconditionFailure("BUG: a prelude that does not read") }
    }
    numbers = Self.lesson(walk.numbers, ColumnWalk<ColumnSource>.numberSize)
    small = Self.lesson(walk.small, ColumnWalk<ColumnSource>.smallSize)
    pairs = Self.lesson(walk.pairs, LetterPairs.size)
    self.words = words
    columns = Dictionary(
      uniqueKeysWithValues: walk.columns.dropFirst().map { ($0.key, $0.lesson) })
  }

  /// How much of what the prelude taught is believed: as if it had been seen so often.
  private static let belief: Int32 = 1

  /// A chance as it is, with little weight.
  @inline(__always)
  static func lesson(_ state: Int32) -> Int32 { state & ~1023 | min(state & 1023, belief) }

  /// Chances as they are, with little weight.
  static func lesson(_ chances: Chance, _ count: Int) -> [Int32] {
    (0..<count).map { lesson(chances[$0]) }
  }
}
