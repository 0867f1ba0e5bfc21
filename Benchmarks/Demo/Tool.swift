import Foundation

/// What a process said and how it ended.
struct Outcome {
  let status: Int32
  let output: String
  let errors: String

  /// The standard output as JSON.
  func json() throws -> [String: Any] {
    let value = try JSONSerialization.jsonObject(with: Data(output.utf8))
    guard let object = value as? [String: Any] else { throw DemoError.unexpected(output) }
    return object
  }
}

/// What stopped the demonstration.
enum DemoError: Error, CustomStringConvertible {
  case failed(command: String, status: Int32, errors: String)
  case unexpected(String)
  case disagreement(String)
  case occupied(String)
  case usage

  var description: String {
    switch self {
    case .failed(let command, let status, let errors):
      "\(command)\nended with \(status):\n\(errors)"
    case .unexpected(let text): "unexpected output: \(text.prefix(400))"
    case .disagreement(let text): "NOT PROVEN: \(text)"
    case .occupied(let path):
      "\(path) is not a folder of an earlier demonstration. Name another one."
    case .usage: "Type scripts/demo [--small] [FOLDER]."
    }
  }
}

/// Runs the real programs, as a person would.
struct Tool: Sendable {
  let binaries: URL
  let folder: URL

  /// Runs a command and expects it to succeed.
  @discardableResult
  func run(_ program: String, _ arguments: [String], input: String? = nil) throws -> Outcome {
    let outcome = try attempt(program, arguments, input: input)
    guard outcome.status == 0 else {
      throw DemoError.failed(
        command: ([program] + arguments).joined(separator: " "), status: outcome.status,
        errors: outcome.errors)
    }
    return outcome
  }

  /// Runs a command, however it ends.
  func attempt(_ program: String, _ arguments: [String], input: String? = nil) throws -> Outcome {
    let process = Process()
    process.executableURL = binaries.appendingPathComponent(program)
    process.arguments = arguments
    process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"]
    let output = Pipe()
    let errors = Pipe()
    let keyboard = Pipe()
    process.standardOutput = output
    process.standardError = errors
    process.standardInput = keyboard
    try process.run()
    if let input { keyboard.fileHandleForWriting.write(Data(input.utf8)) }
    try keyboard.fileHandleForWriting.close()
    // NB: errors are few, so reading one pipe after the other cannot fill the second.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Outcome(
      status: process.terminationStatus, output: String(decoding: said, as: UTF8.self),
      errors: String(decoding: complained, as: UTF8.self))
  }

  /// Does something for each of some, two at a time, as there are two cores.
  func forEach(_ some: [Int], _ body: @escaping @Sendable (Int) throws -> Void) throws {
    let failures = Failures()
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 2
    for one in some {
      queue.addOperation {
        do { try body(one) } catch { failures.add(error) }
      }
    }
    queue.waitUntilAllOperationsAreFinished()
    if let first = failures.first { throw first }
  }
}

/// Errors of operations that run beside each other.
private final class Failures: @unchecked Sendable {
  private let lock = NSLock()
  private var errors: [any Error] = []

  func add(_ error: any Error) {
    lock.withLock { errors.append(error) }
  }

  var first: (any Error)? { lock.withLock { errors.first } }
}
