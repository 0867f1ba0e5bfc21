import Foundation
import Testing

@Suite struct `A serving office` {
  @Test(arguments: [SIGTERM, SIGINT])
  func `says where it listens, serves, and ends when it is told to`(_ signal: Int32) throws {
    let office = try Program()
    try office.run("init")
    let process = office.process(["serve", "--port", "0"])
    let pipe = Pipe()
    process.standardError = pipe
    try process.run()
    defer { if process.isRunning { process.terminate() } }

    var said = ""
    while !said.contains("Stop it with") {
      let more = pipe.fileHandleForReading.availableData
      try #require(!more.isEmpty, "it ended: \(said)")
      said += String(decoding: more, as: UTF8.self)
    }
    #expect(said.hasPrefix("The office of \"IKM Denpasar\" listens on http://127.0.0.1:"))
    #expect(said.contains("kill \(process.processIdentifier)"))

    #expect(try office.run("status").code == 0, "commands work while the office serves")
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0 && process.terminationReason == .exit)
    let rest = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    #expect(rest == "Stopped; everything that came is saved.\n")
  }
}
