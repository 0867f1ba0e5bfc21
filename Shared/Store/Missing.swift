import Causality
import GRDB
import Model
import Wire

extension Store {
  /// What is missing at the office, in order of village; with `all` also what only that waits for which
  /// was put away, and what was declared void, found by now or not.
  public func missing(all: Bool = false) throws -> [MissingRun] {
    // What was put away there is no longer asked about, but can be taken.
    let aside = try quarantinedRuns(all: all).filter { $0.decision?.kind != .taken }
    return try read { db in
      var gathered: [MissingRun.Place: [MissingRun.Waiter]] = [:]
      for (place, waiter) in try Voids.roots(db) + waiting(db, among: aside) {
        let key = MissingRun.Place(
          village: place.village, replica: place.replica, record: place.record, first: 0,
          count: 0)
        gathered[key, default: []].append(waiter)
      }
      let places = gathered.keys.sorted {
        ($0.village, $0.replica, $0.record) < ($1.village, $1.replica, $1.record)
      }
      let missing = try places.compactMap { try self.missing(db, $0, gathered[$0] ?? []) }
      return try missing + (all ? Voids.declared(db).map { try declared(db, $0, $1) } : [])
    }
  }

  private func missing(
    _ db: Database, _ place: MissingRun.Place, _ all: [MissingRun.Waiter]
  ) throws -> MissingRun? {
    let directory = try context(db).directory
    var waiters: [MissingRun.Waiter] = []
    for waiter in all {
      let same = waiters.firstIndex {
        $0.device == waiter.device && $0.bearer == waiter.bearer && $0.isAside == waiter.isAside
          && $0.reach == waiter.reach
      }
      guard let same else {
        waiters.append(waiter)
        continue
      }
      waiters[same].changes += waiter.changes
      waiters[same].since = min(waiters[same].since, waiter.since)
    }
    waiters.sort { ($0.reach, $0.since) < ($1.reach, $1.since) }
    let credible = waiters.filter { waiter in
      guard let device = waiter.device, !waiter.isAside else { return false }
      return directory.device(device)?.isRevoked != true
    }
    let wanted: MissingRun.Wanted
    if let record = RecordID(letters: place.record) {
      wanted = .carry(record)
    } else {
      let stream = StreamID(village: place.village, replica: ReplicaID(place.replica))
      let held = try Streams.row(db, stream)?.count ?? 0
      waiters.removeAll { $0.reach <= held }
      let last = credible.last?.reach ?? waiters.first?.reach ?? 0
      guard last > held else { return nil }
      wanted = .changes(
        stream.replica, held + 1...last, device: try Self.owner(db, of: stream.replica),
        isAside: try Quarantine.keeps(db, stream, held + 1...last))
    }
    return MissingRun(
      name: place.name, village: place.village, wanted: wanted, waiters: waiters,
      since: waiters.map(\.since).min() ?? 0, declaration: nil, state: .missing,
      isDoubtful: credible.isEmpty)
  }

  private func declared(
    _ db: Database, _ place: MissingRun.Place, _ word: VoidDeclaration
  ) throws -> MissingRun {
    var state = MissingRun.State.void
    let wanted: MissingRun.Wanted
    if let record = RecordID(letters: place.record) {
      wanted = .carry(record)
    } else {
      let replica = ReplicaID(place.replica)
      let stream = StreamID(village: place.village, replica: replica)
      let held = try Streams.row(db, stream)?.count ?? 0
      if held >= place.first { state = held >= place.count ? .found : .partlyFound }
      wanted = .changes(
        replica, place.first...place.count, device: try Self.owner(db, of: replica),
        isAside: false)
    }
    return MissingRun(
      name: place.name, village: place.village, wanted: wanted, waiters: [],
      since: word.declared, declaration: word, state: state, isDoubtful: false)
  }

  /// What runs in quarantine wait for that a supervisor could take but for that.
  ///
  /// Only the first change of a run is asked: as far as it can be taken the rest is another run then.
  private func waiting(
    _ db: Database, among runs: [QuarantinedRun]
  ) throws -> [(place: MissingRun.Place, waiter: MissingRun.Waiter)] {
    if runs.isEmpty { return [] }
    let door = try Door(self, db)
    let ends = Set(runs.map { Places(stream: $0.stream, device: $0.device, counter: $0.last) })
    return try runs.compactMap { run in
      let held = try Streams.row(db, run.stream)?.count ?? 0
      if try obstacle(db, run, held: held) != nil { return nil }
      // What stands behind another run comes with that one.
      if ends.contains(
        Places(stream: run.stream, device: run.device, counter: run.first - 1))
      {
        return nil
      }
      guard let need = try need(of: run, held: held, door: door) else { return nil }
      let place = MissingRun.Place(
        village: run.stream.village, replica: need.awaited?.number ?? 0,
        record: need.awaited == nil ? need.record?.description ?? "" : "", first: 0, count: 0)
      return (
        place,
        MissingRun.Waiter(
          device: run.device, bearer: run.device, isAside: true,
          reach: need.awaited == nil ? 0 : need.count, changes: run.contents.count,
          since: run.arrived)
      )
    }
  }

  private struct Places: Hashable {
    let stream: StreamID
    let device: DeviceID
    let counter: UInt64
  }

  private func need(
    of run: QuarantinedRun, held: UInt64, door: Door
  ) throws -> Inbox.Need? {
    if run.first > held + 1 {
      guard let previous = run.previous else { return nil }
      let before = run.stream.dot(run.first - 1)
      let isReady =
        try Voids.cover(door.db, before) || Branches.holds(door.db, before, previous)
      if !isReady { return Inbox.Need(awaited: run.stream.replica, count: run.first - 1) }
    }
    let content: ChangeContent
    do {
      content = try ChangeContent(run.contents[0], village: run.stream.village)
    } catch {
      // Ignored because what cannot be read is taken by nobody.
      return nil
    }
    guard content.record != nil, door.context.forms[content.form] != nil else { return nil }
    let judge = Judge(
      admission: OfficeAdmission(device: run.device), device: run.device, voucher: .bearer,
      isRetried: false)
    // NB: what names something is no new record, so its hash says nothing here.
    let change = Change(dot: run.stream.dot(run.first), hash: .start, content: content)
    return try judge.missing(of: change, door: door).need
  }
}
