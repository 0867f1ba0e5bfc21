import Causality
import Foundation
import Store
import Wire

/// Compares every store with the office's, and lets every store check itself.
struct Proof {
  private let scene: Scene

  init(_ scene: Scene) {
    self.scene = scene
  }

  func run() throws {
    let office = try Store.open(at: scene.office)
    var compared = 0
    for path in scene.all.map(scene.store) + [scene.supervisorStore] {
      let laptop = try Store.open(at: path)
      let scope = Set(try laptop.standing().scope)
      for held in try laptop.vectors() where scope.contains(held.village) {
        let there = VillageVector(
          village: held.village, vector: try office.vector(of: held.village))
        guard Digest.vectors([held]) == Digest.vectors([there]) else {
          throw DemoError.disagreement("\(path) and the office differ in \(held.village)")
        }
        compared += 1
      }
      guard try laptop.unsentCount() == 0 else {
        throw DemoError.disagreement("\(path) has unsent changes")
      }
      try laptop.close()
    }
    try office.close()
    Narration.say("Digests are equal in all \(compared) copies of villages that laptops hold.")
    let scene = scene
    try scene.tool.forEach(scene.all) { try scene.kulkul($0, "verify") }
    try scene.supervisor("verify")
    let report = try scene.server("verify", "--format", "json").json()
    Narration.say(
      "verify is clean on every laptop and at the office (\(report["changes"] ?? "?") changes).")
  }
}
