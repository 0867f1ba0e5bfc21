import Foundation
import Store
import Testing
import Worlds

extension `A disk that fails` {
  @Test func `A page that the disk does not give is no damage of the file`() throws {
    // A world that nothing befalls, for its store.
    let world = try CrashWorld(seed: 4, victim: .alone, script: [])
    for _ in 0..<4 { try world.save(at: world.subject) }
    var failed = 0
    for at in 1...1000 as ClosedRange<Int64> {
      try world.restart()
      Disk.arm(.read, at: at)
      defer { Disk.arm(nil) }
      do {
        #expect(try world.subject.store.verify().problems.isEmpty, "reading \(at)")
      } catch StoreError.disk {
        failed += 1
      }
      guard Disk.hasFired else { break }
    }
    #expect(failed > 10)
    #expect(try world.subject.store.verify().isClean)
  }
}
