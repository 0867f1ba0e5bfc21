import Bytes

/// One-time codes that can be read over the telephone: eight letters, none of them 0, O, 1, I or L.
public enum InviteCode {
  /// How many letters: 31⁸ is 8.5 · 10¹¹, against twenty tries a minute.
  public static let length = 8
  /// How long a code is good for, in milliseconds: two weeks.
  public static let lifetime: Int64 = 14 * 24 * 60 * 60 * 1000

  /// Makes a code of random bits.
  public static func make(random: UInt64) -> String {
    Letters.text(of: UInt128(random), bits: 64, count: length)
  }

  /// The code in two groups, as it is shown: `K7M3-Q9X2`.
  public static func shown(_ code: String) -> String {
    String(code.prefix(4)) + "-" + String(code.dropFirst(4))
  }

  /// The code as it is looked up, from what a person typed; `nil` if it cannot be one.
  public static func normalized(_ typed: String) -> String? {
    let letters = typed.filter { $0 != "-" && $0 != " " }
    guard letters.utf8.count == length else { return nil }
    return Letters.normalized(String(letters))
  }
}
