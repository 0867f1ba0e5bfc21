import Bytes
import Causality

/// Goes through the contents of one frame in order, part by part, as docs/formats/CHANGE.md lists
/// them, and codes each part by what the same part was before.
///
/// It is written once and serves both sides; see ``ColumnPort``.
struct ColumnWalk<Port: ColumnPort> {
  var port: Port
  var village: UInt64
  let memory = Chances.Memory()
  var columns: [Column] = []
  var table: [UInt16]
  var numbers: Chance
  var small: Chance
  /// The chances of a letter after another.
  let pairs: Chance
  var words: Vocabulary
  /// The index of a word among those of a column, by both; who reads needs none.
  var wordIndex: [UInt32: UInt16] = [:]
  var names = Mentioned<SeenName>()
  var records = Mentioned<SeenRecord>()
  var replicas: [ReplicaSeen] = []
  var replicaIndex: [UInt64: Int] = [:]
  var author = AuthorSeen()
  var lastRecord: SeenRecord?
  /// Whether the change makes its record.
  var isNew = false
  var lastHead: UInt64 = 0
  /// By role, the column that was made last, as which the next one begins.
  var roles: [UInt64: Models] = [:]
  var lastRow: (group: UInt64, id: [UInt8]) = (0, [])

  /// The most columns; places beyond share them.
  static var columnLimit: Int { 256 }

  /// What numbers are counted apart.
  enum Number: Int, CaseIterable {
    case form, device, directory, milliseconds, logical, further, trusted, elapsed, names, counter
    case replica, village, entries, held, cites, index, answers, head, group, distance
    case record, seen, members, origins, registers, siblings, replaced
    case runVillage, runReplica, first, changes
  }

  /// Where single decisions and short numbers lie.
  enum Short: Int {
    case raw = 0, row = 1, home = 2, head = 3, alive = 4, held = 5, sameReplica = 6
    case record = 8
    case parts = 12
    case name = 16
    case act = 24
    case body = 28
    case flags = 64
    case origin = 128
    case size = 144
  }

  /// What the prelude taught; nothing while it is being learned.
  let learned: Learned?
  /// In a parcel, what its changes may be told by beside each other; a frame stands alone.
  let held: ParcelMemory?

  static var numberSize: Int { Number.allCases.count * NumberLayout.size }
  static var smallSize: Int { Short.size.rawValue }

  init(
    _ port: Port, stream: StreamID, learned: Learned? = .prelude, held: ParcelMemory? = nil
  ) {
    self.learned = learned
    self.held = held
    self.port = port
    village = stream.village.number
    table = [UInt16](repeating: 0, count: 1024)
    numbers = memory.take(
      Number.allCases.count * NumberLayout.size, as: learned?.numbers)
    small = memory.take(Short.size.rawValue, as: learned?.small)
    pairs = memory.take(LetterPairs.size, as: learned?.pairs)
    words = learned?.words ?? Vocabulary()
    if Port.isDecoding { words.forgetPlaces() }
    replicas = [ReplicaSeen(number: stream.replica.number)]
    replicaIndex = [stream.replica.number: 0]
    columns.append(Column(key: .max, memory, models: Models()))
  }

  // MARK: Parts

  func chances(_ number: Number) -> Chance { numbers + number.rawValue * NumberLayout.size }

  @inline(__always)
  mutating func flag(_ value: Bool, _ short: Short) -> Bool {
    port.bit(value ? 1 : 0, small + short.rawValue) == 1
  }

  /// A byte below a power of two.
  mutating func byte(_ short: Short, bits: Int) throws(ByteError) -> UInt8 {
    let told = try port.takeByte()
    guard Int(told) < 1 << bits else { throw .unexpected(UInt64(told), at: 0) }
    let value = UInt8(port.tree(Int(told), bits: bits, small + short.rawValue))
    try port.put(byte: value)
    return value
  }

  mutating func varint(_ number: Number) throws(ByteError) -> UInt64 {
    let value = port.number(try port.takeVarint(), chances(number))
    try port.put(varint: value)
    return value
  }

  /// A number by its difference from another.
  mutating func varint(_ number: Number, from base: UInt64) throws(ByteError) -> UInt64 {
    let difference = Int64(bitPattern: try port.takeVarint() &- base)
    let value = UInt64(bitPattern: port.signed(difference, chances(number))) &+ base
    try port.put(varint: value)
    return value
  }

  mutating func count(_ number: Number) throws(ByteError) -> Int {
    Int(clamping: try varint(number))
  }

  static func signed(_ zigzag: UInt64) -> Int64 {
    Int64(bitPattern: zigzag >> 1) ^ -Int64(bitPattern: zigzag & 1)
  }

  static func zigzag(_ value: Int64) -> UInt64 { UInt64(bitPattern: (value << 1) ^ (value >> 63)) }

  /// The column of a place.
  mutating func column(_ role: UInt64, _ number: UInt64) -> Int {
    // NB: the prelude is about places in general.
    let key = learned == nil ? role : number << 16 | role
    var hash = Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 54)
    while table[hash] != 0 {
      if columns[Int(table[hash])].key == key { return Int(table[hash]) }
      hash = (hash + 1) & 1023
    }
    guard columns.count < Self.columnLimit else { return 1 + Int(key % 255) % (columns.count - 1) }
    columns.append(Column(key: key, memory, models: models(role)))
    table[hash] = UInt16(columns.count - 1)
    return columns.count - 1
  }

  /// What columns of a role begin as.
  private mutating func models(_ role: UInt64) -> Models {
    if let some = roles[role] { return some }
    let some = Models(learned?.column(role), memory)
    roles[role] = some
    return some
  }

  mutating func column(_ role: Column.Role, _ number: UInt64 = 0) -> Int {
    column(role.rawValue, number)
  }

  // MARK: A content

  /// Codes the next content, which is all that the port holds.
  mutating func content() throws(ByteError) {
    // What a later version wrote goes as it is.
    if flag(!Port.isDecoding && port.taken.first != 1, .raw) { return try rest() }
    _ = try port.takeByte()
    try port.put(byte: 1)
    let flags = try byte(.flags, bits: 6)
    lastHead = 0
    isNew = flags & 1 == 0
    let record = isNew ? nil : try self.record()
    _ = try varint(.form)
    try author(evidence: flags & 8 != 0, elapsed: flags & 16 != 0)
    let names = try count(.names)
    for _ in 0..<names { try name(record, inTable: true) }
    if flags & 2 != 0 { try context() }
    try indices(chances(.cites))
    if flags & 4 != 0 { try text(column(.reason)) }
    if flags & 32 != 0 { try name(record, inTable: false) }
    let kind = try port.takeByte()
    let body = port.tree(Int(kind < 4 ? kind : 0), bits: 2, small + Short.body.rawValue)
    try port.put(byte: body > 0 ? UInt8(body) : UInt8(port.flat(UInt64(kind), bits: 8)))
    switch body {
    case 1:
      var place = 0
      for _ in 0..<(try count(.answers)) {
        place = try self.place(after: place)
        try indices(columns[place].replaced(isNew: isNew))
        try answer(place, isMember: false)
      }
    case 2, 3: try state(record)
    default: try rest()
    }
    guard port.takeRest() == 0 else { throw .trailing(at: 0) }
  }

  /// Whatever is left of the content.
  private mutating func rest() throws(ByteError) {
    let told = Array(port.taken[try port.takeSpan(port.takeRest())])
    try port.put(raw: try letters(told, column(.loose)))
  }

  private mutating func author(evidence: Bool, elapsed: Bool) throws(ByteError) {
    try text(column(.person))
    author.device = try varint(.device, from: author.device)
    try stamp()
    if evidence {
      // NB: the first is told by the stamp, which it is seldom far from.
      if author.trusted == 0 { author.trusted = author.milliseconds }
      let trusted = Self.signed(try port.takeVarint())
      author.trusted = author.trusted &+ port.signed(trusted &- author.trusted, chances(.trusted))
      try port.put(varint: Self.zigzag(author.trusted))
      if elapsed {
        // What passed is nearly what the stamp is ahead of the trusted time.
        let base = author.milliseconds &- author.trusted &+ author.drift
        let passed = Self.signed(try port.takeVarint())
        let more = port.signed(passed &- base, chances(.elapsed))
        author.drift = author.drift &+ more
        try port.put(varint: Self.zigzag(base &+ more))
      }
    }
    author.directory = try varint(.directory, from: author.directory)
    _ = try byte(.act, bits: 2)
  }

  private mutating func stamp() throws(ByteError) {
    let number = try port.takeFixed64()
    let passed = port.signed(
      Int64(bitPattern: number >> 16) &- author.milliseconds, chances(.milliseconds))
    author.milliseconds = (author.milliseconds &+ passed) & (1 << 48 - 1)
    let logical = Int64(number & 0xffff)
    let base = passed == 0 ? author.logical : 0
    author.logical =
      (base &+ port.signed(logical - base, chances(passed == 0 ? .further : .logical))) & 0xffff
    try port.put(fixed64: UInt64(author.milliseconds) << 16 | UInt64(author.logical))
  }

  private mutating func indices(_ chances: Chance) throws(ByteError) {
    let told = try port.takeVarint()
    var count = UInt64(port.tree(Int(min(told, 3)), bits: 2, chances))
    if count == 3 { count = port.number(told, self.chances(.replaced)) }
    try port.put(varint: count)
    for _ in 0..<Int(clamping: count) { _ = try varint(.index) }
  }

  /// A record's state, which a carry brings.
  private mutating func state(_ record: SeenRecord?) throws(ByteError) {
    for _ in 0..<(try count(.origins)) {
      try name(record, inTable: false)
      let flags = try byte(.origin, bits: 4)
      if flags & 2 != 0 { try author(evidence: flags & 4 != 0, elapsed: flags & 8 != 0) }
    }
    var place = 0
    for _ in 0..<(try count(.registers)) {
      place = try self.place(after: place)
      for _ in 0..<(try count(.siblings)) {
        _ = try varint(.index)
        try answer(place, isMember: false)
      }
    }
  }
}
