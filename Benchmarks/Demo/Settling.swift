import Forms
import Foundation
import Store

/// All meet at the office; the rules settle what they can, the supervisor the rest by command.
struct Settling {
  private let scene: Scene

  init(_ scene: Scene) {
    self.scene = scene
  }

  func run() throws {
    let scene = scene
    for _ in 0..<2 { try scene.tool.forEach(scene.all) { try scene.kulkul($0, "sync") } }
    try scene.supervisor("sync")
    let store = try Store.open(at: scene.supervisorStore)
    let rulings = try store.rulings(form: Preset.denpasar.form.id)
    try store.close()
    Narration.say("All have synced. What the rules settled by themselves:")
    for (rule, count) in rulings.settled.sorted(by: { $0.key < $1.key }) {
      Narration.say("  \(rule.padding(toLength: 44, withPad: " ", startingAt: 0)) \(count)")
    }
    let list = try scene.supervisor("conflicts", "--format", "json").json()
    guard let conflicts = list["conflicts"] as? [[String: Any]] else {
      throw DemoError.unexpected("\(list)")
    }
    Narration.say("What they left to a person: \(conflicts.count). The supervisor settles it:")
    var shown = 0
    for conflict in conflicts {
      let line = try settle(conflict)
      shown += 1
      if shown <= 5 { Narration.say("  \(line)") }
    }
    if shown > 5 { Narration.say("  … and \(shown - 5) more") }
    try scene.supervisor("sync")
    try scene.tool.forEach(scene.all) { try scene.kulkul($0, "sync") }
    let left = try scene.supervisor("conflicts", "--format", "json").json()
    let rest = (left["conflicts"] as? [Any])?.count ?? -1
    guard rest == 0 else { throw DemoError.disagreement("\(rest) conflicts are left") }
  }

  private func settle(_ conflict: [String: Any]) throws -> String {
    guard let record = conflict["id"] as? String,
      let question = conflict["question"] as? String, let matter = conflict["matter"] as? String
    else { throw DemoError.unexpected("\(conflict)") }
    try scene.supervisor("conflicts", "show", record)
    if matter == "contested" {
      try scene.supervisor("resolve", record, "--keep", "--because", "masih berproduksi")
      return "resolve \(record.prefix(5)) --keep"
    }
    guard let sides = conflict["sides"] as? [[String: Any]],
      let side = sides.first?["side"] as? String
    else { throw DemoError.unexpected("\(conflict)") }
    try scene.supervisor(
      "resolve", record, question, "--take", side, "--because", "ditelepon, dipastikan")
    return "resolve \(record.prefix(5)) \(question) --take \(side) --because …"
  }
}
