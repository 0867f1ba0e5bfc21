import Bytes

/// What a text is made of.
enum TextPiece {
  static let end = 0
  static let known = 1
  static let other = 2
  static let fresh = 3
  static let digits = 4
  static let mark = 5
}

/// A word in lower case, how it is written, and where it was seen.
struct WrittenWord {
  var pattern = 0
  var letters: [UInt8] = []
  var number = 0

  static let capital = 1
  static let capitals = 2

  init() {}

  init(_ written: ArraySlice<UInt8>) {
    letters = Array(written)
    var upper = 0
    var lower = 0
    for byte in letters {
      if byte &- 65 < 26 { upper += 1 } else if byte &- 97 < 26 { lower += 1 }
    }
    if upper == 0 { return }
    if upper == 1, letters[0] &- 65 < 26 {
      pattern = Self.capital
    } else if lower == 0 {
      pattern = Self.capitals
    } else {
      return
    }
    for index in letters.indices where letters[index] &- 65 < 26 { letters[index] |= 32 }
  }

  static func write(_ letters: [UInt8], _ pattern: Int, to text: inout [UInt8]) {
    for (index, byte) in letters.enumerated() {
      let isRaised = pattern == capitals || pattern == capital && index == 0
      text.append(isRaised && byte &- 97 < 26 ? byte & ~32 : byte)
    }
  }
}

/// Texts, as words, runs of digits, and what stands between.
extension ColumnWalk {
  mutating func text(_ place: Int) throws(ByteError) {
    try putText(try letters(try takeText(), place))
  }

  mutating func takeText() throws(ByteError) -> [UInt8] {
    let count = try port.takeVarint()
    guard let length = Int(exactly: count) else { throw .truncated(at: 0) }
    return Array(port.taken[try port.takeSpan(length)])
  }

  mutating func putText(_ text: [UInt8]) throws(ByteError) {
    try port.put(varint: UInt64(text.count))
    try port.put(raw: text)
  }

  /// Codes the letters of a text.
  mutating func letters(_ source: [UInt8], _ place: Int) throws(ByteError) -> [UInt8] {
    let chances = columns[place].texts(memory)
    var text: [UInt8] = []
    if Port.isDecoding { text.reserveCapacity(64) }
    var position = 0
    var last = 0
    var at = 0
    var runs = 0
    while true {
      var piece = TextPiece.end
      var end = at
      var word = WrittenWord()
      if !Port.isDecoding, at < source.count {
        (piece, end) = Self.piece(source, at)
        if piece == TextPiece.known { piece = find(source[at..<end], place, &word) }
      }
      piece = port.tree(piece, bits: 3, chances.token(after: last, at: position))
      switch piece {
      case TextPiece.end: return Port.isDecoding ? text : source
      case TextPiece.known, TextPiece.other, TextPiece.fresh:
        let pattern = port.tree(word.pattern, bits: 2, chances.pattern(at: position))
        let letters = try self.word(piece, word, place, chances)
        if Port.isDecoding { WrittenWord.write(letters, pattern, to: &text) }
        last = 1
      case TextPiece.digits:
        let count = port.tree(end - at, bits: 5, chances.run(runs))
        guard count > 0 else { throw .unexpected(0, at: 0) }
        for index in 0..<count {
          let digit = Port.isDecoding ? 0 : Int(source[at + index]) - 48
          let read = port.tree(digit, bits: 4, chances.digit(runs, at: index))
          if Port.isDecoding { text.append(UInt8(48 + read)) }
        }
        runs += 1
        last = 2
      case TextPiece.mark:
        let told = Port.isDecoding ? 0 : source[at]
        let turn = min(position, 7)
        var mark = columns[place].lastMarks[turn]
        if port.bit(told == mark ? 1 : 0, chances.isSameMark(at: turn)) == 0 {
          mark = UInt8(port.tree(Int(told), bits: 8, chances.mark))
          columns[place].lastMarks[turn] = mark
        }
        if Port.isDecoding { text.append(mark) }
        last = mark == 32 ? 3 : 4
      default: throw .unexpected(UInt64(piece), at: 0)
      }
      position += 1
      at = end
      if Port.isDecoding { try port.check(room: text.count) }
    }
  }

  /// The kind of the piece at a position and where it ends.
  private static func piece(_ source: [UInt8], _ at: Int) -> (Int, Int) {
    var end = at
    var letters = 0
    var digits = 0
    while end < source.count, end - at < 31 {
      let byte = source[end]
      if byte &- 48 < 10 {
        digits += 1
      } else {
        guard byte | 32 &- 97 < 26 || byte >= 128 else { break }
        // A digit before a letter makes it a code, which is one word whatever comes.
        letters = digits > 0 ? 99 : letters + 1
      }
      end += 1
    }
    if end == at { return (TextPiece.mark, at + 1) }
    if letters == 0 { return (TextPiece.digits, end) }
    // `surveyor12` is a word and a number.
    return (TextPiece.known, digits > 0 && 3...31 ~= letters ? end - digits : end)
  }

  private func find(_ written: ArraySlice<UInt8>, _ place: Int, _ word: inout WrittenWord) -> Int {
    word = WrittenWord(written)
    guard let number = words.find(word.letters) else { return TextPiece.fresh }
    word.number = number
    let key = UInt32(place) << 16 | UInt32(number)
    guard let index = wordIndex[key] else { return TextPiece.other }
    word.number = Int(index)
    return TextPiece.known
  }

  private mutating func word(
    _ piece: Int, _ word: WrittenWord, _ place: Int, _ chances: Column.TextChances
  ) throws(ByteError) -> [UInt8] {
    if piece == TextPiece.known {
      let index = port.tree(word.number, bits: Column.wordBits, chances.word)
      guard Port.isDecoding else { return [] }
      guard index < columns[place].words.count else { throw .unexpected(UInt64(index), at: 0) }
      return Array(words.letters[words.range(Int(columns[place].words[index]))])
    }
    if piece == TextPiece.other {
      let bits = UInt64.bitWidth - UInt64(max(words.count, 1) - 1).leadingZeroBitCount
      let number = Int(port.flat(UInt64(word.number), bits: bits))
      guard number < words.count else { throw .unexpected(UInt64(number), at: 0) }
      list(number, place)
      return Port.isDecoding ? Array(words.letters[words.range(number)]) : []
    }
    let letters = spell(word.letters, place, chances)
    guard !letters.isEmpty else { throw .unexpected(0, at: 0) }
    if let number = words.add(letters) { list(number, place) }
    return letters
  }

  private mutating func list(_ number: Int, _ place: Int) {
    let index = columns[place].words.count
    guard index < 1 << Column.wordBits else { return }
    columns[place].words.append(UInt16(number))
    if !Port.isDecoding { wordIndex[UInt32(place) << 16 | UInt32(number)] = UInt16(index) }
  }

  /// Learns a word before there is a text.
  mutating func teach(_ word: [UInt8]) {
    _ = spell(word, column(.answer), columns[column(.answer)].texts(memory))
    _ = words.add(word)
  }

  private mutating func spell(
    _ source: [UInt8], _ place: Int, _ chances: Column.TextChances
  ) -> [UInt8] {
    let count = port.tree(source.count, bits: 5, chances.length)
    var letters: [UInt8] = []
    letters.reserveCapacity(count)
    var last = 0
    for index in 0..<count {
      let byte = Port.isDecoding ? 0 : Int(source[index])
      let row = pairs + LetterPairs.row(after: last)
      let usesPairs = columns[place].spelling.prefersPairs
      var node = 1
      for shift in stride(from: 7, through: 0, by: -1) {
        let bit = port.bit(
          (byte >> shift) & 1, chances.letter + node, row + node, usesPairs)
        columns[place].spelling.learn(bit, chances.letter + node, row + node)
        node = node << 1 | bit
      }
      last = node & 255
      letters.append(UInt8(last))
    }
    return letters
  }
}

/// The chances of a letter after another: a row for each small letter, and three for all else.
enum LetterPairs {
  static let size = 30 * 256

  static func row(after letter: Int) -> Int {
    switch letter {
    case 97...122: (letter - 96) * 256
    case 48...57: 27 * 256
    case 128...: 28 * 256
    default: letter == 0 ? 0 : 29 * 256
    }
  }
}
