import Foundation
import Testing

/// What is left of a laptop that asked to join and was not let in, as far as it knows.
@Suite struct JoiningTests {
  struct Answer: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: String
    let type: String
    let body: [UInt8]

    var bytes: [UInt8] {
      let head = """
        HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.count)\r\n\
        Connection: close\r\n\r\n
        """
      return Array(head.utf8) + body
    }
  }

  static let answers = [
    Answer(
      testDescription: "a wrong code", status: "401 Unauthorized",
      type: "application/x-kulkul-problem", body: [0x4b, 0x50, 1, 0x0f, 0xab]),
    Answer(
      testDescription: "a fault of the office", status: "500 Internal Server Error",
      type: "application/x-kulkul-problem", body: [0x4b, 0x50, 1, 0x13, 0x89]),
    Answer(
      testDescription: "an answer that does not read", status: "200 OK",
      type: "application/x-kulkul", body: [1, 2, 3]),
    Answer(
      testDescription: "a gateway before the office", status: "504 Gateway Timeout",
      type: "text/html", body: Array("late".utf8)),
  ]

  @Test(arguments: answers) func `Whatever was answered, what is left is taken up again`(
    _ answer: Answer
  ) throws {
    let stage = try Stage()
    defer { stage.remove() }
    let server = try OneReply(answer.bytes)
    defer { server.close() }

    let said = try stage.play("kulkul join http://127.0.0.1:\(server.port) K7M3-Q9X2", step: 0)

    #expect(said.last == "[exit 3]", "\(said)")
    let status = try stage.play("kulkul status", step: 1)
    #expect(status.contains { $0.contains("kulkul join URL CODE") }, "\(status)")
    let next = try stage.play("kulkul init --standalone --person wayan", step: 2)
    #expect(next.first?.contains("Started the survey") == true, "\(next)")
  }

  /// The store is made before the office is asked, and the office may take its time.
  @Test func `What somebody saves while the office thinks stays when it says no`() throws {
    let stage = try Stage()
    defer { stage.remove() }
    let start = stage.process("kulkul init --standalone --person wayan > init 2>&1", step: 1)
    let add = stage.process(
      """
      kulkul add --village Renon --set hasil_kunjungan=tutup --set 'nama_usaha=Tenun Padma' \
      > add 2>&1
      """, step: 2)
    let work = Work([start, add])
    let server = try OneReply(Self.answers[0].bytes, after: work.run)
    defer { server.close() }

    let said = try stage.play("kulkul join http://127.0.0.1:\(server.port) K7M3-Q9X2", step: 0)

    #expect(said.last == "[exit 3]", "\(said)")
    #expect(start.terminationStatus == 0 && add.terminationStatus == 0)
    #expect(try stage.play("cat add", step: 3).contains { $0.contains("Saved") })
    let list = try stage.play("kulkul list", step: 4)
    #expect(list.contains { $0.contains("Tenun Padma") }, "\(list)")
  }
}

/// Processes that are run one after the other, in whatever thread.
private final class Work: @unchecked Sendable {
  // NB: nobody looks at them before the last has ended.
  private let processes: [Process]

  init(_ processes: [Process]) {
    self.processes = processes
  }

  func run() {
    for process in processes {
      do {
        try process.run()
      } catch {
        Issue.record(error)
      }
      process.waitUntilExit()
    }
  }
}
