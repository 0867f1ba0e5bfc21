/// What happened in a world, one column per replica: the office's first, then the laptops'.
struct Trace {
  private(set) var lines: [(column: Int, text: String)] = []
  /// A number that two runs of one seed must agree on.
  private(set) var hash: UInt64 = 0xcbf2_9ce4_8422_2325

  mutating func note(_ column: Int, _ text: String) {
    lines.append((column, text))
    absorb(Array("\(column) \(text)".utf8))
  }

  /// Notes what is told beside what happened, and does not count in the hash.
  mutating func remark(_ column: Int, _ text: String) {
    lines.append((column, "· " + text))
  }

  /// Lets bytes count in the hash without a line of their own.
  mutating func absorb(_ bytes: [UInt8]) {
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
  }

  /// The last lines.
  func text(last count: Int) -> String {
    let columns = (lines.map(\.column).max() ?? 0) + 1
    let width = 26
    let names = (0..<columns).map { $0 == 0 ? "office" : "L\($0)" }
    let head = names.map { Self.padded($0, to: width) }.joined()
    let shown = lines.suffix(count).map { line in
      String(repeating: " ", count: line.column * width) + line.text
    }
    return ([head] + shown).joined(separator: "\n")
  }

  private static func padded(_ text: String, to width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}
