import Foundation
import Workload

/// The main job from end to end, with the real programs: an office, 43 laptops without a network,
/// neighbours who edit the same records, a supervisor who settles what the rules leave open.
///
/// Every step is a process that a person could have started. At the end the stores are compared and
/// checked; if they disagree, the demonstration says so and fails.
@main
struct Demo {
  static func main() {
    do {
      try run(Array(CommandLine.arguments.dropFirst()))
    } catch {
      FileHandle.standardError.write(Data("demonstration stopped: \(error)\n".utf8))
      exit(1)
    }
  }

  private static func run(_ arguments: [String]) throws {
    let isSmall = arguments.contains("--small")
    let folder = URL(
      fileURLWithPath: arguments.last { !$0.hasPrefix("--") } ?? "kulkul-demo",
      isDirectory: true)
    let binaries = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    if FileManager.default.fileExists(atPath: folder.path) {
      try FileManager.default.removeItem(at: folder)
    }
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let scene = Scene(
      tool: Tool(binaries: binaries, folder: folder.standardizedFileURL), laptops: isSmall ? 6 : 43,
      businesses: isSmall ? 240 : Businesses.count)
    let start = Date()
    let office = Office(scene)
    try office.found()
    try office.open()
    defer { office.close() }
    try Recording(scene).run(joining: office)
    let meeting = Meeting(scene: scene)
    Narration.say("Two weeks without a network: neighbours edit the same records.")
    try scene.tool.forEach(scene.all) { try meeting.work(on: $0) }
    try Settling(scene).run()
    try Proof(scene).run()
    try Closing(scene).run(since: start)
  }
}

/// What the demonstration says while it runs.
enum Narration {
  static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
