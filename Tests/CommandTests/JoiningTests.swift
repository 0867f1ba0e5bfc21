import Foundation
import Testing

/// What is left of a laptop that asked to join and was not let in, as far as it knows.
@Suite struct JoiningTests {
  struct Answer: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let status: String
    let type: String
    let body: [UInt8]
    let isKept: Bool

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
      type: "application/x-kulkul-problem", body: [0x4b, 0x50, 1, 0x0f, 0xab], isKept: false),
    Answer(
      testDescription: "a fault of the office", status: "500 Internal Server Error",
      type: "application/x-kulkul-problem", body: [0x4b, 0x50, 1, 0x13, 0x89], isKept: true),
    Answer(
      testDescription: "an answer that does not read", status: "200 OK",
      type: "application/x-kulkul", body: [1, 2, 3], isKept: true),
    Answer(
      testDescription: "a gateway before the office", status: "504 Gateway Timeout",
      type: "text/html", body: Array("late".utf8), isKept: true),
  ]

  @Test(arguments: answers) func `The key that was asked with goes only where the office said no`(
    _ answer: Answer
  ) throws {
    let stage = try Stage()
    defer { stage.remove() }
    let server = try OneReply(answer.bytes)
    defer { server.close() }

    let said = try stage.play("kulkul join http://127.0.0.1:\(server.port) K7M3-Q9X2", step: 0)

    #expect(said.last == "[exit 3]", "\(said)")
    let files = try stage.play("ls .local/share/kulkul", step: 1)
    #expect(files.contains("field.db") == answer.isKept, "\(said)")
    // Whatever is left is taken up again.
    let next = try stage.play("kulkul init --standalone --person wayan", step: 2)
    #expect(next.first?.contains("Started the survey") == true, "\(next)")
  }
}
