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
    let names = arguments.filter { $0 != "--small" }
    guard names.count <= 1, !names.contains(where: { $0.hasPrefix("-") }) else {
      throw DemoError.usage
    }
    let isSmall = arguments.contains("--small")
    let folder = URL(fileURLWithPath: names.first ?? "kulkul-demo", isDirectory: true)
    let binaries = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    try clear(folder)
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
    // The server is measured like all others, and it counts once it has ended.
    office.close()
    try Closing(scene).run(since: start)
  }

  /// Makes the folder anew, and takes away nothing but what an earlier demonstration left there.
  private static func clear(_ folder: URL) throws {
    let files = FileManager.default
    if files.fileExists(atPath: folder.path) {
      let names = try files.contentsOfDirectory(atPath: folder.path)
      guard names.isEmpty || names.contains(Scene.officeFile) else {
        throw DemoError.occupied(folder.path)
      }
      try files.removeItem(at: folder)
    }
    try files.createDirectory(at: folder, withIntermediateDirectories: true)
  }
}

/// What the demonstration says while it runs.
enum Narration {
  static func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
  }
}
