import Foundation
import Glibc
import Model
import Store
import TestSupport
import Testing
import Worlds

/// Runs crash worlds and says how to run a failing one again.
private enum Crashes {
  static let base = number("KULKUL_CRASH_BASE") ?? 1
  static let count = number("KULKUL_CRASH_SEEDS") ?? 24

  static func number(_ name: String) -> UInt64? {
    getenv(name).flatMap { UInt64(String(cString: $0)) }
  }
}

@Suite(.serialized) struct `A disk that fails` {
  @Test func `What was acknowledged is there, whatever the disk does`() throws {
    var worlds = 0
    var fired = 0
    for seed in Crashes.base..<Crashes.base + Crashes.count {
      worlds += 1
      do {
        if try CrashWorld.run(seed: seed) { fired += 1 }
      } catch {
        Issue.record("\(error)\nKULKUL_CRASH_BASE=\(seed) KULKUL_CRASH_SEEDS=1")
        Disk.arm(nil)
      }
    }
    print("\(worlds) crash worlds, \(fired) with a fault")
    // A fault that was drawn from what the same life does without it comes about.
    #expect(fired == worlds)
  }

  @Test(arguments: [
    (CrashWorld.Victim.alone, [CrashWorld.Step.save, .restart, .save]),
    (.laptop, [.saveElsewhere, .backUp, .sync, .drop]),
    (.office, [.saveElsewhere, .sync]),
  ])
  func `The power may be cut at any write or sync of a short story`(
    victim: CrashWorld.Victim, script: [CrashWorld.Step]
  ) throws {
    let (writes, _) = try CrashWorld.count(seed: 5, victim: victim, script: script)
    #expect(writes > 20)
    print("\(victim): \(writes) cuts")
    var missed: [Int64] = []
    for at in 1...writes {
      let plan = Plan(fault: .cut, at: at)
      if try !CrashWorld.run(seed: 5, victim: victim, script: script, plan) { missed.append(at) }
    }
    #expect(missed.isEmpty)
  }

  @Test func `A store that is made while the power is cut is whole, or is not there`() throws {
    let folder = try Disk.folder.get()
    let path = "\(folder)/made.db"
    defer { for end in ["", "-wal", "-shm"] { unlink(path + end) } }
    func make(_ plan: Plan?) throws {
      Disk.forget()
      let clock = TurnedClock(seed: 3)
      Disk.arm(plan?.fault, at: plan?.at ?? 0, seed: 3)
      let made = Result {
        try Store.create(at: path, role: .standalone, surroundings: clock.surroundings) {
          try $0.extendDirectory(TinySurvey.founding())
        }
      }
      // Ignored because nothing closes in order when the power is cut.
      try? made.get().close()
      if plan != nil { Disk.settle() }
      if FileManager.default.fileExists(atPath: path) {
        let store = try Store.open(at: path, surroundings: clock.surroundings)
        #expect(try store.verify().isClean)
        #expect(try store.standing().forms[1] != nil)
        try store.close()
      }
    }
    try make(nil)
    let writes = Disk.writes
    #expect(writes > 20)
    for at in 1...writes {
      for end in ["", "-wal", "-shm"] { unlink(path + end) }
      try make(Plan(fault: .cut, at: at))
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: folder)
    for name in left where name.hasPrefix("made.db") { unlink("\(folder)/\(name)") }
  }
}
