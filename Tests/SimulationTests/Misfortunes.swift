import Causality
import Crypto
import GRDB
import Model
import TestSupport
import Wire
import Worlds

@testable import Store

/// What befalls disks: copies that are put back, and copies that go on beside the first.
///
/// A store is only ever replaced when everything that it holds is held elsewhere too, so the oracle
/// goes on demanding every answer.
extension SimulatedWorld {
  func takeImage(of laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked else { return }
    laptop.image = LaptopImage(
      store: try laptop.store.copy(to: nil), views: laptop.views, oldViews: laptop.oldViews,
      scope: laptop.scope)
    note(laptop.column, "disk is copied")
  }

  /// The laptop's disk is replaced by an older copy of it, and nobody notices.
  func putBack(_ laptop: SimulatedLaptop) throws {
    guard let image = laptop.image else { return }
    // NB: what is nowhere else would be gone; so it goes to the office, and the copy is put back then.
    if try !isKnownElsewhere(laptop.store, besides: image.store) { try syncWhole(laptop) }
    guard try isKnownElsewhere(laptop.store, besides: image.store) else { return }
    laptop.store = try image.store.copy(to: nil, surroundings: laptop.clock.surroundings)
    copied.insert(try image.store.currentReplica())
    laptop.views = image.views
    laptop.oldViews = image.oldViews
    laptop.flight = nil
    laptop.wasPutBack = true
    if laptop.missedPutBack { tally["both put back at once", default: 0] += 1 }
    tally["restored laptops", default: 0] += 1
    note(laptop.column, "is restored from a copy")
  }

  /// A copy of the laptop's disk goes on living in another machine.
  func clone(_ laptop: SimulatedLaptop) throws {
    if random.yes() { try takeImage(of: laptop) }
    guard !laptop.isRevoked, let image = laptop.image, laptops.count < 8 else { return }
    let clock = TurnedClock(seed: random.next())
    let twin = SimulatedLaptop(
      name: "L\(laptops.count + 1)", column: laptops.count + 1,
      store: try image.store.copy(to: nil, surroundings: clock.surroundings), clock: clock,
      people: laptop.people, key: laptop.key)
    copied.insert(try image.store.currentReplica())
    twin.hasJoined = true
    twin.scope = laptop.scope
    twin.everInScope = laptop.everInScope
    twin.firstReplica = laptop.firstReplica
    twin.views = image.views
    twin.oldViews = image.oldViews
    laptops.append(twin)
    tally["clones", default: 0] += 1
    note(twin.column, "begins as a copy of \(laptop.name)")
  }

  /// The disk of a laptop that belongs to no office yet is copied; both work on, and both will join.
  ///
  /// Where the copy notices that it is one, it goes on as another replica.
  func cloneAlone() throws {
    let alone = laptops.filter { !$0.hasJoined }
    guard !alone.isEmpty, laptops.count < 8 else { return }
    let laptop = random.pick(alone)
    let clock = TurnedClock(seed: random.next())
    let twin = SimulatedLaptop(
      name: "L\(laptops.count + 1)", column: laptops.count + 1,
      store: try laptop.store.copy(to: nil, surroundings: clock.surroundings), clock: clock,
      people: laptop.people,
      key: try Curve25519.Signing.PrivateKey(rawRepresentation: random.bytes(32)))
    twin.views = laptop.views
    twin.oldViews = laptop.oldViews
    copied.insert(try laptop.store.currentReplica())
    let isNoticed = random.chance(30)
    if isNoticed { try twin.store.becomeAnother() }
    laptops.append(twin)
    tally["copies of standalone laptops", default: 0] += 1
    note(
      twin.column, "begins as a copy of \(laptop.name)" + (isNoticed ? " that was noticed" : ""))
  }

  func backUpOffice() throws {
    let copy = try office.store.copy(to: nil)
    try office.store.setWatermark(
      try office.store.prepareWatermark(of: copy, without: []))
    backups = [copy] + backups.prefix(2)
    note(0, "is backed up")
  }

  /// The office's database is replaced by a backup, mostly the newest.
  ///
  /// Backups that are newer than that are lost as well. With `isSaid` it is done by the command.
  ///
  /// - Returns: whether it was done.
  @discardableResult
  func putOfficeBack(isSaid: Bool, isNewest: Bool = false) throws -> Bool {
    let isOlder = !isNewest && random.below(3) == 0
    let age = isOlder ? random.below(max(1, backups.count)) : 0
    guard age < backups.count else { return false }
    let backup = backups[age]
    guard try isElsewhere(office.store, besides: backup) else { return false }
    let version = try directory(of: office.store).version
    // NB: a word of the office that no laptop has heard is nobody's any more; nobody acted on it.
    guard try laptops.contains(where: { try directory(of: $0.store).version == version }) else {
      return false
    }
    let store = try backup.copy(to: nil, surroundings: office.clock.surroundings)
    if isSaid {
      try store.beginAgain()
      try store.setWatermark(try store.prepareWatermark(of: store, without: []))
    }
    try store.mint()
    backups.removeFirst(age)
    office.go(on: store)
    told = [:]
    for laptop in laptops {
      laptop.told = [:]
      laptop.missedPutBack = true
      if laptop.wasPutBack { tally["both put back at once", default: 0] += 1 }
    }
    if age > 0 { tally["offices restored from older backups", default: 0] += 1 }
    tally["restored offices", default: 0] += 1
    note(0, isSaid ? "is restored" : "wakes up with an old database")
    return true
  }

  /// Whether all that a laptop holds and has heard of the directory is known to others that stay.
  private func isKnownElsewhere(_ old: Store, besides new: Store) throws -> Bool {
    let version = try directory(of: old).version
    let others = [new, office.store] + laptops.filter(\.hasJoined).map(\.store)
    let isTold = try others.contains { try $0 !== old && directory(of: $0).version >= version }
    return try isTold && isElsewhere(old, besides: new)
  }

  /// Whether everything that a store holds is held by another one that stays.
  private func isElsewhere(_ old: Store, besides new: Store) throws -> Bool {
    let others = [new] + (laptops.map(\.store) + [office.store]).filter { $0 !== old }
    for pair in try old.vectors() {
      for entry in pair.vector.entries {
        let dot = Dot(replica: entry.replica, village: pair.village, counter: entry.count)
        guard try others.contains(where: { try $0.tag(at: dot) == entry.head }) else {
          return false
        }
      }
    }
    let aside = try old.read { db in
      try db.all("SELECT village, replica, counter, hash FROM branch") { row in
        (0..<4).map { row.value(Int32($0)) }
      }
    }
    for values in aside {
      let isThere = try others.contains { other in
        try other.read { db in
          try db.first(
            """
            SELECT EXISTS (SELECT 1 FROM branch WHERE village = ?1 AND replica = ?2
              AND counter = ?3 AND hash = ?4)
            OR EXISTS (SELECT 1 FROM journal WHERE village = ?1 AND replica = ?2
              AND counter = ?3 AND hash = ?4)
            """, values
          ) { $0.integer(0) == 1 } ?? false
        }
      }
      guard isThere else { return false }
    }
    return true
  }
}

extension Store {
  /// Whether the store writes, or wrote, as a replica.
  func wrote(as replica: ReplicaID) throws -> Bool {
    try read { db in try Incarnations.isOwn(db, replica) }
  }

  /// Goes on as a replica of its own: what was copied was a template.
  func becomeAnother() throws {
    try write { db in _ = try Incarnations.mint(db, surroundings: surroundings) }
  }

  /// The seal under which the store would let a frame go that ends at a dot.
  func seal(at dot: Dot, _ hash: ChainHash) throws -> Seal? {
    try read { db in try Sealer(db, context: try context(db)).seal(db, dot, hash) }
  }

  /// Whether anything of a stream is held.
  func holds(_ replica: ReplicaID, in village: VillageCode) throws -> Bool {
    try read { db in
      try Streams.row(db, StreamID(village: village, replica: replica)) != nil
    }
  }

  /// The tag of the change that is held at a dot.
  func tag(at dot: Dot) throws -> UInt64? {
    try read { db in try Streams.hash(db, dot)?.tag }
  }
}
