import Causality
import GRDB
import Model
import Wire

/// A snapshot all of whose parts have come, before anything of it counts.
///
/// Three things are asked of it: that it is what the office signed, that this program can read all of
/// it, and that it goes on from what is held. A stream of which more is held than it stands for has the
/// hash of its last change. Of one of which less is held the hashes between are nowhere; but a state
/// lists the origins that it accounts for, so the last change that is held here must be among them: then
/// it, and with it all before it, is a beginning of what the snapshot stands for. If it is not, the two
/// have parted, and to count the one as the other would lose what is only here. A laptop then takes
/// nothing of it; the office takes the states, and counts the other streams.
struct StagedSnapshot {
  let village: VillageCode
  let device: DeviceID
  private let db: Database

  init(_ db: Database, _ village: VillageCode, from device: DeviceID) {
    self.db = db
    self.village = village
    self.device = device
  }

  /// Reads it part by part.
  ///
  /// - Returns: the digest of all.
  @discardableResult
  func forEachPart(_ body: (Snapshot.Part) throws -> Void) throws -> ChainHash {
    var reader = SnapshotReader(village: village)
    try forEachPacked { try body(try reader.next($0)) }
    return reader.digest
  }

  private func forEachPacked(_ body: ([UInt8]) throws -> Void) throws {
    // NB: parts are read one by one, for the statement must not stay open while tables change.
    var part = 0
    while let bytes = try db.first(
      "SELECT bytes FROM staged WHERE village = ? AND device = ? AND part = ?",
      .bits(village.number), .integer(Int64(device.number)), .integer(Int64(part)),
      as: { $0.bytes(0) })
    {
      try body(bytes)
      part += 1
    }
  }

  /// Whether what came is what the office signed, whatever this program makes of it.
  func isAsSigned() throws -> Bool {
    var reader = SnapshotReader(village: village)
    do {
      try forEachPacked { try reader.count($0) }
      return try reader.digest == mark()?.digest
    } catch is WireError {
      return false
    }
  }

  /// Lets it come once more if it came as something else than what the office signed.
  ///
  /// It may be the line that turned a bit. Where it comes so every time, it is the office's that is
  /// damaged, and then the changes are asked for instead.
  ///
  /// - Returns: whether it is to come once more; `false` if it is what was signed, or came so too often.
  func askAgain() throws -> Bool {
    if try isAsSigned() { return false }
    let (_, tag) = try Store.staged(db, village, from: device)
    let times = try db.first(
      "SELECT length(bytes) FROM staged WHERE village = ? AND device = ? AND part = -1",
      .bits(village.number), .integer(Int64(device.number))
    ) { Int($0.integer(0)) }
    guard let tag, times ?? 0 < Self.patience else { return false }
    try Store.unstage(db, village, from: device)
    try put(-1, of: tag, mark: nil, Array(repeating: 0, count: (times ?? 0) + 1))
    return true
  }

  /// How often it may come damaged in a row.
  private static let patience = 3

  /// Where a row of `staged` stands: with its part, or before all of them if it only counts how often the
  /// snapshot came damaged, or before that if it says that it is not wanted.
  static let place = "CASE WHEN part < 0 AND length(bytes) = 0 THEN -2 ELSE part END"

  /// Keeps a part.
  func put(
    _ part: Int, of snapshot: UInt64, mark: WatermarkEntry?, _ bytes: [UInt8]
  ) throws {
    try db.run(
      """
      INSERT INTO staged (village, device, part, snapshot, mark, bytes)
      VALUES (?, ?, ?, ?, ?, ?)
      """, .bits(village.number), .integer(Int64(device.number)), .integer(Int64(part)),
      .bits(snapshot), mark.map { .blob($0.bytes) } ?? .null, .blob(bytes))
  }

  /// The office's word for it, which stands in its first part; `nil` if that is not here.
  func mark() throws -> WatermarkEntry? {
    let bytes = try db.first(
      "SELECT mark FROM staged WHERE village = ? AND device = ? AND part = 0",
      .bits(village.number), .integer(Int64(device.number))
    ) { $0.isNull(0) ? nil : $0.bytes(0) }
    guard case let bytes?? = bytes else { return nil }
    return try WatermarkEntry(bytes)
  }

  /// The ends of the streams that it stands for.
  struct Ends {
    /// Those that go the way of what is held, or of which nothing is.
    var joined: [Snapshot.Stream] = []
    /// Those of a branch that is not held, and that nobody brought yet.
    var parted: [Snapshot.Stream] = []
    /// Whether any of those that join goes further than what is held.
    var isFurther = false
    /// Whether there is any of a branch, brought or not.
    var hasParted = false
  }

  /// What it stands for, if it may become what the village's history begins with.
  ///
  /// - Parameter isOffice: whether streams may have parted.
  func ends(context: StoreContext, isOffice: Bool) throws -> Ends? {
    do {
      guard let ends = try read(context: context) else { return nil }
      if ends.hasParted && !isOffice { return nil }
      return ends.isFurther || !ends.parted.isEmpty ? ends : nil
    } catch is WireError {
      return nil
    } catch StoreError.inconsistent {
      return nil
    }
  }

  private func read(context: StoreContext) throws -> Ends? {
    guard let mark = try mark() else { return nil }
    var streams: [Snapshot.Stream] = []
    // Of which the states have not told yet; a stream that is left when all were read has parted.
    var wanted: [ReplicaID: Name] = [:]
    let digest = try forEachPart { part in
      if part.index == 0 {
        streams = part.streams
        wanted = try lastNames(before: streams)
      }
      for copy in part.copies {
        guard context.forms[copy.form] != nil else { throw WireError.damaged }
        let state = try RecordTable.state(copy.state, of: copy.record)
        wanted = wanted.filter { !state.accounts(for: $0.value) }
      }
    }
    let vector = VersionVector(streams.map(\.entry))
    guard digest == mark.digest, vector == mark.vector else { return nil }
    var ends = Ends()
    for stream in streams {
      let id = StreamID(village: village, replica: stream.replica)
      let end = id.dot(stream.count)
      let row = try Streams.row(db, id)
      // NB: a reply that comes late may bring an older snapshot than the base that is here by now.
      let isFurther = row.map { $0.count < stream.count } ?? true
      if try isFurther ? wanted[stream.replica] == nil : isHeld(stream, at: end) {
        ends.joined.append(stream)
        ends.isFurther = ends.isFurther || isFurther
      } else {
        ends.hasParted = true
        if try !Parted.isTaken(db, end, tag: stream.head.tag) { ends.parted.append(stream) }
      }
    }
    return ends
  }

  /// Whether the end of a stream that goes no further than what is held is a change that is held.
  private func isHeld(_ stream: Snapshot.Stream, at end: Dot) throws -> Bool {
    if let hash = try Streams.hash(db, end) { return hash == stream.head }
    // It lies before a cut: the base that is here must account for it.
    // NB: what the office issued again, or carried, is in no state under its own name, and parts no stream.
    if try stream.device == .standalone || Incarnations.isOwn(db, stream.replica) { return true }
    return try isInBase(Name(dot: end, tag: stream.head.tag))
  }

  private func isInBase(_ name: Name) throws -> Bool {
    var isThere = false
    try Cuts.forEach(db, village) { _, state in isThere = isThere || state.accounts(for: name) }
    return isThere
  }

  /// The copies that branches have a part in which is not here yet.
  func copies(
    of parted: [Snapshot.Stream], context: StoreContext
  ) throws -> [Snapshot.Copy] {
    if parted.isEmpty { return [] }
    let ends = Dictionary(uniqueKeysWithValues: parted.map { ($0.replica, $0.count) })
    // NB: what an office issued again, or carried, stands under others' names.
    let isAny = try parted.contains { try Incarnations.isOwn(db, $0.replica) }
    var copies: [Snapshot.Copy] = []
    try forEachPart { part in
      for copy in part.copies {
        let here = try context.table(copy.form).copy(db, copy.record, in: village)?.state
        let isWanted = try RecordTable.state(copy.state, of: copy.record).origins.contains {
          let dot = $0.name.dot
          let isOfBranch = dot.village == village && dot.counter <= ends[dot.replica] ?? 0
          return (isAny || isOfBranch) && here?.accounts(for: $0.name) != true
        }
        if isWanted { copies.append(copy) }
      }
    }
    return copies
  }

  /// Makes it stand for what the base that is here stands for, too, if that has more of any stream.
  ///
  /// An office that was put back can have signed a snapshot before it was fed with another. Neither
  /// contains the other then, and the base must not go back in either's streams. What both come to nobody
  /// has signed; the office signs it at once, and a laptop that has it keeps both as they came.
  ///
  /// - Parameters:
  ///   - streams: what it stands for alone.
  ///   - isWhole: whether those are all that it stood for.
  ///   - sign: the office's word for what comes out.
  /// - Returns: what it stands for now; `nil` if a record is too large for any part.
  func join(
    _ streams: [Snapshot.Stream], isWhole: Bool,
    sign: (_ vector: VersionVector, _ digest: ChainHash) throws -> WatermarkEntry?
  ) throws -> [Snapshot.Stream]? {
    let stands = VersionVector(streams.map(\.entry))
    // NB: what the base of a laptop tells of a branch is in no vector.
    let isMore =
      try device == .standalone && Parted.isThere(db, village)
      || Store.exceedsCuts(db, of: village, stands)
    if isWhole && !isMore { return streams }
    var ends = Dictionary(uniqueKeysWithValues: streams.map { ($0.replica, $0) })
    for end in try cuts() where ends[end.replica]?.count ?? 0 < end.count {
      ends[end.replica] = end
    }
    let joined = ends.values.sorted { $0.replica < $1.replica }
    var copies: [RecordID: (form: UInt32, state: RecordState)] = [:]
    try Cuts.forEach(db, village) { copy, state in copies[copy.record] = (copy.form, state) }
    try forEachPart { part in
      for copy in part.copies {
        var state = copies[copy.record]?.state ?? RecordState()
        state.merge(try RecordTable.state(copy.state, of: copy.record))
        copies[copy.record] = (copy.form, state)
      }
    }
    var writer = SnapshotWriter(village: village, streams: joined)
    var parts: [[UInt8]] = []
    for (record, copy) in copies.sorted(by: { $0.key < $1.key }) {
      let copy = Snapshot.Copy(record: record, form: copy.form, state: copy.state.bytes)
      guard copy.state.count <= Snapshots.sizeLimit else { return nil }
      if let part = writer.add(copy) { parts.append(part) }
    }
    let (last, digest) = writer.finish()
    if let last { parts.append(last) }
    let mark = try sign(VersionVector(joined.map(\.entry)), digest)
    if device == .standalone { try JoinedBases.keep(db, self) }
    try Store.unstage(db, village, from: device)
    for (index, bytes) in parts.enumerated() {
      try put(index, of: digest.tag, mark: index == 0 ? mark : nil, bytes)
    }
    return joined
  }

  /// What the base that is here stands for.
  private func cuts() throws -> [Snapshot.Stream] {
    try db.all(
      "SELECT replica, count, head, device FROM cut WHERE village = ?", .bits(village.number)
    ) { ($0.bits(0), $0.bits(1), $0.bytes(2), $0.bits(3)) }.map { row in
      let id = StreamID(village: village, replica: ReplicaID(row.0))
      guard let head = ChainHash(row.2), let stream = try Streams.row(db, id) else {
        throw StoreError.inconsistent(detail: "cut of \(id.replica)@\(village)")
      }
      return Snapshot.Stream(
        replica: id.replica, count: row.1, head: head, secret: stream.secret,
        device: DeviceID(UInt32(truncatingIfNeeded: row.3)))
    }
  }

  /// Of each stream of which less is held than the snapshot stands for, the name of the last change that
  /// is held and of which a state tells.
  private func lastNames(before streams: [Snapshot.Stream]) throws -> [ReplicaID: Name] {
    var names: [ReplicaID: Name] = [:]
    for stream in streams {
      let id = StreamID(village: village, replica: stream.replica)
      guard let row = try Streams.row(db, id), row.count < stream.count else { continue }
      if let name = try lastName(of: id) { names[stream.replica] = name }
    }
    return names
  }

  /// The name of the last change of a stream that is held and that a state tells of, or that a base ends with.
  ///
  /// A carry, and what was issued again, is in no state under its own name. The office writes such, under
  /// a new replica at every start, so its streams do not part; and laptops carry before they join.
  private func lastName(of stream: StreamID) throws -> Name? {
    let cut = try Cuts.cut(db, stream)
    let statement = try RawStatement(
      db,
      """
      SELECT counter, hash, content FROM journal
      WHERE village = ? AND replica = ? AND counter > ? ORDER BY counter DESC
      """)
    statement.bind(.bits(stream.village.number), at: 1)
    statement.bind(.bits(stream.replica.number), at: 2)
    statement.bind(.bits(cut?.count ?? 0), at: 3)
    defer { statement.reset() }
    while try statement.step() {
      let dot = stream.dot(statement.bits(0))
      let change = try Journal.change(
        dot: dot, hash: statement.bytes(1), content: statement.bytes(2))
      if change.origin == change.name, case .answers = change.content.body { return change.name }
    }
    guard let cut, cut.device != .standalone else { return nil }
    let end = stream.dot(cut.count)
    return Name(dot: end, tag: cut.head.tag)
  }
}
