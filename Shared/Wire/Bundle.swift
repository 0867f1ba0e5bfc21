import Bytes
import Causality
import Crypto
import Model

/// A file of frames, to be carried about on a memory stick: docs/formats/BUNDLE.md describes its bytes.
///
/// ```
/// "KB" version | length header | length frame … | 0 | SHA-256 of all before
/// ```
///
/// A bundle proves nothing by itself: whoever has the file could have written it. Each frame in it is
/// sealed, and the directory is signed by the office; what is neither is only said. The checksum at
/// the end tells a file that is whole from one that a stick has damaged, and nothing more.
///
/// Bundles are written and read frame by frame, so that neither side ever holds more than a frame and
/// the header in memory, however long the file is, or says it is.
public enum Bundle {
  static let magic: [UInt8] = [0x4b, 0x42]  // KB
  static let version: UInt8 = 1
  /// The most bytes of the header.
  public static let headerLimit = Message.limit
  /// The most bytes of one frame.
  public static let frameLimit = Frame.contentLimit + 65536
}

/// What is wrong with a bundle file.
public enum BundleError: Error, Hashable, Sendable {
  /// It is no bundle.
  case foreign
  /// It was written by a version that this one does not read.
  case newer(version: Int)
  /// It ends before its end.
  case cut
  /// Its bytes are not those that were written.
  case damaged
}

/// What stands at the beginning of a bundle.
public struct BundleHeader: Hashable, Sendable {
  /// The survey.
  public var survey: UInt64
  /// The device that says it wrote the file.
  public var device: DeviceID
  /// When it was written, by that device's clock, in milliseconds since 1970.
  public var time: Int64
  /// The directory as the writer has it, signed by the office.
  public var directory: DirectoryReturn
  /// What the writer holds of the villages that the bundle is about.
  public var villages: [VillageVector]

  /// Makes a header.
  public init(
    survey: UInt64, device: DeviceID, time: Int64, directory: DirectoryReturn,
    villages: [VillageVector]
  ) {
    self.survey = survey
    self.device = device
    self.time = time
    self.directory = directory
    self.villages = villages
  }

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.fixed64(survey)
    writer.varint(UInt64(device.number))
    writer.signed(time)
    writer.blob(directory.bytes)
    VillageVector.encode(villages, to: &writer)
    return writer.bytes
  }

  init(_ bytes: [UInt8]) throws(WireError) {
    let returned: [UInt8]
    do throws(ByteError) {
      var reader = ByteReader(bytes)
      survey = try reader.fixed64()
      device = DeviceID(try reader.varint32())
      time = try Message.time(from: &reader)
      returned = try reader.blob(limit: Bundle.headerLimit)
      villages = try VillageVector.read(from: &reader)
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
    directory = try DirectoryReturn(returned)
    guard directory.survey == survey else { throw .damaged }
  }
}

/// Writes a bundle piece by piece to wherever its bytes go.
public struct BundleWriter {
  private var hasher = SHA256()
  private let sink: ([UInt8]) throws -> Void
  /// How many bytes were written.
  public private(set) var size = 0

  /// Begins a bundle.
  ///
  /// - Parameter sink: takes the bytes, in order.
  public init(_ header: BundleHeader, to sink: @escaping ([UInt8]) throws -> Void) throws {
    self.sink = sink
    try put(Bundle.magic + [Bundle.version])
    try put(Self.length(header.bytes.count) + header.bytes)
  }

  /// Adds a frame.
  public mutating func add(_ frame: Frame) throws {
    let bytes = frame.bytes
    try put(Self.length(bytes.count) + bytes)
  }

  /// Ends the bundle.
  public mutating func finish() throws {
    try put(Self.length(0))
    let digest = Array(hasher.finalize())
    try sink(digest)
    size += digest.count
  }

  private mutating func put(_ bytes: [UInt8]) throws {
    hasher.update(data: bytes)
    try sink(bytes)
    size += bytes.count
  }

  private static func length(_ count: Int) -> [UInt8] {
    withUnsafeBytes(of: UInt32(count).bigEndian) { Array($0) }
  }
}

/// Reads a bundle frame by frame from wherever its bytes come.
public struct BundleReader {
  /// What stands at the beginning.
  public let header: BundleHeader
  /// How many bytes were read.
  public private(set) var position = 0
  private var input: Input
  private var isAtEnd = false

  /// The most bytes that are asked of the source at once.
  private static let chunk = 64 << 10

  /// Reads the beginning of a bundle.
  ///
  /// - Parameter source: gives at most so many of the next bytes, and none at the end.
  /// - Throws: ``BundleError``, or what the source throws.
  public init(_ source: @escaping (Int) throws -> [UInt8]) throws {
    var stream = Input(source: source)
    guard let magic = try stream.take(2), magic == Bundle.magic else { throw BundleError.foreign }
    guard let version = try stream.take(1)?.first else { throw BundleError.cut }
    guard version == Bundle.version else { throw BundleError.newer(version: Int(version)) }
    let bytes = try stream.blob(limit: Bundle.headerLimit)
    do {
      header = try BundleHeader(bytes)
    } catch {
      throw BundleError.damaged
    }
    input = stream
  }

  /// The next frame; `nil` at the end of a bundle that is whole.
  ///
  /// - Throws: ``BundleError``, or what the source throws.
  public mutating func next() throws -> Frame? {
    if isAtEnd { return nil }
    let bytes = try input.blob(limit: Bundle.frameLimit)
    position = input.position
    if bytes.isEmpty {
      let digest = Array(input.digest)
      guard let told = try input.take(32, isHashed: false) else { throw BundleError.cut }
      guard told == digest, try input.isAtEnd() else { throw BundleError.damaged }
      isAtEnd = true
      return nil
    }
    do {
      return try Frame(bytes)
    } catch {
      throw BundleError.damaged
    }
  }

  /// The bytes of the file with their running checksum.
  private struct Input {
    let source: (Int) throws -> [UInt8]
    private(set) var position = 0
    private var buffer: [UInt8] = []
    private var start = 0
    private var hasher = SHA256()

    init(source: @escaping (Int) throws -> [UInt8]) {
      self.source = source
    }

    var digest: SHA256Digest { hasher.finalize() }

    mutating func isAtEnd() throws -> Bool {
      if start < buffer.count { return false }
      return try source(1).isEmpty
    }

    /// The next bytes; `nil` if the file ends before.
    ///
    /// NB: room is taken as bytes come, and never for what a length only says.
    mutating func take(_ count: Int, isHashed: Bool = true) throws -> [UInt8]? {
      while buffer.count - start < count {
        if start > BundleReader.chunk {
          buffer.removeFirst(start)
          start = 0
        }
        let more = try source(BundleReader.chunk)
        if more.isEmpty { return nil }
        buffer += more
      }
      let taken = Array(buffer[start..<start + count])
      start += count
      position += count
      if isHashed { hasher.update(data: taken) }
      return taken
    }

    mutating func blob(limit: Int) throws -> [UInt8] {
      guard let length = try take(4) else { throw BundleError.cut }
      let count = length.reduce(0) { $0 << 8 | Int($1) }
      guard count <= limit else { throw BundleError.damaged }
      guard let bytes = try take(count) else { throw BundleError.cut }
      return bytes
    }
  }
}
