/// One decoder of what comes from outside, as a function of bytes that anybody may have written.
///
/// A target has three promises to break: it ends, it does not trap, and what it decoded is what its
/// bytes say. Where a format is canonical, decoding and encoding give the same bytes; where it is
/// not (compression has many forms of one content), encoding and decoding give the same value.
/// Whatever a decoder refuses with a typed error is refused: that is no failure.
///
/// libFuzzer runs targets for hours (`scripts/fuzz`), and an ordinary test runs each over the inputs
/// that were kept, so that a promise once broken and mended is not broken again.
public struct FuzzTarget: Sendable {
  /// The word by which the target is asked for, and the name of its corpus.
  public let name: String
  /// The longest input in bytes that is worth trying.
  public let limit: Int
  /// Valid inputs, from which all others are made.
  public let seeds: @Sendable () throws -> [[UInt8]]
  /// Tries one input.
  ///
  /// - Throws: ``Violation`` if a promise is broken.
  public let run: @Sendable ([UInt8]) throws -> Void

  init(
    _ name: String, limit: Int = 4096, seeds: @escaping @Sendable () throws -> [[UInt8]],
    run: @escaping @Sendable ([UInt8]) throws -> Void
  ) {
    self.name = name
    self.limit = limit
    self.seeds = seeds
    self.run = run
  }

  /// Every target, the pure ones first.
  public static let all: [FuzzTarget] = wire + model + text + stores

  /// The target of a name.
  public static func named(_ name: String) -> FuzzTarget? {
    all.first { $0.name == name }
  }
}

/// A promise that an input broke.
public struct Violation: Error, CustomStringConvertible {
  /// What was promised.
  public let description: String
}

/// Fails unless a promise is kept.
func promise(_ isKept: Bool, _ what: @autoclosure () -> String) throws {
  if !isKept { throw Violation(description: what()) }
}

/// Parts of an input that stand between bytes 0x1e, which no text needs.
func parts(of bytes: [UInt8]) -> [[UInt8]] {
  bytes.split(separator: 0x1e, omittingEmptySubsequences: false).map { Array($0) }
}

/// One input of several parts.
func joined(_ texts: [String]) -> [UInt8] {
  Array(texts.map { Array($0.utf8) }.joined(separator: [0x1e]))
}

/// A part as text, its malformed bytes replaced: what is typed was decoded by the system before.
func decoded(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
