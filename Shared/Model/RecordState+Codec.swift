import Bytes
import Causality

extension RecordState {
  /// The most origins that one state may list.
  public static let originLimit = 1_000_000
  /// The most places that one state may have.
  public static let placeLimit = ChangeContent.answerLimit * 10

  /// Appends the canonical bytes: the origins, then the places; siblings refer to origins by index.
  public func encode(to writer: inout ByteWriter) {
    writer.count(origins.count)
    for origin in origins {
      origin.name.encode(to: &writer)
      let evidence = origin.author?.evidence
      var flags: UInt8 = origin.isMove ? 1 : 0
      if origin.author != nil { flags |= 2 }
      if evidence != nil { flags |= 4 }
      if evidence?.elapsed != nil { flags |= 8 }
      writer.byte(flags)
      origin.author?.encode(to: &writer)
    }
    writer.count(registers.count)
    var lastName: Name?
    var lastIndex = 0
    // NB: by index, because to take a register out of the array is to copy and destroy it.
    for place in registers.indices {
      registers[place].path.encode(to: &writer)
      let count = registers[place].siblings.count
      writer.count(count)
      for position in 0..<count {
        let origin = registers[place].siblings[position].origin
        if origin != lastName {
          lastIndex = index(ofOrigin: origin)
          lastName = origin
        }
        writer.count(lastIndex)
        registers[place].siblings[position].answer.encode(to: &writer)
      }
    }
  }

  /// The canonical bytes alone; those that it was read from, if it is as it was read.
  public var bytes: [UInt8] {
    if let read { return read }
    var writer = ByteWriter(capacity: 1024)
    encode(to: &writer)
    return writer.bytes
  }

  /// Reads a state and checks every invariant of it.
  public init(_ bytes: [UInt8]) throws(ByteError) {
    var reader = ByteReader(bytes)
    let state = try Self(from: &reader)
    try reader.finish()
    self.init(origins: state.origins, registers: state.registers, from: bytes)
  }

  /// Reads a state and checks every invariant of it.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let originCount = try reader.count(limit: Self.originLimit, ofAtLeast: 19)
    var origins: [Origin] = []
    origins.reserveCapacity(originCount)
    for _ in 0..<originCount {
      let start = reader.position
      let name = try Name(from: &reader)
      if let last = origins.last, last.name >= name { throw .disorder(at: start) }
      let flags = try reader.byte()
      guard flags <= 15, flags & 2 != 0 || flags & 12 == 0 else {
        throw .unexpected(UInt64(flags), at: start)
      }
      var author: Authorship?
      if flags & 2 != 0 {
        author = try Authorship(from: &reader, evidence: flags & 4 != 0, elapsed: flags & 8 != 0)
      }
      origins.append(Origin(name: name, isMove: flags & 1 != 0, author: author))
    }
    var live = [Bool](repeating: false, count: origins.count)
    let registers = try Self.readRegisters(from: &reader, origins: origins, live: &live)
    for (index, origin) in origins.enumerated() where live[index] != (origin.author != nil) {
      throw .unexpected(UInt64(index), at: reader.position)
    }
    self.init(origins: origins, registers: registers)
  }

  private static func readRegisters(
    from reader: inout ByteReader, origins: [Origin], live: inout [Bool]
  ) throws(ByteError) -> [Register] {
    let count = try reader.count(limit: placeLimit, ofAtLeast: 4)
    var registers: [Register] = []
    registers.reserveCapacity(count)
    for _ in 0..<count {
      let start = reader.position
      let path = try Path(from: &reader)
      if let last = registers.indices.last, registers[last].path >= path {
        throw .disorder(at: start)
      }
      let siblingCount = try reader.count(limit: origins.count, ofAtLeast: 2)
      guard siblingCount > 0 else { throw .unexpected(0, at: start) }
      var last = -1
      func sibling() throws(ByteError) -> Sibling {
        let index = try reader.count(limit: origins.count - 1)
        guard index > last else { throw .disorder(at: start) }
        last = index
        live[index] = true
        guard origins[index].isMove == (path == .village) else {
          throw .unexpected(UInt64(index), at: start)
        }
        return Sibling(origin: origins[index].name, answer: try Answer(from: &reader))
      }
      let first = try sibling()
      var others: [Sibling] = []
      // NB: nearly always there are none, and thirty places must not be thirty arrays.
      if siblingCount > 1 { others.reserveCapacity(siblingCount - 1) }
      for _ in 1..<siblingCount { others.append(try sibling()) }
      registers.append(Register(path: path, siblings: Siblings(first, others)))
    }
    return registers
  }

  private func index(ofOrigin name: Name) -> Int {
    var low = 0
    var high = origins.count
    while low < high {
      let middle = (low + high) / 2
      if origins[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
