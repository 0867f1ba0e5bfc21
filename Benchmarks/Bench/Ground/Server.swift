import Foundation

/// The office's program, serving on loopback.
final class Server {
  let port: UInt16
  private let process: pid_t
  private var isStopped = false

  init(program: String, store: String, place: Place) throws {
    port = try Relay.freePort()
    let log = place.path("server.log")
    process = try Program.spawn(
      program, ["serve", "--port", String(port), "--store", store],
      variables: ["HOME": place.folder.path], output: log)
    for _ in 0..<600 {
      // Ignored because the log may not be there yet.
      if let text = try? String(contentsOfFile: log, encoding: .utf8), text.contains(String(port)) {
        return
      }
      usleep(20_000)
    }
    stop()
    throw BenchError.unexpected("the server did not start; see \(log)")
  }

  deinit { stop() }

  /// The most memory that it had so far, in bytes.
  var memory: Int { Program.memory(of: process) ?? 0 }

  /// Ends it as a person would.
  func stop() {
    if isStopped { return }
    isStopped = true
    kill(process, SIGTERM)
    var status: Int32 = 0
    waitpid(process, &status, 0)
  }
}
