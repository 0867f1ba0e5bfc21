import Bytes
import Causality

/// One typed value at one place.
///
/// Answers have one canonical binary form: equal answers have equal bytes and different answers
/// have different ones, so that replicas can compare, hash and order them alike. The order is by
/// kind, then by value; it only has to be the same everywhere, except within one kind, where `max`
/// and `min` use it.
///
/// *Cleared* is an answer; *never asked* is the absence of one.
public enum Answer: Sendable {
  /// The person emptied the question.
  case cleared
  /// One choice or element is not (any more) there.
  case absent
  /// One choice or element is there.
  case present
  /// A number: whole or with decimals, exact.
  case number(Decimal)
  /// A binary floating-point number, kept bit by bit.
  case real(bits: UInt64)
  /// Text, or the name of one choice.
  case text(Text)
  /// A day, counted from 1970-01-01.
  case date(Int32)
  /// An instant, in milliseconds since 1970 in UTC.
  case instant(Int64)
  /// Questions observed together, in the order of the group's members; `cleared` where there is
  /// no answer. Members are only ever appended, so missing ones at the end are left out.
  case group([Answer])
  /// Whether a record or row is alive, with what its author had seen of it.
  case life(Life)
  /// Where a record lives.
  case village(VillageCode)
  /// A kind that this version does not know: kept and relayed as it came.
  case unknown(kind: UInt8, bytes: [UInt8])

  /// The longest text in bytes.
  public static let textLimit = 64 * 1024
  /// The most members of a group.
  public static let memberLimit = 256
}

/// A verdict of a person on whether a record or row is alive.
///
/// Deleting hides and removes nothing: `seen` lists the answers that the person had before their
/// eyes. It is compared with what stands, never used to replace anything.
public struct Life: Hashable, Sendable {
  /// One answer that was seen.
  public struct Seen: Hashable, Comparable, Sendable {
    /// Where it stood.
    public let path: Path
    /// Whose it was.
    public let name: Name

    /// Makes a pair.
    public init(path: Path, name: Name) {
      self.path = path
      self.name = name
    }

    /// Orders by place, then by name.
    public static func < (left: Seen, right: Seen) -> Bool {
      left.path == right.path ? left.name < right.name : left.path < right.path
    }
  }

  /// The most pairs that one deletion may list.
  public static let seenLimit = 100_000

  /// Whether the record or row is alive.
  public let isAlive: Bool
  /// What the person had seen, in ascending order, each once.
  public let seen: [Seen]

  /// Makes a verdict; the list is put in order.
  public init(isAlive: Bool, seen: [Seen] = []) {
    self.isAlive = isAlive
    var ordered = seen.sorted()
    var kept = 0
    for index in ordered.indices where kept == 0 || ordered[kept - 1] != ordered[index] {
      ordered[kept] = ordered[index]
      kept += 1
    }
    ordered.removeLast(ordered.count - kept)
    self.seen = ordered
  }

  /// Alive, as a new record is.
  public static let alive = Life(isAlive: true)
}

extension Answer {
  /// Makes the answer of a group; one without any answer is `cleared`.
  public static func members(_ members: [Answer]) -> Answer {
    var kept = members
    while let last = kept.last, last == .cleared { kept.removeLast() }
    return kept.isEmpty ? .cleared : .group(kept)
  }

  /// Makes a text answer.
  public static func text(_ string: String) -> Answer {
    .text(Text(string))
  }

  /// Makes a whole number.
  public static func whole(_ number: Int64) -> Answer {
    .number(Decimal(number))
  }

  /// The member of a group by its position; `cleared` where there is none.
  public func member(_ index: Int) -> Answer {
    guard case .group(let members) = self, index < members.count else { return .cleared }
    return members[index]
  }

  /// The number of the kind, which is its first byte and the first part of the order.
  public var kind: UInt8 {
    switch self {
    case .cleared: 0
    case .absent: 1
    case .present: 2
    case .number: 3
    case .real: 4
    case .text: 5
    case .date: 6
    case .instant: 7
    case .group: 8
    case .life: 9
    case .village: 10
    case .unknown(let kind, _): kind
    }
  }

  static let firstUnknownKind: UInt8 = 11
}

extension Answer: Hashable {
  /// Whether both have the same canonical form.
  public static func == (left: Answer, right: Answer) -> Bool {
    switch (left, right) {
    case (.cleared, .cleared), (.absent, .absent), (.present, .present): true
    case (.number(let a), .number(let b)): a == b
    case (.real(let a), .real(let b)): a == b
    case (.text(let a), .text(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.instant(let a), .instant(let b)): a == b
    case (.group(let a), .group(let b)): a == b
    case (.life(let a), .life(let b)): a == b
    case (.village(let a), .village(let b)): a == b
    case (.unknown(let a, let x), .unknown(let b, let y)): a == b && x == y
    default: false
    }
  }

  /// Feeds the kind and the value to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    switch self {
    case .cleared, .absent, .present: break
    case .number(let value): hasher.combine(value)
    case .real(let bits): hasher.combine(bits)
    case .text(let value): hasher.combine(value)
    case .date(let value): hasher.combine(value)
    case .instant(let value): hasher.combine(value)
    case .group(let members): hasher.combine(members)
    case .life(let value): hasher.combine(value)
    case .village(let value): hasher.combine(value)
    case .unknown(_, let bytes): hasher.combine(bytes)
    }
  }
}

extension Answer: Comparable {
  /// The total order of answers.
  public static func < (left: Answer, right: Answer) -> Bool {
    if left.kind != right.kind { return left.kind < right.kind }
    switch (left, right) {
    case (.number(let a), .number(let b)): return a < b
    case (.real(let a), .real(let b)): return ordered(a) < ordered(b)
    case (.text(let a), .text(let b)): return a < b
    case (.date(let a), .date(let b)): return a < b
    case (.instant(let a), .instant(let b)): return a < b
    case (.group(let a), .group(let b)): return a.lexicographicallyPrecedes(b)
    case (.life(let a), .life(let b)):
      if a.isAlive != b.isAlive { return b.isAlive }
      return a.seen.lexicographicallyPrecedes(b.seen)
    case (.village(let a), .village(let b)): return a < b
    case (.unknown(_, let a), .unknown(_, let b)): return a.lexicographicallyPrecedes(b)
    default: return false
    }
  }

  /// The bits of a floating-point number as an integer that orders as IEEE 754's `totalOrder` does.
  private static func ordered(_ bits: UInt64) -> UInt64 {
    bits >> 63 == 1 ? ~bits : bits | 1 << 63
  }
}

extension Answer {
  /// Appends the canonical form: the kind, then the value.
  public func encode(to writer: inout ByteWriter) {
    writer.byte(kind)
    switch self {
    case .cleared, .absent, .present: break
    case .number(let value): value.encode(to: &writer)
    case .real(let bits): writer.fixed64(bits)
    case .text(let value): writer.text(value)
    case .date(let day): writer.signed(Int64(day))
    case .instant(let milliseconds): writer.signed(milliseconds)
    case .group(let members):
      writer.count(members.count)
      for member in members { member.encode(to: &writer) }
    case .life(let life):
      writer.byte(life.isAlive ? 1 : 0)
      writer.count(life.seen.count)
      for pair in life.seen {
        pair.path.encode(to: &writer)
        pair.name.encode(to: &writer)
      }
    case .village(let village): writer.varint(village.number)
    case .unknown(_, let bytes): writer.blob(bytes)
    }
  }

  /// The canonical form alone.
  public var canonicalBytes: [UInt8] {
    var writer = ByteWriter()
    encode(to: &writer)
    return writer.bytes
  }

  /// Reads an answer in its canonical form.
  public init(from reader: inout ByteReader) throws(ByteError) {
    self = try Answer.read(from: &reader, insideGroup: false)
  }

  private static func read(
    from reader: inout ByteReader, insideGroup: Bool
  ) throws(ByteError) -> Answer {
    let start = reader.position
    let kind = try reader.byte()
    switch kind {
    case 0: return .cleared
    case 1: return .absent
    case 2: return .present
    case 3: return .number(try Decimal(from: &reader))
    case 4: return .real(bits: try reader.fixed64())
    case 5: return .text(Text(try reader.text(limit: textLimit)))
    case 6:
      guard let day = Int32(exactly: try reader.signed()) else {
        throw .malformedNumber(at: start)
      }
      return .date(day)
    case 7: return .instant(try reader.signed())
    case 8 where !insideGroup:
      let count = try reader.count(limit: memberLimit, ofAtLeast: 1)
      var members: [Answer] = []
      members.reserveCapacity(count)
      for _ in 0..<count { members.append(try read(from: &reader, insideGroup: true)) }
      guard let last = members.last, last != .cleared else { throw .unexpected(8, at: start) }
      return .group(members)
    case 9 where !insideGroup: return .life(try readLife(from: &reader))
    case 10:
      guard let village = VillageCode(number: try reader.varint()) else {
        throw .malformedNumber(at: start)
      }
      return .village(village)
    case 8, 9: throw .unexpected(UInt64(kind), at: start)
    default: return .unknown(kind: kind, bytes: try reader.blob(limit: textLimit))
    }
  }

  private static func readLife(from reader: inout ByteReader) throws(ByteError) -> Life {
    let start = reader.position
    let flag = try reader.byte()
    guard flag <= 1 else { throw .unexpected(UInt64(flag), at: start) }
    let count = try reader.count(limit: Life.seenLimit, ofAtLeast: 19)
    var seen: [Life.Seen] = []
    seen.reserveCapacity(count)
    for _ in 0..<count {
      let at = reader.position
      let path = try Path(from: &reader)
      let pair = Life.Seen(path: path, name: try Name(from: &reader))
      if let last = seen.last, last >= pair { throw .disorder(at: at) }
      seen.append(pair)
    }
    return Life(isAlive: flag == 1, seen: seen)
  }
}

extension Name {
  /// Appends replica, village, counter and hash.
  public func encode(to writer: inout ByteWriter) {
    writer.fixed64(dot.replica.number)
    writer.varint(dot.village.number)
    writer.varint(dot.counter)
    writer.fixed64(tag)
  }

  /// Reads a name.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    let replica = ReplicaID(try reader.fixed64())
    guard let village = VillageCode(number: try reader.varint()) else {
      throw .malformedNumber(at: start)
    }
    let counter = try reader.varint()
    guard counter > 0, counter <= Dot.counterLimit else { throw .malformedNumber(at: start) }
    let dot = Dot(replica: replica, village: village, counter: counter)
    self.init(dot: dot, tag: try reader.fixed64())
  }
}

extension VersionVector {
  /// Appends the entries in order.
  public func encode(to writer: inout ByteWriter) {
    writer.count(entries.count)
    for entry in entries {
      writer.fixed64(entry.replica.number)
      writer.varint(entry.count)
      writer.fixed64(entry.head)
    }
  }

  /// Reads a vector.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    let count = try reader.count(limit: 1_000_000, ofAtLeast: 17)
    var entries: [Entry] = []
    entries.reserveCapacity(count)
    for _ in 0..<count {
      let replica = ReplicaID(try reader.fixed64())
      let number = try reader.varint()
      entries.append(Entry(replica: replica, count: number, head: try reader.fixed64()))
    }
    guard let vector = VersionVector(ascending: entries) else { throw .disorder(at: start) }
    self = vector
  }
}
