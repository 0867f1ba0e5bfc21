import Bytes
import Causality
import Model

/// The hashes of the directory, entry by entry, and the office's signature over the last.
///
/// ```
/// hash(0) = 32 zero bytes
/// hash(n) = SHA-256("kulkul directory" ‖ hash(n-1) ‖ n ‖ entry n)
/// ```
///
/// Everyone has the whole directory, so whoever has it can hand it back to an office that lost part
/// of it; the signature shows that it is the office's own word.
public enum DirectoryChain {
  /// The hash of the next entry.
  ///
  /// - Parameters:
  ///   - entry: its bytes.
  ///   - version: its number.
  ///   - previous: the hash of the entry before it.
  public static func hash(
    of entry: [UInt8], version: UInt64, after previous: ChainHash
  ) -> ChainHash {
    var writer = ByteWriter(capacity: entry.count + 64)
    writer.raw(Array("kulkul directory".utf8))
    writer.raw(previous.bytes)
    writer.fixed64(version)
    writer.raw(entry)
    return Digest.sha256(writer.bytes)
  }

  /// The office's signature over a hash; `nil` if the bytes are no private key.
  public static func sign(_ hash: ChainHash, key: [UInt8]) -> [UInt8]? {
    Signatures.sign(signed(hash), by: key)
  }

  /// Whether a signature over a hash is the office's.
  public static func isSigned(_ hash: ChainHash, by key: [UInt8], _ signature: [UInt8]) -> Bool {
    Signatures.isGood(signature, over: signed(hash), by: key)
  }

  private static func signed(_ hash: ChainHash) -> [UInt8] {
    Array("kulkul directory head".utf8) + hash.bytes
  }
}

/// The directory as a laptop hands it back to an office that has less of it.
public struct DirectoryReturn: Hashable, Sendable {
  /// The survey.
  public var survey: UInt64
  /// All entries, from the first.
  public var entries: [[UInt8]]
  /// The office's signature over the hash of the last.
  public var signature: [UInt8]

  /// Makes one.
  public init(survey: UInt64, entries: [[UInt8]], signature: [UInt8]) {
    self.survey = survey
    self.entries = entries
    self.signature = signature
  }

  static let magic: [UInt8] = [0x4b, 0x44]  // KD
  static let version: UInt8 = 1

  /// The bytes.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.fixed64(survey)
    writer.blob(signature)
    DirectoryNews.encode(entries, to: &writer)
    return writer.bytes
  }

  /// Reads one.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = try Message.open(bytes, magic: Self.magic, version: Self.version)
    let news: DirectoryNews
    do throws(ByteError) {
      survey = try reader.fixed64()
      signature = try reader.blob(limit: 64)
      news = try DirectoryNews(from: &reader)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    entries = try news.entries()
  }
}

/// Entries of the directory in a message: counted, and compressed together.
struct DirectoryNews {
  private let count: Int
  private let length: Int
  private let packed: [UInt8]

  static func encode(_ entries: [[UInt8]], to writer: inout ByteWriter) {
    var news = ByteWriter()
    for entry in entries { news.blob(entry) }
    writer.count(entries.count)
    writer.count(news.bytes.count)
    writer.blob(entries.isEmpty ? [] : Compression.compress(news.bytes))
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    count = try reader.count(limit: 1_000_000)
    length = try reader.count(limit: Message.limit)
    let start = reader.position
    packed = try reader.blob(limit: Message.limit)
    guard count > 0 || length == 0 && packed.isEmpty else {
      throw .trailing(at: start)
    }
  }

  func entries() throws(WireError) -> [[UInt8]] {
    if count == 0 { return [] }
    let plain = try Compression.decompress(packed, length: length)
    do throws(ByteError) {
      var inner = ByteReader(plain)
      var entries: [[UInt8]] = []
      for _ in 0..<count { entries.append(try inner.blob(limit: DirectoryEntry.limit)) }
      try inner.finish()
      return entries
    } catch {
      throw .malformed(error)
    }
  }
}
