import Causality
import Model
import TestSupport
import Wire
import Worlds

@testable import Store

/// Villages that get other people, laptops that come late or drop history, and files that are carried
/// about.
extension SimulatedWorld {
  /// A laptop drops what the office has in a checked backup.
  func truncate(_ laptop: SimulatedLaptop) throws {
    if random.yes() {
      try prepare {
        try backUpOffice()
        if laptop.hasJoined, !laptop.isRevoked { try syncWhole(laptop) }
      }
    }
    var dropped = 0
    for village in villages {
      let truncation = try laptop.store.truncate(village)
      if truncation == .nothing { continue }
      try hold(
        .signed, truncation != .differs,
        "\(laptop.name)'s \(village) is not what the office signed")
      if case .dropped(let changes) = truncation { dropped += changes }
    }
    if dropped == 0 { return }
    tally["dropped changes", default: 0] += dropped
    note(laptop.column, "drops \(dropped) changes")
  }

  /// A laptop is bought, and begins when others have worked for long.
  func welcome() throws {
    guard laptops.count < 8, try maySpeak() else { return }
    if random.yes() { try prepare { try backUpOffice() } }
    let laptop = try addLaptop(for: nil)
    tally["newcomers", default: 0] += 1
    try join(laptop)
  }

  /// A village is given to others: one person works in fewer villages.
  func narrowScope() throws {
    guard try maySpeak() else { return }
    let person = random.pick(homes.keys.sorted().filter { $0 != Self.supervisor })
    guard let scope = homes[person], scope.count > 1 else { return }
    let lost = random.pick(scope)
    try assign(person, to: scope.filter { $0 != lost })
    tally["villages given away", default: 0] += 1
  }

  /// A laptop writes on a stick what the office is not known to have, or all that it has.
  func writeBundle(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !laptop.isRevoked, !laptop.cameBack else { return }
    var bytes: [UInt8] = []
    _ = try laptop.store.writeBundle(
      BundleRequest(isWhole: random.chance(30)), to: { bytes += $0 })
    absorb(bytes)
    onSticks.formUnion(try laptop.store.vectors().flatMap { $0.vector.entries.map(\.replica) })
    sticks.append(bytes)
    if sticks.count > 6 { sticks.removeFirst() }
    note(laptop.column, "writes a stick")
  }

  /// A laptop or the office reads a stick, be it an old one.
  func readBundle(_ laptop: SimulatedLaptop) throws {
    guard laptop.hasJoined, !sticks.isEmpty else { return }
    let isOffice = random.chance(30)
    let isDamaged = random.chance(20)
    let stick = random.pick(sticks)
    let store = isOffice ? office.store : laptop.store
    let read: BundleRead
    do {
      read = try store.readBundle(source(of: isDamaged ? damaged(stick) : stick))
    } catch  where isDamaged && (error is BundleError || error is BundleRefusal) {
      befell("stickUnreadable")
      return note(isOffice ? 0 : laptop.column, "cannot read a stick")
    }
    if isDamaged { befell("stickDamaged") }
    try hold(.unreverted, read.reverted == 0, "what nobody was turned away for was reverted")
    tally["sticks", default: 0] += 1
    tally["changes from sticks", default: 0] += read.received
    tally["changes left on sticks", default: 0] += Int(clamping: read.leftOut)
    note(isOffice ? 0 : laptop.column, "takes \(read.received) from a stick")
    try checkTheirs(of: laptop)
  }
}
