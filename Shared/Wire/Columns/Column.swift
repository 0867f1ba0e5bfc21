/// What a frame's changes have said so far at one place of a record: the chances of its answers.
///
/// There is a column for each question of a form, one for each repeat's rows, one for the elements
/// of a question with several choices, and so on. Chances are laid out once here, and memory is
/// taken when a column is first used.
struct Column {
  /// What a column is of.
  enum Role: UInt64 {
    case answer = 0
    case element = 1
    case row = 2
    case person = 3
    case reason = 4
    case loose = 5
    /// Members of groups by their position, which is added.
    case member = 16
  }

  /// Where the chances lie.
  private enum Layout {
    static let kind = 0
    static let successor = kind + 16
    static let again = successor + 2
    static let sameScale = again + 1
    static let scale = sameScale + 1
    static let replaced = scale + 16
    static let size = replaced + 8
  }

  private enum TextLayout {
    static let token = 0
    static let pattern = token + 25 * 8
    static let word = pattern + 8 * 4
    static let length = word + 1 << wordBits
    static let letter = length + 32
    static let run = letter + 256
    static let digit = run + 4 * 32
    static let sameMark = digit + 4 * 8 * 16
    static let mark = sameMark + 8
    static let size = mark + 256
  }

  /// How many words a column lists are told by so many bits.
  static let wordBits = 9

  let key: UInt64
  /// The head of the path that came after this place the last time.
  var next: UInt64 = 0
  /// The kind, the scale and the marks, by their position, that were last written here.
  var lastKind: UInt8 = 5
  var lastScale: UInt8 = 0
  var lastMarks = SIMD8<UInt8>(repeating: 32)
  /// The words that were used here, by their number in the frame.
  var words: [UInt16] = []
  /// How the two ways to spell a word fared here.
  var spelling = Spelling()
  private let base: Chance
  private var number: Chance?
  private var text: Chance?
  /// The last column of the role before this one, and what this one tells the next.
  private let models: Models

  init(key: UInt64, _ memory: Chances.Memory, models: Models) {
    self.key = key
    self.models = models
    base = memory.take(Layout.size, like: models.base)
    models.base = base
  }

  var kind: Chance { base + Layout.kind }
  /// Apart for new records, which answer everything and replace nothing.
  func successor(isNew: Bool) -> Chance { base + Layout.successor + (isNew ? 1 : 0) }
  var isAgain: Chance { base + Layout.again }
  var isSameScale: Chance { base + Layout.sameScale }
  var scale: Chance { base + Layout.scale }
  func replaced(isNew: Bool) -> Chance { base + Layout.replaced + (isNew ? 4 : 0) }

  /// The chances of numbers, for which memory is taken with the first.
  mutating func numbers(_ memory: Chances.Memory) -> Chance {
    if let number { return number }
    let fresh = memory.take(NumberLayout.size, like: models.number)
    models.number = fresh
    number = fresh
    return fresh
  }

  /// The chances of texts, for which memory is taken with the first.
  mutating func texts(_ memory: Chances.Memory) -> TextChances {
    if let text { return TextChances(base: text) }
    let fresh = memory.take(TextLayout.size, like: models.text)
    models.text = fresh
    text = fresh
    return TextChances(base: fresh)
  }

  /// What was learned, to begin other columns with.
  var lesson: Learned.Of {
    Learned.Of(
      base: Learned.lesson(base, Layout.size),
      number: number.map { Learned.lesson($0, NumberLayout.size) },
      text: text.map { Learned.lesson($0, TextLayout.size) })
  }

  /// The chances of a column's texts.
  struct TextChances {
    let base: Chance

    /// Which kind of piece comes, after a kind of piece and so many before.
    func token(after last: Int, at position: Int) -> Chance {
      base + TextLayout.token + (last * 5 + min(position, 4)) * 8
    }
    func pattern(at position: Int) -> Chance {
      base + TextLayout.pattern + min(position, 7) * 4
    }
    var word: Chance { base + TextLayout.word }
    var length: Chance { base + TextLayout.length }
    var letter: Chance { base + TextLayout.letter }
    func run(_ index: Int) -> Chance { base + TextLayout.run + min(index, 3) * 32 }
    func digit(_ index: Int, at position: Int) -> Chance {
      base + TextLayout.digit + (min(index, 3) * 8 + min(position, 7)) * 16
    }
    func isSameMark(at position: Int) -> Chance {
      base + TextLayout.sameMark + min(position, 7)
    }
    var mark: Chance { base + TextLayout.mark }
  }
}

/// Which of two ways to foretell letters has been the better one.
struct Spelling {
  private var order0: Int32 = 0
  private var order1: Int32 = 0

  var prefersPairs: Bool { order1 < order0 }

  mutating func learn(_ bit: Int, _ letter: Chance, _ pair: Chance) {
    let a = Int32(Chances.share(letter))
    let b = Int32(Chances.share(pair))
    order0 += ((bit == 0 ? a : 65536 - a) - order0) >> 5
    order1 += ((bit == 0 ? b : 65536 - b) - order1) >> 5
  }
}

/// The columns of one role that were made last: the next one begins as they are then, for answers to
/// other questions of the same form are a better guess than none.
final class Models {
  var base: Chance?
  var number: Chance?
  var text: Chance?

  /// Makes models of nothing.
  init() {}

  /// Makes models of what the prelude taught.
  init(_ learned: Learned.Of?, _ memory: Chances.Memory) {
    guard let learned else { return }
    base = memory.take(learned.base.count, as: learned.base)
    number = learned.number.map { memory.take($0.count, as: $0) }
    text = learned.text.map { memory.take($0.count, as: $0) }
  }
}
