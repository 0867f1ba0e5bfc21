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

  /// The survey that one is of, before anything in it is unpacked.
  public static func survey(of bytes: [UInt8]) throws(WireError) -> UInt64 {
    var reader = try Message.open(bytes, magic: magic, version: version)
    do throws(ByteError) {
      return try reader.fixed64()
    } catch {
      throw .malformed(error)
    }
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

  /// The hashes of all its versions, if the last is the office's own word; `nil` if it is not.
  public func hashes(signedBy key: [UInt8]) -> [ChainHash]? {
    var hashes: [ChainHash] = []
    hashes.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      hashes.append(
        DirectoryChain.hash(
          of: entry, version: UInt64(index) + 1, after: hashes.last ?? .start))
    }
    return DirectoryChain.isSigned(hashes.last ?? .start, by: key, signature) ? hashes : nil
  }
}

/// Entries of the directory in a message: counted, and compressed together.
struct DirectoryNews {
  /// Entries may unpack to so much, and to so many bytes more for each that came.
  ///
  /// So nobody makes others work much for little. Thousands of people unpack to a twentieth of that;
  /// what is more alike, as a form that was published a thousand times, is padded.
  private static let freeLength = DirectoryEntry.limit
  private static let greatestGrowth = 256
  /// There may be so many, and one more for each byte that came.
  private static let freeCount = 4096

  private let count: Int
  private let length: Int
  private let packed: [UInt8]

  static func encode(_ entries: [[UInt8]], to writer: inout ByteWriter) {
    var news = ByteWriter()
    for entry in entries { news.blob(entry) }
    writer.count(entries.count)
    writer.count(news.bytes.count)
    var packed = entries.isEmpty ? [] : Compression.compress(news.bytes)
    let growth = news.bytes.count - freeLength + greatestGrowth - 1
    let least = max(entries.count - freeCount, growth / greatestGrowth)
    if packed.count < least { packed += Compression.padding(least - packed.count) }
    writer.blob(packed)
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    count = try reader.count(limit: 1_000_000)
    length = try reader.count(limit: Message.limit)
    let start = reader.position
    packed = try reader.blob(limit: Message.limit)
    guard count > 0 || length == 0 && packed.isEmpty else {
      throw .trailing(at: start)
    }
    let longest = Self.freeLength + packed.count * Self.greatestGrowth
    guard length <= longest else { throw .overLimit(length, limit: longest, at: start) }
    let most = min(length, Self.freeCount + packed.count)
    guard count <= most else { throw .overLimit(count, limit: most, at: start) }
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
