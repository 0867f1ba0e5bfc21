import Forms

/// What people may have meant who typed something that there is not.
public enum Spelling {
  /// The most suggestions.
  static let limit = 3

  /// The text without the ASCII white space at both ends.
  public static func trimmed(_ text: String) -> String {
    let isWhite: (UInt8) -> Bool = { $0 == 32 || (9...13).contains($0) }
    let bytes = text.utf8
    guard let first = bytes.firstIndex(where: { !isWhite($0) }),
      let last = bytes.lastIndex(where: { !isWhite($0) })
    else { return "" }
    return String(text[first...last])
  }

  /// The words closest to a word, the closest first: a letter wrong in three, or its beginning.
  static func closest(to word: String, among words: [String]) -> [String] {
    let typed = word.lowercased()
    let allowed = max(1, typed.utf8.count / 3)
    let near = words.enumerated().compactMap { index, other -> (Int, Int, String)? in
      let folded = other.lowercased()
      if typed.utf8.count >= 3, folded.hasPrefix(typed) { return (0, index, other) }
      let distance = Distance.between(typed, folded)
      return distance <= allowed ? (distance, index, other) : nil
    }
    return near.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.prefix(limit).map(\.2)
  }
}
