/// The words of a frame's texts, each once, numbered in the order in which they came.
///
/// A reader needs them by number alone; who writes also finds the number of a word.
struct Vocabulary {
  /// The most words that are remembered.
  static let limit = 4096
  /// How many places there are to look for a word: four times as many as words.
  private static let placeMask = 16_383

  private(set) var letters: [UInt8] = []
  private var starts: [Int32] = [0]
  /// One more than a word's number, where its hash or the next free place is.
  private var places: [UInt16]

  init() {
    places = [UInt16](repeating: 0, count: Self.placeMask + 1)
  }

  /// Gives up finding words by their letters, which a reader never does.
  mutating func forgetPlaces() { places = [] }

  /// How many words there are.
  var count: Int { starts.count - 1 }

  /// Where the letters of a word lie.
  func range(_ index: Int) -> Range<Int> { Int(starts[index])..<Int(starts[index + 1]) }

  /// The number of a word, if it came before.
  func find(_ word: [UInt8]) -> Int? {
    var place = Self.hash(word)
    while places[place] != 0 {
      let index = Int(places[place]) - 1
      if letters[range(index)].elementsEqual(word) { return index }
      place = (place + 1) & Self.placeMask
    }
    return nil
  }

  /// Remembers a word and gives it the next number, unless there are too many.
  mutating func add(_ word: [UInt8]) -> Int? {
    guard count < Self.limit else { return nil }
    letters += word
    starts.append(Int32(letters.count))
    if !places.isEmpty {
      var place = Self.hash(word)
      while places[place] != 0 { place = (place + 1) & Self.placeMask }
      places[place] = UInt16(count)
    }
    return count - 1
  }

  private static func hash(_ word: [UInt8]) -> Int {
    var hash: UInt32 = 2_166_136_261
    for byte in word { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return Int(hash ^ hash >> 15) & Self.placeMask
  }
}
