import Bytes
import Causality

// docs/formats/CHANGE.md describes these bytes; the first of them is the version.

extension ChangeContent {
  static let version: UInt8 = 1

  private struct Flags {
    static let record: UInt8 = 1
    static let context: UInt8 = 2
    static let reason: UInt8 = 4
    static let evidence: UInt8 = 8
    static let elapsed: UInt8 = 16
    static let origin: UInt8 = 32
    static let known: UInt8 = 63
  }

  /// Appends the canonical bytes.
  ///
  /// - Precondition: `village` is the village of the stream; names in it are written without it.
  public func encode(to writer: inout ByteWriter, village: VillageCode) {
    writer.byte(Self.version)
    writer.byte(flags)
    if let record { writer.raw(record.bytes) }
    writer.varint(UInt64(form))
    author.encode(to: &writer)
    let names = distinctNames
    writer.count(names.count)
    for name in names {
      writer.fixed64(name.dot.replica.number)
      writer.varint(name.dot.village == village ? 0 : name.dot.village.number)
      writer.varint(name.dot.counter)
      writer.fixed64(name.tag)
    }
    context?.encode(to: &writer)
    Self.encode(cites, as: names, to: &writer)
    if let reason { writer.text(reason) }
    origin?.encode(to: &writer)
    switch body {
    case .answers(let answers):
      writer.byte(1)
      writer.count(answers.count)
      // NB: by index here and below, because to take an answer out of the array is to copy it.
      for index in answers.indices {
        answers[index].path.encode(to: &writer)
        Self.encode(answers[index].replaces, as: names, to: &writer)
        answers[index].answer.encode(to: &writer)
      }
    case .carry(let state, let villageOnly):
      writer.byte(villageOnly ? 3 : 2)
      state.encode(to: &writer)
    case .unknown(let kind, let bytes):
      writer.byte(kind)
      writer.raw(bytes)
    }
  }

  /// The canonical bytes.
  public func bytes(village: VillageCode) -> [UInt8] {
    var writer = ByteWriter(capacity: 512)
    encode(to: &writer, village: village)
    return writer.bytes
  }

  /// Reads content; everything in it is checked, and nothing may follow it.
  public init(_ bytes: [UInt8], village: VillageCode) throws(ByteError) {
    try self.init(ByteReader(bytes), village: village)
  }

  /// Reads content that fills the rest of a reader.
  public init(_ source: ByteReader, village: VillageCode) throws(ByteError) {
    var reader = source
    guard reader.remaining <= Self.limit else {
      throw .overLimit(reader.remaining, limit: Self.limit, at: 0)
    }
    let version = try reader.byte()
    guard version == Self.version else { throw .unexpected(UInt64(version), at: 0) }
    let flags = try reader.byte()
    guard flags & ~Flags.known == 0 else { throw .unexpected(UInt64(flags), at: 1) }
    record = flags & Flags.record == 0 ? nil : RecordID(try reader.raw(10))
    form = try reader.varint32()
    author = try Authorship(
      from: &reader, evidence: flags & Flags.evidence != 0, elapsed: flags & Flags.elapsed != 0)
    let names = try Self.readNames(from: &reader, village: village)
    context = flags & Flags.context == 0 ? nil : try VersionVector(from: &reader)
    cites = try Self.readIndices(from: &reader, of: names)
    reason = flags & Flags.reason == 0 ? nil : try reader.text(limit: Self.reasonLimit)
    origin = flags & Flags.origin == 0 ? nil : try Name(from: &reader)
    let kind = try reader.byte()
    switch kind {
    case 1: body = .answers(try Self.readAnswers(from: &reader, names: names))
    case 2, 3: body = .carry(try RecordState(from: &reader), villageOnly: kind == 3)
    default: body = .unknown(kind: kind, bytes: try reader.raw(reader.remaining))
    }
    try reader.finish()
    // A name that nothing mentions would be lost when the change is written again.
    guard names.isEmpty || distinctNames.count == names.count else {
      throw .unexpected(UInt64(names.count), at: reader.position)
    }
  }

  private var flags: UInt8 {
    var flags: UInt8 = 0
    if record != nil { flags |= Flags.record }
    if context != nil { flags |= Flags.context }
    if reason != nil { flags |= Flags.reason }
    if let evidence = author.evidence {
      flags |= Flags.evidence
      if evidence.elapsed != nil { flags |= Flags.elapsed }
    }
    if origin != nil { flags |= Flags.origin }
    return flags
  }

  /// Every name the change mentions, once, in order: answers refer to them by index.
  private var distinctNames: [Name] {
    var names = cites
    let answers = answers
    for index in answers.indices where !answers[index].replaces.isEmpty {
      names.append(contentsOf: answers[index].replaces)
    }
    if names.count < 2 { return names }
    names.sort()
    var kept = 1
    for index in 1..<names.count where names[index] != names[kept - 1] {
      names[kept] = names[index]
      kept += 1
    }
    names.removeLast(names.count - kept)
    return names
  }

  private static func encode(_ some: [Name], as names: [Name], to writer: inout ByteWriter) {
    writer.count(some.count)
    if some.isEmpty { return }
    for name in some {
      guard let index = names.index(ofSorted: name) else {
        preconditionFailure("BUG: a name that the change mentions is not in its table")
      }
      writer.count(index)
    }
  }

  private static func readNames(
    from reader: inout ByteReader, village: VillageCode
  ) throws(ByteError) -> [Name] {
    let count = try reader.count(limit: nameLimit, ofAtLeast: 18)
    var names: [Name] = []
    names.reserveCapacity(count)
    for _ in 0..<count {
      let start = reader.position
      let replica = ReplicaID(try reader.fixed64())
      let number = try reader.varint()
      let other = number == 0 ? village : VillageCode(number: number)
      guard let other, number == 0 || number != village.number else {
        throw .malformedNumber(at: start)
      }
      let counter = try reader.varint()
      guard counter > 0, counter <= Dot.counterLimit else { throw .malformedNumber(at: start) }
      let dot = Dot(replica: replica, village: other, counter: counter)
      let name = Name(dot: dot, tag: try reader.fixed64())
      if let last = names.last, last >= name { throw .disorder(at: start) }
      names.append(name)
    }
    return names
  }

  private static func readIndices(
    from reader: inout ByteReader, of names: [Name]
  ) throws(ByteError) -> [Name] {
    let start = reader.position
    let count = try reader.count(limit: names.count, ofAtLeast: 1)
    var some: [Name] = []
    some.reserveCapacity(count)
    var last = -1
    for _ in 0..<count {
      let index = try reader.count(limit: max(0, names.count - 1))
      guard index > last else { throw .disorder(at: start) }
      last = index
      some.append(names[index])
    }
    return some
  }

  private static func readAnswers(
    from reader: inout ByteReader, names: [Name]
  ) throws(ByteError) -> [PlacedAnswer] {
    let count = try reader.count(limit: answerLimit, ofAtLeast: 3)
    var answers: [PlacedAnswer] = []
    answers.reserveCapacity(count)
    for _ in 0..<count {
      let start = reader.position
      let path = try Path(from: &reader)
      if let last = answers.last, last.path >= path { throw .disorder(at: start) }
      let replaces = try readIndices(from: &reader, of: names)
      answers.append(
        PlacedAnswer(path: path, replaces: replaces, answer: try Answer(from: &reader)))
    }
    // A move is alone: copies elsewhere are told of it and of nothing else in its change.
    if count > 1, answers.contains(where: { $0.path == .village }) {
      throw .unexpected(UInt64(FieldID.village.number), at: reader.position)
    }
    return answers
  }
}

extension Authorship {
  func encode(to writer: inout ByteWriter) {
    writer.text(person.word)
    writer.varint(UInt64(device.number))
    writer.fixed64(stamp.number)
    if let evidence {
      writer.signed(evidence.trusted)
      if let elapsed = evidence.elapsed { writer.signed(elapsed) }
    }
    writer.varint(directory)
    writer.byte(act.rawValue)
  }

  init(from reader: inout ByteReader, evidence: Bool, elapsed: Bool) throws(ByteError) {
    person = try PersonID(from: &reader)
    device = DeviceID(try reader.varint32())
    stamp = Stamp(number: try reader.fixed64())
    if elapsed && !evidence { throw .unexpected(0, at: reader.position) }
    if evidence {
      let start = reader.position
      let trusted = try reader.signed()
      let passed = elapsed ? try reader.signed() : nil
      // NB: bounded, so that arithmetic on a hostile stamp cannot overflow.
      guard ClockEvidence.times.contains(trusted),
        (passed ?? 0).magnitude <= ClockEvidence.times.upperBound.magnitude
      else { throw .malformedNumber(at: start) }
      self.evidence = ClockEvidence(trusted: trusted, elapsed: passed)
    } else {
      self.evidence = nil
    }
    directory = try reader.varint()
    let start = reader.position
    let number = try reader.byte()
    guard let act = Act(rawValue: number) else { throw .unexpected(UInt64(number), at: start) }
    self.act = act
  }
}

extension Array where Element: Comparable {
  /// The index of an element of a sorted array.
  func index(ofSorted element: Element) -> Int? {
    let index = firstIndex(notBefore: element)
    return index < count && self[index] == element ? index : nil
  }

  /// The index at which an element stands, or would stand, in a sorted array.
  func firstIndex(notBefore element: Element) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if self[middle] < element { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
