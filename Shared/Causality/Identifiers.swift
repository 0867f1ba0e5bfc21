/// One store that makes changes: a random *incarnation*.
///
/// A store mints one when it is made and when it joins a survey, and the office one at every start,
/// so two stores that can write at the same time never share a counter. 64 random bits collide with
/// a chance of 3 in a million once ten million have been minted, and the office refuses an
/// incarnation that another device writes as.
public struct ReplicaID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The random number.
  public let number: UInt64

  /// Makes the identifier of a number.
  public init(_ number: UInt64) {
    self.number = number
  }

  /// Sixteen hexadecimal digits.
  public var description: String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Orders by number.
  public static func < (left: ReplicaID, right: ReplicaID) -> Bool {
    left.number < right.number
  }
}

/// A desa or kelurahan by its Kemendagri code: the unit of assignment and of replication.
///
/// The ten digits `PPKKCCVVVV` are kept as one number; people read and type `51.71.03.1007`.
public struct VillageCode: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The ten digits as a number.
  public let number: UInt64

  /// Makes the code of ten digits, or `nil` if there are more or all are zero.
  public init?(number: UInt64) {
    guard number > 0, number <= 9_999_999_999 else { return nil }
    self.number = number
  }

  /// Reads `51.71.03.1007` or `5171031007`; `nil` if it is neither, or nothing but zeros: formats
  /// write zero where no village has to be named.
  public init?(_ text: String) {
    var digits: UInt64 = 0
    var count = 0
    for (index, character) in text.utf8.enumerated() {
      if character == 46, [2, 5, 8].contains(index), text.utf8.count == 13 { continue }
      guard (48...57).contains(character), count < 10 else { return nil }
      digits = digits * 10 + UInt64(character - 48)
      count += 1
    }
    guard count == 10, digits > 0 else { return nil }
    number = digits
  }

  /// The code with its dots, as the ministry prints it.
  public var description: String {
    let digits = Array(String(number).utf8)
    let all = [UInt8](repeating: UInt8(ascii: "0"), count: max(0, 10 - digits.count)) + digits
    var text: [UInt8] = []
    for (index, digit) in all.enumerated() {
      if index == 2 || index == 4 || index == 6 { text.append(UInt8(ascii: ".")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Orders by code.
  public static func < (left: VillageCode, right: VillageCode) -> Bool {
    left.number < right.number
  }
}

/// All changes of one replica in one village, in the order of their counters.
public struct StreamID: Hashable, Comparable, Sendable {
  /// The village.
  public let village: VillageCode
  /// The replica.
  public let replica: ReplicaID

  /// Names a stream.
  public init(village: VillageCode, replica: ReplicaID) {
    self.village = village
    self.replica = replica
  }

  /// The dot of a change of the stream.
  public func dot(_ counter: UInt64) -> Dot {
    Dot(replica: replica, village: village, counter: counter)
  }

  /// Orders by village, then replica.
  public static func < (left: StreamID, right: StreamID) -> Bool {
    (left.village, left.replica) < (right.village, right.replica)
  }
}

/// The road one change came by: a replica's own count of its changes in one village.
///
/// Counters run 1, 2, 3, … without gaps per replica *and village*, so a laptop that holds three
/// villages of 43 still holds gap-free prefixes.
public struct Dot: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The largest counter that is accepted from anyone; no honest stream comes near it.
  public static let counterLimit: UInt64 = 1 << 48

  /// The replica that made the change.
  public let replica: ReplicaID
  /// The village it was made in.
  public let village: VillageCode
  /// Its number in the stream, from 1.
  public let counter: UInt64

  /// Makes a dot.
  public init(replica: ReplicaID, village: VillageCode, counter: UInt64) {
    self.replica = replica
    self.village = village
    self.counter = counter
  }

  /// The stream that the dot is of.
  public var stream: StreamID { StreamID(village: village, replica: replica) }

  /// The dot in letters, for logs.
  public var description: String { "\(replica)@\(village)#\(counter)" }

  /// Orders by village, replica, counter: the tie-break of every rule after the stamp.
  public static func < (left: Dot, right: Dot) -> Bool {
    if left.village != right.village { return left.village < right.village }
    if left.replica != right.replica { return left.replica < right.replica }
    return left.counter < right.counter
  }
}

/// The hash of a change, which covers the hash of the change before it in the stream.
///
/// So one hash commits to the whole prefix of the stream, and two streams with one dot and two
/// hashes are a fork for everyone to see.
public struct ChainHash: Hashable, Sendable, CustomStringConvertible {
  /// What stands before the first change of every stream.
  public static let start = ChainHash(0, 0, 0, 0)

  /// The first eight bytes: what a name and a vector carry of it.
  public let tag: UInt64
  /// The following eight bytes.
  public let second: UInt64
  /// The following eight bytes.
  public let third: UInt64
  /// The last eight bytes.
  public let fourth: UInt64

  /// Makes a hash of its four big-endian words.
  public init(_ tag: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) {
    self.tag = tag
    self.second = second
    self.third = third
    self.fourth = fourth
  }

  /// Makes a hash of 32 bytes, or `nil` if there are more or fewer.
  ///
  /// It is inlined, for one is made of each change that is read, sent or taken in.
  @inlinable
  public init?(_ bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    var iterator = bytes.makeIterator()
    func word() -> UInt64 {
      var word: UInt64 = 0
      for _ in 0..<8 { word = word << 8 | UInt64(iterator.next() ?? 0) }
      return word
    }
    self.init(word(), word(), word(), word())
  }

  /// The 32 bytes.
  public var bytes: [UInt8] {
    withUnsafeBytes(of: (tag.bigEndian, second.bigEndian, third.bigEndian, fourth.bigEndian)) {
      Array($0)
    }
  }

  /// The first eight bytes in hexadecimal.
  public var description: String {
    let digits = String(tag, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// A dot with eight bytes of its change's hash.
///
/// After a clone two changes can bear one dot; a bare dot would then replace what nobody saw. The
/// name of the change that first made an answer is that answer's identity for ever: its *origin*.
public struct Name: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The dot.
  public let dot: Dot
  /// The first eight bytes of the change's hash.
  public let tag: UInt64

  /// Makes a name.
  public init(dot: Dot, tag: UInt64) {
    self.dot = dot
    self.tag = tag
  }

  /// The name in letters, for logs.
  public var description: String {
    "\(dot):\(String(tag, radix: 16))"
  }

  /// Orders by dot, then by hash.
  public static func < (left: Name, right: Name) -> Bool {
    left.dot == right.dot ? left.tag < right.tag : left.dot < right.dot
  }
}
