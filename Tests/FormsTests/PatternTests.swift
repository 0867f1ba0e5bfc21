import Testing

@testable import Forms

/// Patterns of forms, against Swift's own engine where both read the pattern.
@Suite struct `Patterns` {
  private static let tokens = [
    "a", "b", ".", "*", "+", "?", "{2}", "{1,}", "{0,2}", "(", ")", "|", "[ab]", "[^a-b]", "\\w",
    "\\s", "^", "$", "(?=", "(?!", "(?:",
  ]
  private static let texts = [
    "", "a", "b", "aa", "ab", "ba", "aab", "abab", "a\n", "\n", "c b", "é",
  ]

  /// What Swift's engine says, with the meanings that forms go by; `nil` if it does not read it.
  private func reference(_ pattern: String) -> ((String) -> Bool)? {
    guard
      let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar).asciiOnlyCharacterClasses()
    else { return nil }
    return { text in (try? regex.wholeMatch(in: text)).flatMap { $0 } != nil }
  }

  private func compare(_ pattern: String) -> Bool {
    guard let own = Pattern(pattern), let reference = reference(pattern) else { return false }
    for text in Self.texts {
      #expect(own.matches(text) == reference(text), "\(pattern) \(text.debugDescription)")
    }
    return true
  }

  @Test func `Every small pattern matches what another engine says that it matches`() {
    var compared = 0
    for first in Self.tokens {
      if compare(first) { compared += 1 }
      for second in Self.tokens {
        if compare(first + second) { compared += 1 }
        for third in Self.tokens where compare(first + second + third) { compared += 1 }
      }
    }
    #expect(compared > 1500)
  }

  @Test(arguments: [
    ("(a|b)*abb", ["abb", "aababb"], ["ab", ""]), ("(a?){3}a{3}", ["aaa", "aaaaaa"], ["aa"]),
    ("(?=.*[0-9])(?=.*[a-z]).{4,}", ["a1xx"], ["abcd", "a1"]), ("(?!00)[0-9]+", ["01"], ["001"]),
    ("((?=a)a|b(?!b))*", ["aab", "ba"], ["bb"]), ("\\bkain\\b batik", ["kain batik"], ["kain"]),
    ("[\\d\\-.]+", ["1-2.3"], ["a"]), ("[^\\D]+", ["12"], ["a"]), ("[]a]", [], ["a"]),
    ("a\\Bb", ["ab"], ["a b"]), ("(|a)+", ["", "aa"], ["b"]), ("(){3}(a{2}){2}", ["aaaa"], ["aaa"]),
    ("(^a)+$", ["a"], ["aa"]), ("[a-]+", ["a-a"], ["b"]),
    ("\u{1f600}{2}", ["\u{1f600}\u{1f600}"], []),
  ])
  func `Longer ones`(_ pattern: String, fits: [String], others: [String]) throws {
    guard let own = Pattern(pattern) else {
      #expect(fits.isEmpty)
      return
    }
    for text in fits { #expect(own.matches(text), "\(text)") }
    for text in others { #expect(!own.matches(text), "\(text)") }
  }

  @Test(arguments: [
    "(a+)+b", "(a|a)*b", "([a-z]+ ?)*b", "(?=(a+)+b).*", "((a*)*)*b", "a*a*a*a*a*b",
  ])
  func `A long text takes no longer than its length, whatever the pattern`(
    _ pattern: String
  ) throws {
    let own = try #require(Pattern(pattern))
    let clock = ContinuousClock()
    let text = String(repeating: "a", count: 20_000)
    var matches = true
    let time = clock.measure { matches = own.matches(text) }
    #expect(!matches && time < .seconds(20))
  }

  @Test(arguments: [
    "[", "(", ")", "*", "a**", "a*+", "a{2,1}", "a{", "a{,2}", "a{1001}", "(?<=a)b", "(?i)a",
    "(a)\\1",
    "\\p{L}", "[a&&b]", "[[a]]", "[b-a]", "[\\d-z]", "^*", "(*a)", "]", "}", "\\", "[]",
    "((((a{1000}){1000}){1000}){1000}){1000}", "((((){1000}){1000}){1000}){1000}",
    String(repeating: "(", count: 51) + String(repeating: ")", count: 51),
  ])
  func `What tools read in different ways, or not at all, is refused`(_ pattern: String) {
    #expect(Pattern(pattern) == nil)
  }
}
