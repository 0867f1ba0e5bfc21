import Bytes
import Causality
import GRDB
import Model
import TestSupport
import Wire
import Worlds

@testable import Store

/// What a store holds of one village, as far as its states depend on it.
///
/// A laptop's own branch that was put aside stands in the states, although no vector tells of it any
/// more, and so does a branch that only a base tells of; what the office keeps of branches does not.
struct Holding: Hashable {
  let village: VillageCode
  let vector: VersionVector
  let aside: Set<[UInt8]>
}

/// A copy of a record.
struct HeldCopy: Hashable {
  let record: RecordID
  let village: VillageCode
  let state: [UInt8]
}

/// Everything that is looked at in one store.
struct Holdings {
  var vectors: [VillageCode: VersionVector] = [:]
  var aside: [VillageCode: Set<[UInt8]>] = [:]
  var copies: [VillageCode: [HeldCopy]] = [:]
  /// The streams of which something waits.
  var waiting: [StreamID] = []

  /// The villages, ascending.
  var villages: [VillageCode] { Set(vectors.keys).union(copies.keys).sorted() }

  func holding(_ village: VillageCode) -> Holding {
    Holding(
      village: village, vector: vectors[village] ?? VersionVector(), aside: aside[village] ?? [])
  }
}

/// What must be so at any time, whatever is on its way.
extension SimulatedWorld {
  /// Looks at everything that must be so at any time.
  func checkAnyTime() throws {
    for (name, store, _) in stores {
      let holdings = try store.holdings()
      try checkShown(name, store)
      for village in holdings.villages {
        try checkBytes(name, holdings, village)
        try noteHeads(name, holdings.vectors[village] ?? VersionVector(), in: village)
        for copy in holdings.copies[village] ?? [] { try checkStanding(copy, name) }
      }
      if let laptop = laptops.first(where: { $0.store === store }) {
        try checkTheirs(holdings, of: laptop)
      }
    }
    try checkTold()
  }

  /// Each replica shows each record that it holds once.
  private func checkShown(_ name: String, _ store: Store) throws {
    let wrong = try store.read { db in
      try db.first("SELECT _id FROM record_1 GROUP BY _id HAVING total(_shown) <> 1") {
        $0.text(0)
      }
    }
    try hold(
      .shownOnce, wrong == nil,
      "\(name) shows \(wrong?.prefix(5) ?? "") in several villages, or none")
  }

  /// Whoever holds the same of a village, or ever held it, has the same bytes of its copies.
  private func checkBytes(_ name: String, _ holdings: Holdings, _ village: VillageCode) throws {
    let holding = holdings.holding(village)
    let copies = holdings.copies[village] ?? []
    guard let known = heldBytes[holding] else {
      heldBytes[holding] = (name, copies)
      return
    }
    try hold(
      .bytes, known.copies == copies,
      "\(name) and \(known.name) held the same of \(village) and have other states of "
        + Set(known.copies).symmetricDifference(copies).map { "\($0.record)" }.sorted().joined(
          separator: ", "))
  }

  /// In a copy stands what its changes said and none of them replaced, by the oracle's books alone:
  /// whatever it is that has come there by now.
  private func checkStanding(_ copy: HeldCopy, _ name: String) throws {
    // What a state says of its changes is right once and for all.
    guard checkedCopies.insert(copy).inserted else { return }
    let state = try RecordState(copy.state)
    let where_ = "\(name)'s copy of \(copy.record) in \(copy.village)"
    for origin in state.origins {
      try hold(
        .given, oracle.isKnown(origin.name), "\(where_) accounts for what nobody said")
    }
    let accounted = oracle.answers(in: copy.record, of: state.origins.map(\.name))
    var standing: [Path: Set<Int>] = [:]
    for (path, numbers) in accounted {
      let replaced = numbers.reduce(into: Set<Int>()) { $0.formUnion(oracle.given[$1].replaced) }
      try hold(
        .causal, replaced.isSubset(of: numbers),
        "\(where_) knows nothing of what was replaced at \(path.field.number)")
      let rest = numbers.subtracting(replaced)
      if !rest.isEmpty { standing[path] = rest }
    }
    var found: [Path: Set<Int>] = [:]
    for register in state.registers {
      found[register.path] = Set(
        register.siblings.compactMap { oracle.number(of: $0.origin, at: register.path) })
    }
    for path in Set(found.keys).union(standing.keys).sorted() {
      let text = { (some: Set<Int>?) in (some ?? []).sorted() }
      try hold(
        .standing, found[path] == standing[path],
        "in \(where_) at \(path.row?.id.string ?? "")\(path.field.number)\(path.element) "
          + "\(text(found[path])) stand, not \(text(standing[path]))")
    }
  }

  /// Two changes at one dot are of stores that were copied.
  func noteHead(_ dot: Dot, _ tag: UInt64, _ name: String) throws {
    let known = heads.updateValue(tag, forKey: dot) ?? tag
    try hold(
      .dots, known == tag || copied.contains(dot.replica),
      "\(name) has another change at \(dot), of a store that was never copied")
  }

  private func noteHeads(
    _ name: String, _ vector: VersionVector, in village: VillageCode
  ) throws {
    for entry in vector.entries {
      let dot = Dot(replica: entry.replica, village: village, counter: entry.count)
      try noteHead(dot, entry.head, name)
    }
  }

  /// Looks at what a laptop holds of villages that never were its people's.
  func checkTheirs(of laptop: SimulatedLaptop) throws {
    try checkTheirs(laptop.store.holdings(), of: laptop)
  }

  /// What others wrote a laptop holds of villages alone that were its people's at some time since it
  /// joined, by whatever road it came.
  private func checkTheirs(_ holdings: Holdings, of laptop: SimulatedLaptop) throws {
    var streams = holdings.waiting
    for village in holdings.villages {
      streams += (holdings.vectors[village] ?? VersionVector()).entries.map {
        StreamID(village: village, replica: $0.replica)
      }
    }
    for stream in streams where !laptop.everInScope.contains(stream.village) {
      try hold(
        .ofTheirs, try laptop.store.wrote(as: stream.replica),
        "\(laptop.name) holds what others wrote in \(stream.village)")
    }
  }

  // MARK: Acknowledged

  /// Notes what the office says that it has, and that it says no less to a laptop than before.
  ///
  /// Of a stream that the laptop has another branch of it says nothing, nor of what the laptop is yet to
  /// get as a snapshot; and when it asks for everything it speaks of what was brought alone.
  func noteTold(
    _ reply: SyncReply, to request: SyncRequest, of laptop: SimulatedLaptop
  ) throws {
    // NB: what one office said binds no other; what the former one says ends with it.
    if laptop.isAtFormer { return }
    for pair in reply.acknowledged {
      let listed = request.villages.first { $0.village == pair.village }?.vector
      let held = laptop.heldThen[request.digest]?[pair.village]
      for before in laptop.told[pair.village]?.entries ?? [] where reply.status != .tellAll {
        // What a request does not list is what was acknowledged, unless it lists everything. A laptop
        // that was put back before it heard so holds less, or nothing; and another window may have heard it
        // after this request was made.
        let unlisted = request.isComplete ? nil : held?[before.replica]
        guard let listed = listed.map({ $0[before.replica] }) ?? unlisted else { continue }
        let stream = StreamID(village: pair.village, replica: before.replica)
        let isLess = pair.vector.count(of: stream.replica) < min(listed.count, before.count)
        try hold(
          .acknowledged, try !isLess || !isOneBranch(stream, at: laptop, listed: listed),
          "\(laptop.name) was told that the office has less of "
            + "\(stream.replica)@\(stream.village) than it said before")
      }
      if reply.status != .tellAll { laptop.told[pair.village] = pair.vector }
      told[pair.village, default: VersionVector()].merge(pair.vector)
    }
  }

  /// Whether the office has what a laptop has of a stream, or listed of it, as far as both go, and the
  /// laptop has put nothing of it aside.
  private func isOneBranch(
    _ stream: StreamID, at laptop: SimulatedLaptop, listed: VersionVector.Entry
  ) throws -> Bool {
    let count = try office.store.vector(of: stream.village).count(of: stream.replica)
    let here = try laptop.store.vector(of: stream.village).count(of: stream.replica)
    let end = Dot(
      replica: stream.replica, village: stream.village, counter: min(count, here))
    let told = Dot(
      replica: stream.replica, village: stream.village, counter: listed.count)
    let isEqual = try end.counter == 0 || office.store.tag(at: end) == laptop.store.tag(at: end)
    let isListed = try listed.count > count || office.store.tag(at: told) == listed.head
    return try isEqual && isListed && !laptop.store.hasAside(stream)
  }

  /// What the office said that it has it has, as long as its database is not put back.
  private func checkTold() throws {
    let office = office.store
    for (village, vector) in told.sorted(by: { $0.key < $1.key }) {
      let held = try office.vector(of: village)
      for entry in vector.entries {
        let dot = Dot(replica: entry.replica, village: village, counter: entry.count)
        // NB: of single changes before the cut of a base nobody knows anything there.
        let tag = try held[entry.replica] == entry ? entry.head : office.tag(at: dot)
        try hold(
          .acknowledged,
          tag == entry.head || tag == nil && held.count(of: dot.replica) > dot.counter,
          "the office has not what it said that it has at \(dot)")
      }
    }
  }
}

extension Store {
  /// Everything that is held, in one transaction.
  fileprivate func holdings() throws -> Holdings {
    try read { db in
      var holdings = Holdings()
      for pair in try Streams.vectors(db) { holdings.vectors[pair.village] = pair.vector }
      let copies = try db.all("SELECT _id, _village, _state FROM record_1 ORDER BY _village, _id") {
        row -> HeldCopy? in
        guard let record = RecordID(letters: row.text(0)),
          let village = VillageCode(number: row.bits(1))
        else { return nil }
        return HeldCopy(record: record, village: village, state: row.bytes(2))
      }
      for case let copy? in copies { holdings.copies[copy.village, default: []].append(copy) }
      let aside = try db.all(
        """
        SELECT village, hash FROM branch WHERE seq IS NOT NULL
        UNION ALL SELECT village, head FROM parted
        """
      ) { (VillageCode(number: $0.bits(0)), $0.bytes(1)) }
      for case (let village?, let hash) in aside {
        holdings.aside[village, default: []].insert(hash)
      }
      holdings.waiting = try db.all("SELECT DISTINCT village, replica FROM inbox") { row in
        VillageCode(number: row.bits(0)).map {
          StreamID(village: $0, replica: ReplicaID(row.bits(1)))
        }
      }.compactMap { $0 }
      return holdings
    }
  }

  /// Whether something of a stream was put aside.
  fileprivate func hasAside(_ stream: StreamID) throws -> Bool {
    try read { db in
      try db.first(
        "SELECT 1 FROM branch WHERE village = ? AND replica = ? LIMIT 1",
        .bits(stream.village.number), .bits(stream.replica.number)
      ) { _ in true } ?? false
    }
  }

  /// The replica that the store writes as.
  func currentReplica() throws -> ReplicaID {
    try read { db in try Incarnations.current(db) }
  }
}
