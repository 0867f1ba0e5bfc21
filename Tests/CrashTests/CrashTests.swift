import CFaults
import Causality
import Forms
import Glibc
import Model
import Reading
import Store
import TestSupport
import Testing
import Worlds

/// One store on a disk that fails: at some operation, from then on, or by a power cut.
///
/// Whatever was acknowledged must be there after the next start; what was not may be there whole, or
/// not at all. The store is then used on, and must verify clean.
private final class CrashWorld {
  private let seed: UInt64
  private var random: SplitMix64
  private let path: String
  private let clock: TurnedClock
  private var acknowledged: [Change] = []
  private var records: [RecordID] = []
  private static let person = PersonID("wayan")

  init(seed: UInt64, folder: String) {
    self.seed = seed
    random = SplitMix64(seed: seed)
    path = "\(folder)/\(seed).db"
    clock = TurnedClock(seed: random.next())
  }

  deinit {
    for end in ["", "-wal", "-shm"] { unlink(path + end) }
  }

  /// Runs one life of the store.
  ///
  /// - Returns: whether the fault came about.
  func run(operations: Int64) throws -> Bool {
    var store = try Store.create(at: path, role: .standalone, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding())
    for _ in 0..<random.below(4) { try write(to: store) }
    let kind = random.pick([faults_cut, faults_cut, faults_cut, faults_error, faults_full])
    let at = 1 + Int64(random.below(Int(operations)))
    faults_arm(kind, at, random.next())
    var didFail = false
    var isOpen = true
    for _ in 0..<(3 + random.below(12)) {
      do {
        if random.chance(10) {
          // Ignored because a store may fail to be closed on such a disk; it is opened again.
          try? store.close()
          isOpen = false
          store = try Store.open(at: path, surroundings: clock.surroundings)
          isOpen = true
        }
        try write(to: store)
      } catch let error as StoreError {
        guard faults_fired() != 0 else { throw error }
        didFail = true
        // One bad moment of the disk must not end the program's work.
        if kind == faults_cut || !isOpen { break }
        if kind == faults_full && random.yes() { faults_arm(faults_none, 0, 0) }
      }
    }
    let hasFired = faults_fired() != 0 || didFail
    // Ignored because after a power cut nothing can be closed in order.
    try? store.close()
    if kind == faults_cut { faults_settle() }
    faults_arm(faults_none, 0, 0)
    try check()
    return hasFired
  }

  private func write(to store: Store) throws {
    guard let person = Self.person else { return }
    clock.pass(Int64(random.below(10_000)))
    var edits: [Edit] = []
    let count = random.chance(20) ? 2 + random.below(30) : 1
    for _ in 0..<count {
      let wish = Wish(Path(field: TinySurvey.Field.name), .text("t\(random.below(1000))"))
      if count == 1, let record = random.chance(50) ? records.last : nil {
        guard let shown = try store.show([(record, 1)], to: person).first else { continue }
        edits.append(
          Edit(
            form: 1, village: shown.village, record: record, person: person, view: shown.state,
            wishes: [wish]))
      } else {
        edits.append(
          Edit(
            form: 1, village: random.pick(TinySurvey.villages), record: nil, person: person,
            wishes: [wish]))
      }
    }
    for saved in try store.save(edits) {
      if let change = saved.change { acknowledged.append(change) }
      if !records.contains(saved.record) { records.append(saved.record) }
    }
  }

  /// Opens the store as the next command would, and looks for everything that was acknowledged.
  private func check() throws {
    let store = try Store.open(at: path, surroundings: clock.surroundings)
    let report = try store.verify()
    guard report.isClean else { throw CrashFailure(text: "seed \(seed): \(report.problems)") }
    for change in acknowledged {
      guard try store.change(change.name)?.change == change else {
        throw CrashFailure(text: "seed \(seed): \(change.dot) was acknowledged and is not there")
      }
    }
    try write(to: store)
    guard try store.verify().isClean else {
      throw CrashFailure(text: "seed \(seed): not clean after going on")
    }
    try store.close()
  }
}

private struct CrashFailure: Error, CustomStringConvertible {
  let text: String

  var description: String { text }
}

/// Runs crash worlds and says how to run a failing one again.
private enum Crashes {
  static let base = number("KULKUL_CRASH_BASE") ?? 1
  static let count = number("KULKUL_CRASH_SEEDS") ?? 60

  static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }
}

@Suite(.serialized) struct `A disk that fails` {
  @Test func `What was acknowledged is there, whatever the disk does`() throws {
    var template = Array("/dev/shm/kulkul-crash-XXXXXX".utf8CString)
    let folder = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer { rmdir(folder) }
    try #require(faults_install(folder) == 0)
    var fired = 0
    for seed in Crashes.base..<Crashes.base + Crashes.count {
      do {
        if try CrashWorld(seed: seed, folder: folder).run(operations: 120) { fired += 1 }
      } catch {
        Issue.record("\(error)\nKULKUL_CRASH_BASE=\(seed) KULKUL_CRASH_SEEDS=1")
        faults_arm(faults_none, 0, 0)
      }
    }
    print("\(Crashes.count) crash worlds, \(fired) with a fault")
    #expect(fired > Int(Crashes.count) / 3)
  }
}
