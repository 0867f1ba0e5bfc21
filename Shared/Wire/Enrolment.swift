import Bytes
import Causality
import Model

/// A random number that a laptop's store is made with, and that every copy of it has.
///
/// Only the office that the laptop joins is ever told of it; the directory has its digest. So a copy
/// that joins later can show that it is one, and nobody can who was handed what the laptop wrote.
public struct Birthmark: Hashable, Sendable {
  /// Its length in bytes.
  public static let length = 16

  /// The random bytes.
  public let bytes: [UInt8]

  /// Makes a birthmark of 16 bytes, or `nil` if there are more or fewer.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == Self.length else { return nil }
    self.bytes = bytes
  }

  /// Makes a birthmark of random numbers.
  public init(random: inout some RandomNumberGenerator) {
    bytes = StreamSecret(random: &random).bytes
  }

  /// What the directory has of it.
  public var digest: ChainHash { Digest.sha256(Array("kulkul birthmark".utf8) + bytes) }
}

/// What a laptop sends to join a survey with a one-time code.
public struct EnrolRequest: Hashable, Sendable {
  /// The code, in capital letters without separators.
  public var code: String
  /// The public half of the Ed25519 key that the laptop made.
  public var key: [UInt8]
  /// The preset of the records that the laptop brings, or empty.
  public var preset: String
  /// The survey that the laptop joined before, if it asks to be let in again; else zero.
  public var survey: UInt64
  /// The device as which it joined then; ``DeviceID/standalone`` if it never did.
  public var device: DeviceID
  /// The replica under which it has written so far.
  public var replica: ReplicaID
  /// What it has written: village by village, how much of its own stream.
  public var streams: [VillageVector]
  /// What its store was made with; `nil` if nothing.
  public var birthmark: Birthmark?

  /// Makes a request.
  public init(
    code: String, key: [UInt8], preset: String, survey: UInt64 = 0,
    device: DeviceID = .standalone, replica: ReplicaID, streams: [VillageVector],
    birthmark: Birthmark? = nil
  ) {
    self.code = code
    self.key = key
    self.preset = preset
    self.survey = survey
    self.device = device
    self.replica = replica
    self.streams = streams
    self.birthmark = birthmark
  }
}

/// What the office answers to a laptop that joined.
public struct EnrolReply: Hashable, Sendable {
  /// The device's number.
  public var device: DeviceID
  /// The epoch of the office's database.
  public var epoch: UInt64
  /// The office's time in milliseconds since 1970.
  public var time: Int64
  /// The whole directory.
  public var directory: [[UInt8]]
  /// The office's signature over the hash of the last entry.
  public var directorySignature: [UInt8]

  /// Makes a reply.
  public init(
    device: DeviceID, epoch: UInt64, time: Int64, directory: [[UInt8]],
    directorySignature: [UInt8] = []
  ) {
    self.directorySignature = directorySignature
    self.device = device
    self.epoch = epoch
    self.time = time
    self.directory = directory
  }
}

extension EnrolRequest {
  static let magic: [UInt8] = [0x4b, 0x45]  // KE
  static let version: UInt8 = 1

  /// The bytes of the request.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.text(code)
    writer.blob(key)
    writer.text(preset)
    writer.fixed64(survey)
    writer.varint(UInt64(device.number))
    writer.fixed64(replica.number)
    VillageVector.encode(streams, to: &writer)
    writer.blob(birthmark?.bytes ?? [])
    return writer.bytes
  }

  /// Reads a request.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = try Message.open(bytes, magic: Self.magic, version: Self.version)
    do throws(ByteError) {
      code = try reader.text(limit: 64)
      key = try reader.blob(limit: 64)
      preset = try reader.text(limit: 256)
      survey = try reader.fixed64()
      device = DeviceID(try reader.varint32())
      replica = ReplicaID(try reader.fixed64())
      streams = try VillageVector.read(from: &reader)
      let start = reader.position
      let mark = try reader.blob(limit: Birthmark.length)
      birthmark = Birthmark(mark)
      if birthmark == nil && !mark.isEmpty { throw .malformedNumber(at: start) }
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
  }
}

extension EnrolReply {
  static let magic: [UInt8] = [0x4b, 0x4e]  // KN
  static let version: UInt8 = 1

  /// The bytes of the reply.
  public var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.raw(Self.magic)
    writer.byte(Self.version)
    writer.varint(UInt64(device.number))
    writer.fixed64(epoch)
    writer.signed(time)
    writer.blob(directorySignature)
    writer.count(directory.count)
    for entry in directory { writer.blob(entry) }
    return writer.bytes
  }

  /// Reads a reply.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var reader = try Message.open(bytes, magic: Self.magic, version: Self.version)
    do throws(ByteError) {
      device = DeviceID(try reader.varint32())
      epoch = try reader.fixed64()
      time = try Message.time(from: &reader)
      directorySignature = try reader.blob(limit: 64)
      let count = try reader.count(limit: 1_000_000, ofAtLeast: 1)
      directory = []
      for _ in 0..<count { directory.append(try reader.blob(limit: DirectoryEntry.limit)) }
      try reader.finish()
    } catch {
      throw .malformed(error)
    }
  }
}

/// Why the office turned a request away, in a form that a program can act on.
public enum Problem: UInt16, Error, Hashable, Sendable, CaseIterable {
  /// The one-time code is unknown, used or expired.
  case badCode = 401_1
  /// The device is unknown or its signature is wrong.
  case unknownDevice = 401_2
  /// The device was revoked.
  case revokedDevice = 403_1
  /// The request is for another survey.
  case otherSurvey = 409_1
  /// The laptop's records are of another preset.
  case otherPreset = 409_2
  /// The replica belongs to another device.
  case foreignReplica = 409_3
  /// The code lets another device in than the one the laptop is.
  case otherDevice = 409_4
  /// The request is not in a form that the office reads.
  case malformed = 400_1
  /// The request was made by a newer version.
  case newerVersion = 400_2
  /// The request came too slowly.
  case tooSlow = 408_1
  /// The request is too large.
  case tooLarge = 413_1
  /// Too many wrong codes in a short time.
  case tooManyTries = 429_1
  /// The office takes in as much as it can from others.
  case tooBusy = 503_1
  /// The office's directory is another one from some version on: it was restored, and went on.
  case otherDirectory = 409_5
  /// The office was restored from a backup, and waits until a laptop tells it what it lost.
  case waitsForLaptops = 503_2
  /// The office could not answer for a reason of its own.
  case internalFault = 500_1

  /// Whether the office looked at what was asked and said no; else it would not, or could not.
  public var isNo: Bool {
    switch self {
    case .tooSlow, .tooManyTries, .tooBusy, .waitsForLaptops, .internalFault: false
    case .badCode, .unknownDevice, .revokedDevice, .otherSurvey, .otherPreset, .foreignReplica,
      .otherDevice, .malformed, .newerVersion, .tooLarge, .otherDirectory:
      true
    }
  }

  /// The HTTP status that goes with it.
  public var status: Int { Int(rawValue) / 10 }
}

extension Problem {
  static let magic: [UInt8] = [0x4b, 0x50]  // KP

  /// The bytes of the reply that says so.
  public var bytes: [UInt8] {
    Self.magic + [1, UInt8(rawValue >> 8), UInt8(rawValue & 0xff)]
  }

  /// Reads a problem, or `nil` if the bytes are none: then the server is not Kulkul's.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count == 5, bytes.starts(with: Self.magic), bytes[2] == 1 else { return nil }
    self.init(rawValue: UInt16(bytes[3]) << 8 | UInt16(bytes[4]))
  }
}
