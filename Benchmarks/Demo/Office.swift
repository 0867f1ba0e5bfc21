import Causality
import Forms
import Foundation

/// The office: its survey, its people, its server.
final class Office {
  private let scene: Scene
  private var process: Process?
  let port = 18_043 + Int(getpid() % 2000)

  var address: String { "http://127.0.0.1:\(port)" }

  init(_ scene: Scene) {
    self.scene = scene
  }

  /// Makes the survey and says who works where.
  func found() throws {
    try scene.server("init")
    for laptop in scene.all {
      let villages = [laptop, (laptop + 1) % scene.laptops].map {
        scene.villages[$0].code.description
      }
      try scene.server(
        "person", "add", scene.surveyor(laptop), "--name", "Surveyor \(laptop + 1)", "--role",
        "surveyor", "--village", villages[0], "--village", villages[1])
    }
    try scene.server(
      "person", "add", "ketut", "--name", "Ni Ketut", "--role", "supervisor", "--village", "all")
    Narration.say("The office has a survey, \(scene.laptops) surveyors and a supervisor.")
  }

  /// Invites a laptop; the code that it joins with.
  func invite(_ name: String, for person: String) throws -> String {
    let reply = try scene.server("device", "invite", name, "--for", person, "--format", "json")
    guard let code = try reply.json()["code"] as? String else {
      throw DemoError.unexpected(reply.output)
    }
    return code
  }

  /// Starts the server and waits until it answers.
  func open() throws {
    let server = Process()
    server.executableURL = scene.tool.binaries.appendingPathComponent("kulkul-server")
    server.arguments = ["serve", "--port", String(port), "--store", scene.office]
    let log = scene.file("server.log")
    try Data().write(to: log)
    server.standardError = try FileHandle(forWritingTo: log)
    server.standardOutput = FileHandle.nullDevice
    server.standardInput = FileHandle.nullDevice
    try server.run()
    process = server
    for _ in 0..<200 {
      if try String(contentsOf: log, encoding: .utf8).contains(String(port)) { return }
      usleep(50_000)
    }
    throw DemoError.unexpected("the server did not start; see \(log.path)")
  }

  /// Ends the server as a person would.
  func close() {
    guard let process, process.isRunning else { return }
    process.terminate()
    process.waitUntilExit()
    self.process = nil
  }
}
