import Foundation
import Workload

/// The laptops join, record their share of the businesses and bring it to the office.
struct Recording {
  private let scene: Scene

  init(_ scene: Scene) {
    self.scene = scene
  }

  func run(joining office: Office) throws {
    for laptop in scene.all {
      let code = try office.invite("Laptop \(laptop + 1)", for: scene.surveyor(laptop))
      try scene.kulkul(laptop, "join", office.address, code)
    }
    let code = try office.invite("Supervisor", for: "ketut")
    try scene.supervisor("join", office.address, code)
    Narration.say("\(scene.laptops) laptops and the supervisor's have joined.")
    let scene = scene
    try scene.tool.forEach(scene.all) { laptop in
      let own = stride(from: laptop, to: scene.businesses, by: scene.laptops).map {
        laptop + Denpasar.villages * ($0 / scene.laptops)
      }
      let file = scene.file("businesses-\(laptop).csv")
      try Data(Businesses.csv(own, villages: scene.villages).utf8).write(to: file)
      try scene.kulkul(laptop, "import", file.path)
    }
    Narration.say("They recorded \(scene.businesses) businesses without a network.")
    for _ in 0..<2 { try scene.tool.forEach(scene.all) { try scene.kulkul($0, "sync") } }
    Narration.say("Everything is at the office, and neighbours hold each other's records.")
  }
}
