import Foundation
import Testing

/// Runs the `store-worker` that is built beside the tests.
enum Worker {
  static func start(_ arguments: [String]) throws -> (process: Process, output: Pipe) {
    let process = Process()
    process.executableURL = try folder().appendingPathComponent("store-worker")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    return (process, output)
  }

  /// The folder of the running test bundle.
  private static func folder() throws -> URL {
    let here = Bundle.main.bundleURL
    for candidate in [here, here.deletingLastPathComponent()]
    where FileManager.default.isExecutableFile(
      atPath: candidate.appendingPathComponent("store-worker").path)
    {
      return candidate
    }
    let executable = try #require(CommandLine.arguments.first)
    return URL(fileURLWithPath: executable).deletingLastPathComponent()
  }

  /// Reads until so many lines were printed, or all there will ever be.
  static func read(_ output: Pipe, lines count: Int) -> Data {
    var data = Data()
    while data.count(where: { $0 == 10 }) < count {
      let more = output.fileHandleForReading.availableData
      if more.isEmpty { break }
      data += more
    }
    return data
  }

  /// The whole lines that it printed, those read before included.
  static func lines(_ output: Pipe, after read: Data = Data()) -> [String] {
    let data = read + output.fileHandleForReading.readDataToEndOfFile()
    let text = String(decoding: data, as: UTF8.self)
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init)
    return text.hasSuffix("\n") ? lines : lines.dropLast()
  }
}
