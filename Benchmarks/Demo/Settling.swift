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
    Narration.say("All have synced. Answers that did not see each other, by rule:")
    try RuleTable(rulings, form: Preset.denpasar.form).say(isComplete: !scene.isSmall)
    let list = try scene.supervisor("conflicts", "--format", "json").json()
    guard let conflicts = list["conflicts"] as? [[String: Any]] else {
      throw DemoError.unexpected("\(list)")
    }
    let contested = conflicts.count { $0["matter"] as? String == "contested" }
    Narration.say("Deleted by one and edited, unseen, by another: \(contested).")
    Narration.say("So \(conflicts.count) are left to a person. The supervisor settles them:")
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
    Narration.say("All have synced again, and no conflict is left.")
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
