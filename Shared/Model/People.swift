import Bytes

/// What a person may do in a survey, in ascending order of authority.
public enum Role: UInt8, Hashable, Comparable, Sendable, CaseIterable, CustomStringConvertible {
  /// Reads, and writes nothing.
  case viewer = 1
  /// Records, edits, deletes.
  case surveyor = 2
  /// Also settles conflicts.
  case supervisor = 3
  /// Also runs the office.
  case admin = 4

  /// The word for it on the command line.
  public var description: String {
    switch self {
    case .viewer: "viewer"
    case .surveyor: "surveyor"
    case .supervisor: "supervisor"
    case .admin: "admin"
    }
  }

  /// Reads the word for a role.
  public init?(_ word: String) {
    guard let role = Role.allCases.first(where: { $0.description == word }) else { return nil }
    self = role
  }

  /// Whether a person of this role may record and edit.
  public var mayWrite: Bool { self >= .surveyor }

  /// Whether a person of this role may settle what no rule settles.
  public var mayResolve: Bool { self >= .supervisor }

  /// Orders by authority.
  public static func < (left: Role, right: Role) -> Bool {
    left.rawValue < right.rawValue
  }
}

/// Who answers for an answer: a short lower-case word such as `surveyor1`.
public struct PersonID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The office itself, in whose name the server carries records.
  public static let office = PersonID(unchecked: "@office")
  /// The longest word in bytes.
  public static let limit = 32

  /// The word.
  public let word: Text

  /// Makes an identifier of letters, digits, `.`, `_` and `-`, or `nil` if it is anything else.
  public init?(_ word: String) {
    let allowed = word.utf8.allSatisfy {
      (97...122).contains($0) || (48...57).contains($0) || [45, 46, 95].contains($0)
    }
    guard allowed, !word.isEmpty, word.utf8.count <= PersonID.limit else { return nil }
    self.word = Text(word)
  }

  private init(unchecked word: String) {
    self.word = Text(word)
  }

  /// The word.
  public var description: String { word.string }

  /// Orders by the word's bytes.
  public static func < (left: PersonID, right: PersonID) -> Bool {
    left.word < right.word
  }

  init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    let word = try reader.text(limit: PersonID.limit)
    if word == PersonID.office.word.string {
      self = .office
    } else if let person = PersonID(word) {
      self = person
    } else {
      throw .malformedText(at: start)
    }
  }
}

/// The enrolled laptop that an answer was given on; the office numbers them from 1.
public struct DeviceID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// A laptop that has not joined a survey.
  public static let standalone = DeviceID(0)

  /// The number.
  public let number: UInt32

  /// Makes the identifier of a number.
  public init(_ number: UInt32) {
    self.number = number
  }

  /// The number in decimal.
  public var description: String { String(number) }

  /// Orders by number.
  public static func < (left: DeviceID, right: DeviceID) -> Bool {
    left.number < right.number
  }
}

/// A record's identity: the first 80 bits of the hash of the change that created it.
///
/// It is never sent, so clones cannot collide. People see its letters, as the shortest prefix that
/// is unique and has at least ``shortest`` letters.
public struct RecordID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The fewest letters that people are shown.
  public static let shortest = 5
  /// The letters of a whole identifier.
  public static let letterCount = 17

  /// The upper 64 bits.
  public let high: UInt64
  /// The lower 16 bits.
  public let low: UInt16

  /// Makes an identifier of its two parts.
  public init(high: UInt64, low: UInt16) {
    self.high = high
    self.low = low
  }

  /// Makes an identifier of ten bytes, or `nil` if there are more or fewer.
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 10 else { return nil }
    var number: UInt128 = 0
    for byte in bytes { number = number << 8 | UInt128(byte) }
    self.init(number)
  }

  /// Makes an identifier of the lowest 80 bits of a number.
  public init(_ number: UInt128) {
    high = UInt64(truncatingIfNeeded: number >> 16)
    low = UInt16(truncatingIfNeeded: number)
  }

  /// All 80 bits as one number.
  public var number: UInt128 { UInt128(high) << 16 | UInt128(low) }

  /// The ten bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(10)
    for shift in stride(from: 56, through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: high >> UInt64(shift)))
    }
    bytes.append(UInt8(low >> 8))
    bytes.append(UInt8(low & 0xff))
    return bytes
  }

  /// All seventeen letters.
  public var description: String {
    Letters.text(of: number, bits: 80, count: RecordID.letterCount)
  }

  /// Orders by number.
  public static func < (left: RecordID, right: RecordID) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension RecordID {
  /// Reads all seventeen letters; `nil` if they are not of one record.
  public init?(letters: String) {
    guard letters.utf8.count == RecordID.letterCount,
      let number = Letters.number(letters, bits: 80)
    else { return nil }
    self.init(number)
  }
}
