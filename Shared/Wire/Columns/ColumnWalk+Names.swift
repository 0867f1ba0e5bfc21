import Bytes

/// A name as it was mentioned, its village written out.
struct SeenName: Hashable {
  let replica: UInt64
  let village: UInt64
  let counter: UInt64
  let tag: UInt64
}

/// A record as it was mentioned.
struct SeenRecord: Hashable {
  let high: UInt64
  let low: UInt16
}

/// A replica that was mentioned, and how far it had come.
struct ReplicaSeen {
  let number: UInt64
  var counter: UInt64 = 0
  var held: UInt64 = 0
  var head: UInt64 = 0
}

/// What the author's part was in the change before.
struct AuthorSeen {
  var device: UInt64 = 0
  /// The beginning of 2026, which is nearer than that of 1970.
  var milliseconds: Int64 = 1_767_225_600_000
  var logical: Int64 = 0
  var trusted: Int64 = 0
  var drift: Int64 = 0
  var directory: UInt64 = 0
}

/// Things that were mentioned in a frame, told again by how long ago that was.
struct Mentioned<Thing: Hashable> {
  private(set) var things: [Thing] = []
  private var places: [Thing: Int] = [:]

  static var limit: Int { 65_536 }

  /// How many others were first mentioned after a thing; `nil` if it was not.
  func distance(of thing: Thing) -> Int? { places[thing].map { things.count - 1 - $0 } }

  /// The thing that was mentioned before so many others.
  func thing(_ distance: UInt64) -> Thing? {
    distance < UInt64(things.count) ? things[things.count - 1 - Int(distance)] : nil
  }

  mutating func add(_ thing: Thing, isFound: Bool) {
    guard things.count < Self.limit else { return }
    things.append(thing)
    if isFound { places[thing] = things.count - 1 }
  }
}

extension ColumnWalk {
  /// A record: that of the change before, one of an earlier change, or one that is new here.
  mutating func record() throws(ByteError) -> SeenRecord {
    let told = SeenRecord(
      high: try port.takeFixed64(),
      low: UInt16(try port.takeByte()) << 8 | UInt16(try port.takeByte()))
    let distance = Port.isDecoding ? nil : records.distance(of: told)
    let maker = Port.isDecoding || distance != nil ? nil : held?.maker(of: told)
    let way = port.tree(
      told == lastRecord ? 0 : distance != nil ? 1 : maker == nil ? 2 : 3, bits: 2,
      small + Short.record.rawValue)
    let record: SeenRecord
    switch way {
    case 0:
      guard let lastRecord else { throw .unexpected(0, at: 0) }
      record = lastRecord
    case 1:
      let told = port.number(UInt64(distance ?? 0), chances(.record))
      guard let thing = records.thing(told) else { throw .unexpected(told, at: 0) }
      record = thing
    case 2:
      record = SeenRecord(
        high: port.flat(told.high, bits: 64),
        low: UInt16(truncatingIfNeeded: port.flat(UInt64(told.low), bits: 16)))
      records.add(record, isFound: !Port.isDecoding)
    default:
      let name = try heldName(maker ?? SeenName(replica: 0, village: 0, counter: 0, tag: 0))
      guard let low = held?.record(madeBy: name) else { throw .unexpected(UInt64(way), at: 0) }
      record = SeenRecord(high: name.tag, low: low)
      records.add(record, isFound: !Port.isDecoding)
      // What its changes cite is most often the change that made it.
      names.add(name, isFound: !Port.isDecoding)
    }
    lastRecord = record
    try port.put(fixed64: record.high)
    try port.put(byte: UInt8(record.low >> 8))
    try port.put(byte: UInt8(record.low & 255))
    return record
  }

  /// A name: one that was mentioned before, or a new one, often of the change that made the record.
  mutating func name(_ record: SeenRecord?, inTable: Bool) throws(ByteError) {
    let replica = try port.takeFixed64()
    let place = try port.takeVarint()
    guard Port.isDecoding || !inTable || place != village else { throw .unexpected(place, at: 0) }
    let told = SeenName(
      replica: replica, village: inTable && place == 0 ? village : place,
      counter: try port.takeVarint(), tag: try port.takeFixed64())
    let distance = Port.isDecoding ? nil : names.distance(of: told)
    let isHeld = !Port.isDecoding && distance == nil && held?.holds(told) == true
    let way = port.tree(
      distance != nil ? 2 : isHeld ? 3 : told.tag == record?.high ? 0 : 1, bits: 2,
      small + Short.name.rawValue)
    let name: SeenName
    switch way {
    case 0, 1:
      let dot = self.dot(of: told)
      let tag: UInt64
      if way == 0 {
        guard let record else { throw .unexpected(0, at: 0) }
        tag = record.high
      } else {
        tag = port.flat(told.tag, bits: 64)
      }
      name = SeenName(replica: dot.replica, village: dot.village, counter: dot.counter, tag: tag)
      names.add(name, isFound: !Port.isDecoding)
    case 2:
      let told = port.number(UInt64(distance ?? 0), chances(.distance))
      guard let thing = names.thing(told) else { throw .unexpected(told, at: 0) }
      name = thing
    default:
      name = try heldName(told)
      names.add(name, isFound: !Port.isDecoding)
    }
    try port.put(fixed64: name.replica)
    try port.put(varint: inTable && name.village == village ? 0 : name.village)
    try port.put(varint: name.counter)
    try port.put(fixed64: name.tag)
  }

  /// A change by its replica, village and counter; the tag is left as it was told.
  private mutating func dot(of told: SeenName) -> SeenName {
    let replica = self.replica(told.replica)
    let village =
      flag(told.village == self.village, .home)
      ? self.village : port.number(told.village, chances(.village))
    let counter =
      replicas[replica].counter
      &+ UInt64(
        bitPattern: port.signed(
          Int64(bitPattern: told.counter &- replicas[replica].counter), chances(.counter)))
    replicas[replica].counter = counter
    return SeenName(
      replica: replicas[replica].number, village: village, counter: counter, tag: told.tag)
  }

  /// A change that the receiver holds, whose tag it knows.
  private mutating func heldName(_ told: SeenName) throws(ByteError) -> SeenName {
    let dot = dot(of: told)
    guard let tag = held?.tag(at: dot) else { throw .unexpected(3, at: 0) }
    return SeenName(replica: dot.replica, village: dot.village, counter: dot.counter, tag: tag)
  }

  /// The index of a replica among those that were mentioned.
  private mutating func replica(_ number: UInt64) -> Int {
    let known = Port.isDecoding ? nil : replicaIndex[number]
    let index = port.number(UInt64(known ?? replicas.count), chances(.replica))
    if index < replicas.count { return Int(index) }
    let fresh = port.flat(number, bits: 64)
    guard replicas.count < Mentioned<SeenName>.limit else {
      replicas[replicas.count - 1] = ReplicaSeen(number: fresh)
      return replicas.count - 1
    }
    replicas.append(ReplicaSeen(number: fresh))
    if !Port.isDecoding { replicaIndex[fresh] = replicas.count - 1 }
    return replicas.count - 1
  }

  /// What the author's replica held of others.
  mutating func context() throws(ByteError) {
    for _ in 0..<(try count(.entries)) {
      let replica = self.replica(try port.takeFixed64())
      try port.put(fixed64: replicas[replica].number)
      let count = try varint(.held, from: replicas[replica].held)
      let head = try port.takeFixed64()
      if !flag(count == replicas[replica].held && head == replicas[replica].head, .head) {
        let name = SeenName(
          replica: replicas[replica].number, village: village, counter: count, tag: head)
        if let held, flag(!Port.isDecoding && held.holds(name), .held) {
          guard let tag = held.tag(at: name) else { throw .unexpected(1, at: 0) }
          replicas[replica].head = tag
        } else {
          replicas[replica].head = port.flat(head, bits: 64)
        }
      }
      replicas[replica].held = count
      try port.put(fixed64: replicas[replica].head)
    }
  }
}
