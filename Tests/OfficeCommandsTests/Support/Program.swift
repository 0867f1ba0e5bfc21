import Foundation
import Testing

/// What a run of the program came to.
struct Outcome: Equatable {
  let code: Int32
  let out: String
  let err: String
}

/// The program that was built beside the tests, with a folder, a clock and chance of its own.
final class Program {
  let folder: URL
  private let binary: URL
  private var step: Int64 = 0

  private static let start: Int64 = 1_795_327_500_000  // 22 Nov 2026, 14:05 in Denpasar

  init() throws {
    let name = "kulkul-office-\(UInt64.random(in: .min ... .max))"
    folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    binary = URL(filePath: own).deletingLastPathComponent().appending(path: "kulkul-server")
  }

  deinit {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      // Ignored because a folder that is left in the temporary directory harms nobody.
    }
  }

  /// A process that is not started yet.
  func process(_ arguments: [String]) -> Process {
    step += 1
    let process = Process()
    process.executableURL = binary
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    process.environment = [
      "XDG_DATA_HOME": folder.appending(path: "data").path(percentEncoded: false),
      "KULKUL_TEST_CLOCK": String(Self.start + step * 1000), "KULKUL_TEST_SEED": String(step),
    ]
    return process
  }

  /// Runs the program to its end.
  @discardableResult
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs the program to its end.
  @discardableResult
  func run(_ arguments: [String]) throws -> Outcome {
    let process = process(arguments)
    let (out, err) = (folder.appending(path: "out"), folder.appending(path: "err"))
    for file in [out, err] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: out)
    process.standardError = try FileHandle(forWritingTo: err)
    try process.run()
    process.waitUntilExit()
    return Outcome(code: process.terminationStatus, out: try text(out), err: try text(err))
  }

  /// What a file says, without where it is.
  private func text(_ file: URL) throws -> String {
    let data = folder.appending(path: "data").path(percentEncoded: false)
    return String(decoding: try Data(contentsOf: file), as: UTF8.self)
      .replacing(data, with: "~/data")
  }
}
