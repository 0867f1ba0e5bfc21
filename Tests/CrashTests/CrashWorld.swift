import Causality
import Foundation
import Model
import Office
import Store
import TestSupport
import Worlds

/// One store on a disk that fails, and what others, on disks that do not, know of it.
///
/// The store is that of a laptop that works alone, of a laptop in a survey, or of the office. A world
/// is run twice: once to count what it does on the disk, and once with a fault that is drawn evenly
/// from that. Whatever people were told is saved must be there after the next start, whoever saved
/// it; a save that nobody was told of is there whole, or not at all. Then all go on, and agree.
final class CrashWorld {
  /// Whose disk fails.
  enum Victim: CaseIterable {
    case alone, laptop, office
  }

  /// One thing that is done.
  enum Step: CaseIterable {
    /// Somebody saves several answers at once, on the disk that fails, or elsewhere.
    case save, saveElsewhere
    /// All records are listed, and one is looked into.
    case look
    /// The process ends, and another begins.
    case restart
    /// A laptop syncs, having joined first if it has not yet.
    case sync
    /// The office's store is copied and checked: its watermark. A laptop's is copied only.
    case backUp
    /// A laptop drops history below the watermark.
    case drop
  }

  let seed: UInt64
  let victim: Victim
  var random: SplitMix64
  let folder: String
  /// The store on the disk that fails.
  let subject: Site
  var laptops: [Site] = []
  var office: Site?
  /// How many changes each save was to bring, by its number, told of or not, and where.
  var batches: [Int: (count: Int, site: String)] = [:]
  /// Backups on the disk that fails, and what was saved by then.
  var backups: [(path: String, saved: [Change])] = []
  /// What the office told laptops that it has.
  var told: [VillageCode: [ReplicaID: UInt64]] = [:]
  /// What is done, if it is not drawn.
  private let script: [Step]?
  private(set) var hasFired = false
  private var plan: Plan?

  init(seed: UInt64, victim: Victim? = nil, script: [Step]? = nil) throws {
    self.seed = seed
    self.script = script
    random = SplitMix64(seed: seed)
    let drawn = random.pick([Victim.alone, .laptop, .laptop, .office])
    self.victim = victim ?? drawn
    folder = "\(try Disk.folder.get())/\(seed)"
    Disk.forget()
    mkdir(folder, 0o700)
    guard let surveyor = Templates.surveyor, let supervisor = Templates.supervisor else {
      throw CrashFailure("there is nobody")
    }
    let use = random.pick([StoreUse.shared, .alone])
    let isOffice = self.victim == .office
    if self.victim != .alone {
      office = try Site(
        "office", at: isOffice ? "\(folder)/office.db" : nil, from: Templates.office.get(),
        person: supervisor, seed: random.next())
    }
    for index in 1...(isOffice && script == nil ? 2 : 1) {
      laptops.append(
        try Site(
          "laptop \(index)", at: isOffice ? nil : "\(folder)/laptop.db",
          from: Templates.laptop.get(), person: surveyor, seed: random.next(), use: use))
    }
    subject = isOffice ? office ?? laptops[0] : laptops[0]
  }

  deinit {
    // Ignored because after a fault a store need not be able to close in order.
    try? subject.store.close()
    Disk.forget()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Where a world is on its way.
  func fail(_ text: String) -> CrashFailure {
    CrashFailure("seed \(seed), \(victim), \(plan.map { "\($0)" } ?? "no fault"): \(text)")
  }

  /// Counts what a world does on the disk, when nothing fails.
  static func count(
    seed: UInt64, victim: Victim? = nil, script: [Step]? = nil
  ) throws -> (writes: Int64, reads: Int64) {
    let world = try CrashWorld(seed: seed, victim: victim, script: script)
    return try withExtendedLifetime(world) {
      try world.live(nil)
      return (Disk.writes, Disk.reads)
    }
  }

  /// Draws a fault and runs the world with it.
  ///
  /// - Returns: whether it came about.
  static func run(seed: UInt64) throws -> Bool {
    let (writes, reads) = try count(seed: seed)
    var random = SplitMix64(seed: seed ^ 0x6661_756c_7473)
    let fault = random.pick([
      Fault.cut, .cut, .cut, .error, .errorThenCut, .errorThenCut, .full, .read, .reads,
    ])
    let most = max(1, fault.isOfReading ? reads : writes)
    return try run(seed: seed, Plan(fault: fault, at: 1 + Int64(random.below(Int(most)))))
  }

  /// Runs the world with a fault.
  static func run(
    seed: UInt64, victim: Victim? = nil, script: [Step]? = nil, _ plan: Plan
  ) throws -> Bool {
    let world = try CrashWorld(seed: seed, victim: victim, script: script)
    try world.live(plan)
    try world.check()
    return world.hasFired
  }

  /// One life of the store, up to its last process.
  private func live(_ plan: Plan?) throws {
    self.plan = plan
    try begin()
    // NB: what is drawn below is the same with a fault as without, up to the fault.
    Disk.arm(plan?.fault, at: plan?.at ?? 0, seed: random.next())
    for step in script ?? drawn() {
      guard try survives(step) else { break }
    }
    hasFired = hasFired || Disk.hasFired
    if hasFired, plan?.fault == .errorThenCut || plan?.fault == .cut { Disk.arm(.cut, at: 1) }
    // Ignored because nothing closes in order when the power is cut, or the disk is full.
    try? subject.store.close()
    guard let plan else { return }
    hasFired = hasFired || Disk.hasFired
    if plan.fault == .cut || plan.fault == .errorThenCut { Disk.settle() }
    Disk.arm(nil)
  }

  /// Does one thing.
  ///
  /// - Returns: `false` when there is nobody any more to go on.
  private func survives(_ step: Step) throws -> Bool {
    let hadFired = Disk.hasFired
    do {
      try act(step)
    } catch let failure as CrashFailure {
      throw failure
    } catch {
      guard Disk.hasFired, Self.isOfTheDisk(error) else {
        throw fail("\(step) ended with \(error), without a fault of the disk")
      }
      hasFired = true
      if plan?.fault == .cut { return false }
      if hadFired, plan?.fault == .error || plan?.fault == .read {
        throw fail("after one fault \(step) does not go any more: \(error)")
      }
    }
    guard Disk.hasFired else { return true }
    hasFired = true
    switch plan?.fault {
    case .cut?: return false
    case .errorThenCut?: if !hadFired { cutLater() }
    case .reads?: Disk.arm(nil)
    case .full?: if random.yes() { Disk.arm(nil) }
    default: break
    }
    // A store that failed to be opened is opened again, by whoever comes next.
    if step == .restart || random.chance(30) {
      do {
        try restart()
      } catch  where Self.isOfTheDisk(error) && Disk.hasFired {
        return false
      }
    }
    return true
  }

  private func cutLater() {
    Disk.arm(.cut, at: 1 + Int64(random.below(60)), seed: random.next())
  }

  private static func isOfTheDisk(_ error: any Error) -> Bool {
    switch error {
    case StoreError.disk, BackupError.file: true
    default: false
    }
  }

  private func drawn() -> [Step] {
    let weights: [(Step, Int)] =
      switch victim {
      case .alone: [(.save, 60), (.look, 15), (.restart, 12), (.backUp, 6)]
      case .laptop:
        [
          (.save, 25), (.saveElsewhere, 12), (.sync, 25), (.backUp, 12), (.drop, 12),
          (.restart, 8), (.look, 6),
        ]
      case .office:
        [
          (.save, 20), (.saveElsewhere, 20), (.sync, 30), (.backUp, 12), (.drop, 6),
          (.restart, 6), (.look, 6),
        ]
      }
    let all = weights.flatMap { Array(repeating: $0.0, count: $0.1) }
    return (0..<(4 + random.below(9))).map { _ in random.pick(all) }
  }
}
