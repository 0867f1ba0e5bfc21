import TestSupport

/// Which things happen in a world, and how often: drawn from its seed.
///
/// Worlds in which everything happens all the time hide what only happens when something else does
/// not; so each world leaves about a third of the acts and faults out, and does some of the rest
/// much more often than others do.
struct Swarm {
  /// What people and machines do.
  enum Act: CaseIterable {
    case add, batch, edit, resolve, delete, revive, deleteRow, move, officeEdit, sync, wholeSync
    case pass, jump, restart, join, replay, form, demote, widen, twin, overtake
    case image, putBack, clone, backup, restoreOffice
    case revoke, comeBack, attackOffice, attackLaptop, bomb
    case truncate, newcomer, narrow, writeBundle, readBundle, cloneAlone, splitOffice

    var weight: Int {
      switch self {
      case .edit: 26
      case .sync: 26
      case .wholeSync: 8
      case .add: 7
      case .resolve: 6
      case .pass, .move, .overtake: 4
      case .delete, .revive, .deleteRow, .officeEdit, .batch, .join, .jump: 3
      case .replay, .twin, .attackOffice, .attackLaptop: 2
      case .image, .putBack, .comeBack: 5
      case .truncate, .writeBundle, .readBundle: 4
      case .newcomer, .narrow: 2
      case .backup, .restoreOffice, .clone, .cloneAlone: 3
      case .form, .splitOffice: 2
      case .revoke: 3
      case .restart, .demote, .widen, .bomb: 1
      }
    }

    /// Whether worlds may do without.
    var isOptional: Bool { ![.add, .edit, .sync].contains(self) }
  }

  /// What goes wrong with messages.
  enum Fault: CaseIterable {
    case requestLost, requestTwice, requestCut, requestMixed, requestThinned, requestDamaged
    case replyLost, replyTwice, replyCut, replyMixed, replyThinned, replyDamaged
  }

  let acts: [(act: Act, weight: Int)]
  let faults: [Fault]
  let faultPercent: Int
  /// Whether the frames of every reply come out of order, those of the last syncs included.
  let isAlwaysMixed: Bool
  let laptops: Int
  let villages: Int
  /// Whether everyone works in all villages, so that each record is everybody's.
  let isOneTeam: Bool
  let steps: Int
  let standalonePercent: Int
  let oldViewPercent: Int
  let equalPercent: Int
  /// How many records take nearly all of the work: where few do, people meet.
  let hotRecords: Int

  init(_ random: inout SplitMix64) {
    var chosen = Act.allCases.filter { !$0.isOptional || random.chance(70) }
    // NB: in some worlds there are both, which keeps few laptops that may be turned away.
    let without: [Set<Act>] = [[.revoke], [.revoke], [.writeBundle, .readBundle], []]
    let left = random.pick(without)
    chosen.removeAll { left.contains($0) }
    // NB: so it is with what one of two offices takes from whom the other has turned away.
    if chosen.contains(.revoke) { chosen.removeAll { $0 == .splitOffice } }
    acts = chosen.map { ($0, $0.weight * random.pick([1, 1, 1, 5])) }
    faults = Fault.allCases.filter { _ in random.chance(60) }
    faultPercent = random.pick([0, 20, 50, 80])
    isAlwaysMixed = random.chance(40)
    laptops = 3 + random.below(4)
    villages = 2 + random.below(3)
    isOneTeam = random.chance(40)
    steps = random.pick([40, 60, 90])
    standalonePercent = random.pick([0, 0, 30, 60, 90])
    oldViewPercent = random.pick([0, 20, 50])
    equalPercent = random.pick([10, 40])
    hotRecords = random.pick([1, 2, 4, 20])
  }

  /// Draws an act.
  func act(_ random: inout SplitMix64) -> Act {
    var left = random.below(acts.reduce(0) { $0 + $1.weight })
    for (act, weight) in acts {
      if left < weight { return act }
      left -= weight
    }
    return .sync
  }
}
