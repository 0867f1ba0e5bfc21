import Bytes
import Causality
import GRDB
import Model
import Wire

/// The one door through which changes enter a store.
///
/// Whatever its road (a person's save, a frame, a carry of the office), a change enters here: it is
/// written to the journal, applied to the state of its record, and raises the village's vector, all
/// in the transaction that the door was opened in. Nothing else writes these tables.
struct Door {
  let db: Database
  private let footing: Footing
  /// How a laptop judges what comes in a sync without the word of its office; `nil` where there is no
  /// word that could be asked for.
  let stranger: RelayAdmission?
  /// The present time, in milliseconds since 1970.
  let now: Int64
  // NB: found once, because a statement that is looked up for every change has all of its text hashed
  // for every change.
  private let writing: RawStatement
  private var insertions: [UInt32: RawStatement] = [:]
  /// The records that changes went into since the door was opened, with the villages.
  private(set) var touched: [Touch] = []
  private let last = LastCopy()

  /// One copy of a record that a change went into.
  struct Touch: Hashable {
    let record: RecordID
    let form: UInt32
    let village: VillageCode
    let hasMoved: Bool
    /// Whether it was a carry, which can account for what came by no stream of the village.
    let isCarry: Bool
  }

  init(_ store: Store, _ db: Database) throws {
    try self.init(store, db, on: Footing(store, db))
  }

  init(_ store: Store, _ db: Database, on footing: Footing) throws {
    self.db = db
    self.footing = footing
    let survey = footing.context.directory.survey
    let isSealed = footing.role == .laptop && survey?.key.isEmpty == false
    stranger = isSealed ? RelayAdmission(device: nil) : nil
    now = store.surroundings.wall()
    writing = try RawStatement(
      db,
      """
      INSERT INTO journal (village, replica, counter, hash, record, arrived, content, seq, seen)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
  }

  var context: StoreContext { footing.context }

  /// The replica as which this store writes.
  var replica: ReplicaID { footing.replica }

  /// Whether this is the office's store.
  var isOffice: Bool { footing.role == .office }

  /// The copy that a change is about, or will be, in the change's village.
  ///
  /// It is asked for by each check of the change and again when the change is taken in, and read once.
  func copy(of change: Change) throws -> StoredCopy? {
    let (form, record) = (change.content.form, change.record)
    return try last.copy(db, record, in: change.dot.village, of: form) {
      try context.table(form).copy(db, record, in: change.dot.village)
    }
  }

  /// Takes one change in.
  ///
  /// - Parameters:
  ///   - known: the record's copy in the village, if it was read in this transaction.
  ///   - seen: the view that it was made from, if that with the change is what its author has seen.
  /// - Precondition: it is the next of its stream, and what it names is held.
  /// - Throws: ``StoreError/tooManyPlaces(_:limit:)`` if its record could not be read back; nothing
  ///   was written then.
  mutating func enter(
    _ change: Change, content: [UInt8], stream: inout StreamRow, into known: StoredCopy? = nil,
    seen: ViewToken? = nil
  ) throws {
    precondition(change.dot.counter == stream.count + 1, "BUG: a gap in \(change.dot)")
    let record = change.record
    let table = context.table(change.content.form)
    let village = change.dot.village
    // NB: of a record that another replica created there can be a copy already: a carry back into
    // the village where it was created needs nothing that was there before.
    let isNew = change.content.record == nil && change.dot.replica == replica
    let copy = isNew ? nil : try known ?? self.copy(of: change)
    var state = copy?.state ?? RecordState()
    // NB: what is issued again accounts for a name of another stream, as a carry does.
    var isCarry = change.content.origin != nil
    switch change.content.body {
    case .answers(let answers):
      state.apply(change.origin, by: change.content.author, answers)
    case .carry(let carried, let villageOnly):
      state.merge(carried, villageOnly: villageOnly)
      isCarry = true
    case .unknown: return try journal(change, content: content, stream: &stream)
    }
    try Self.requireReadable(state)
    try journal(change, content: content, stream: &stream, seen: seen)
    let hasMoved = state.origins.contains { $0.isMove }
    try table.put(
      db, StoredCopy(record: record, village: village, state: state, key: copy?.key),
      by: copy == nil ? try insertion(into: table) : nil, context: context, now: now)
    touched.append(
      Touch(
        record: record, form: change.content.form, village: village, hasMoved: hasMoved,
        isCarry: isCarry))
    // NB: of what has one copy that is the one; it was written so.
    if !isNew && known?.isOnly != true { try table.refreshHomes(db, record) }
    if let origin = change.content.origin {
      try Inbox.removeReissued(db, origin) { frame, device in
        // NB: what its office sent a laptop the office has, whatever became of the stream.
        // And of a frame of one change it is that which was issued again.
        try !isOffice && device == .standalone || frame.contents.count == 1 || accounts(for: frame)
      }
    }
  }

  /// Removes what waits of a village and is accounted for by now: a base tells of what was issued again
  /// without the change that did so.
  func removeAccounted(in village: VillageCode) throws {
    for key in try Inbox.keys(db, of: village) {
      guard let (frame, _, _) = try Inbox.frame(db, key), try accounts(for: frame) else { continue }
      try Inbox.remove(db, key)
    }
  }

  /// Whether the records account for every change of a frame; of a carry, for what it brings.
  func accounts(for frame: Frame) throws -> Bool {
    let stated = frame.contents.count == 1 ? [frame.last] : nil
    guard let hashes = try Road.hashes(of: frame, db: db) ?? stated else { return false }
    for (index, bytes) in frame.contents.enumerated() {
      let dot = frame.dot(at: index)
      guard let content = try? ChangeContent(bytes, village: dot.village),
        context.forms[content.form] != nil
      else {
        // Ignored because what cannot be read was not issued again.
        return false
      }
      let change = Change(dot: dot, hash: hashes[index], content: content)
      let state = try copy(of: change)?.state
      var names = [change.origin]
      if case .carry(let cargo, _) = content.body { names = cargo.origins.map(\.name) }
      guard names.allSatisfy({ state?.accounts(for: $0) == true }) else { return false }
    }
    return true
  }

  /// Merges one copy of a snapshot into what is here of its record.
  mutating func merge(_ copy: Snapshot.Copy, in village: VillageCode) throws {
    let table = context.table(copy.form)
    let here = try table.copy(db, copy.record, in: village)
    var state = here?.state ?? RecordState()
    state.merge(try RecordTable.state(copy.state, of: copy.record))
    try Self.requireReadable(state)
    if here?.state == state { return }
    try table.put(
      db, StoredCopy(record: copy.record, village: village, state: state, key: here?.key),
      by: here == nil ? try insertion(into: table) : nil, context: context, now: now)
    let hasMoved = state.origins.contains { $0.isMove }
    touched.append(
      Touch(
        record: copy.record, form: copy.form, village: village, hasMoved: hasMoved, isCarry: true))
    try table.refreshHomes(db, copy.record)
  }

  private mutating func insertion(into table: RecordTable) throws -> RawStatement {
    if let known = insertions[table.number] { return known }
    let found = try table.insertion(db)
    insertions[table.number] = found
    return found
  }

  /// Writes the stream's row, and notes that others raised the village's vector.
  func close(_ stream: StreamRow) throws {
    try Streams.write(db, stream)
    if stream.id.replica != replica { try Streams.raiseGeneration(db, stream.id.village) }
  }

  /// Fails if a state is larger than can be read back.
  static func requireReadable(_ state: RecordState) throws {
    let (places, origins) = (state.registers.count, state.origins.count)
    guard places <= RecordState.placeLimit else {
      throw StoreError.tooManyPlaces(places, limit: RecordState.placeLimit)
    }
    guard origins <= RecordState.originLimit else {
      throw StoreError.tooManyPlaces(origins, limit: RecordState.originLimit)
    }
  }

  /// The place of the next change in the order of applying; null where the journal's own will do.
  ///
  /// NB: changes of a branch that was put aside keep their places, and what comes after them must not
  /// take the ones that they left in the journal.
  private func nextPlace() throws -> SQLValue {
    guard let asideUpTo = footing.asideUpTo else { return .null }
    let last = try db.first("SELECT max(seq) FROM journal") { $0.integer(0) } ?? 0
    return .integer(max(last, asideUpTo) + 1)
  }

  private func journal(
    _ change: Change, content: [UInt8], stream: inout StreamRow, seen: ViewToken? = nil
  ) throws {
    let place = try nextPlace()
    writing.bind(Int64(bitPattern: change.dot.village.number), at: 1)
    writing.bind(Int64(bitPattern: change.dot.replica.number), at: 2)
    writing.bind(Int64(bitPattern: change.dot.counter), at: 3)
    writing.bind(now, at: 6)
    writing.bind(place, at: 8)
    var values = RunValues(capacity: content.count + 64)
    values.blob(at: 4) { $0.raw(change.hash.bytes) }
    values.text(change.record.description, at: 5)
    values.blob(at: 7) { $0.raw(content) }
    if let seen { values.blob(at: 9) { $0.raw(seen.bytes) } }
    try writing.run(with: values)
    stream.count = change.dot.counter
    stream.head = change.hash
    // NB: what the office issues again, or puts back, has the stamp of whoever said it, by a clock that
    // may be wrong; the office's own must not follow it.
    let author = change.content.author
    if !isOffice || change.dot.replica != replica || author.person == .office {
      stream.stamp = max(stream.stamp, author.stamp)
    }
    stream.directory = max(stream.directory, change.content.author.directory)
  }
}

/// The copy of a record that was read last, and is so still.
///
/// It is kept within one transaction, where nobody else writes, and only until this connection has
/// changed any row, by whatever road: SQLite counts that.
private final class LastCopy {
  private var found: (form: UInt32, record: RecordID, village: VillageCode, copy: StoredCopy?)?
  private var changes = 0

  func copy(
    _ db: Database, _ record: RecordID, in village: VillageCode, of form: UInt32,
    orRead read: () throws -> StoredCopy?
  ) throws -> StoredCopy? {
    let present = db.totalChangesCount
    if let found, changes == present, found.record == record, found.village == village,
      found.form == form
    {
      return found.copy
    }
    let copy = try read()
    found = (form, record, village, copy)
    changes = present
    return copy
  }
}
