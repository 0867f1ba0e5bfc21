import Foundation
import Glibc
import Testing

/// An office and its laptops in a folder of their own: the real programs, built beside the tests,
/// and real HTTP on the loopback.
///
/// The office knows `wayan` and `made`, surveyors of Renon and Sanur, and `ketut`, a supervisor of
/// all villages. Clocks and chance are the machine's.
final class Town {
  let folder: URL
  private let programs: URL
  private let server = Server()
  /// Variables of its processes, beside those that every process of a town has.
  var variables: [String: String] = [:]

  /// Founds the office; its server is not running yet.
  init() throws {
    let name = "kulkul-town-\(UInt64.random(in: .min ... .max))"
    folder = FileManager.default.temporaryDirectory.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    programs = try Self.programFolder()
    try office("init")
    for person in ["wayan", "made"] {
      try office(
        "person", "add", person, "--name", "\(person) of Renon", "--role", "surveyor", "--village",
        Town.renon, "--village", Town.sanur)
    }
    try office(
      "person", "add", "ketut", "--name", "Ni Ketut", "--role", "supervisor", "--village", "all")
  }

  deinit {
    server.end(by: SIGKILL)
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      // Ignored because a folder that is left in the temporary directory harms nobody.
    }
  }

  static let renon = "51.71.01.1005"
  static let sanur = "51.71.01.1006"

  /// Where the tests were built, and the programs with them.
  static func programFolder() throws -> URL {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return URL(filePath: own).deletingLastPathComponent()
  }

  /// Where a file of this town lies.
  func path(_ name: String) -> String {
    folder.appending(path: name).path(percentEncoded: false)
  }

  // MARK: - The office

  var officeStore: String { path("office.db") }

  /// Runs `kulkul-server` at the office and expects it to succeed.
  @discardableResult
  func office(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try run("kulkul-server", arguments + ["--store", officeStore])
    try #require(outcome.code == 0, "\(arguments): \(outcome.err)", sourceLocation: sourceLocation)
    return outcome
  }

  /// The code with which a new laptop may join.
  func invite(_ laptop: String, for people: String) throws -> String {
    let reply = try office("device", "invite", laptop, "--for", people, "--format", "json")
    return try #require(try reply.json()["code"].text)
  }

  var address: String { "http://127.0.0.1:\(server.port)" }

  /// Starts the server, the second time at the port of the first, and waits until it listens.
  func open() throws {
    let process = process("kulkul-server", ["serve", "--store", officeStore])
    try server.start(process, log: path("server.log"))
  }

  /// Ends the server as its keeper would.
  func close() {
    server.end(by: SIGTERM)
  }

  /// Ends the server in the middle of whatever it does.
  func killServer() {
    server.end(by: SIGKILL)
  }

  // MARK: - Laptops

  /// A laptop without anything on it.
  func newLaptop(_ name: String) -> Laptop {
    Laptop(town: self, name: name)
  }

  /// A laptop that has joined, where the first of its people works.
  func laptop(_ name: String, for people: String) throws -> Laptop {
    let laptop = newLaptop(name)
    try laptop.run("join", address, try invite(name, for: people))
    if let first = people.split(separator: ",").first, first.count < people.count {
      try laptop.run("as", String(first))
    }
    return laptop
  }

  // MARK: - Processes

  /// A process of this town that is not started yet.
  func process(_ program: String, _ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = programs.appending(path: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = ["HOME": path("home"), "PATH": "/usr/bin:/bin", "KULKUL_LANG": "en"]
      .merging(variables) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    return process
  }

  /// Runs a program to its end.
  ///
  /// What it says goes to files: a pipe would be inherited by whatever another thread starts, and
  /// would not end before that.
  ///
  /// - Parameter isRead: whether anybody reads its stdout; otherwise that is a pipe without a reader.
  func run(
    _ program: String, _ arguments: [String], input: String? = nil, isRead: Bool = true
  ) throws -> Outcome {
    let process = process(program, arguments)
    let names = UInt64.random(in: .min ... .max)
    let files = [".out-\(names)", ".err-\(names)", ".in-\(names)"].map {
      folder.appending(path: $0)
    }
    for file in files { try Data((file == files[2] ? input ?? "" : "").utf8).write(to: file) }
    process.standardOutput =
      isRead ? try FileHandle(forWritingTo: files[0]) : try unreadPipe()
    process.standardError = try FileHandle(forWritingTo: files[1])
    process.standardInput = try FileHandle(forReadingFrom: files[2])
    try process.run()
    process.waitUntilExit()
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    for file in files { try FileManager.default.removeItem(at: file) }
    return Outcome(code: process.terminationStatus, out: texts[0], err: texts[1])
  }

  /// The end to write to of a pipe whose other end is closed, also in whatever is started meanwhile.
  private func unreadPipe() throws -> FileHandle {
    let path = path(".pipe-\(UInt64.random(in: .min ... .max))")
    try #require(mkfifo(path, 0o600) == 0)
    let reader = Glibc.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    let writer = Glibc.open(path, O_WRONLY | O_CLOEXEC)
    try #require(reader >= 0 && writer >= 0)
    Glibc.close(reader)
    unlink(path)
    return FileHandle(fileDescriptor: writer, closeOnDealloc: true)
  }
}

/// The office's server as a process.
private final class Server {
  private(set) var port = 0
  private var process: Process?

  func start(_ process: Process, log: String) throws {
    process.arguments = (process.arguments ?? []) + ["--port", String(port)]
    try Data().write(to: URL(filePath: log))
    process.standardError = try FileHandle(forWritingTo: URL(filePath: log))
    try process.run()
    self.process = process
    for _ in 0..<1500 {
      let said = try String(contentsOfFile: log, encoding: .utf8)
      if said.contains("Stop it with"), let match = said.firstMatch(of: /127\.0\.0\.1:([0-9]+)/) {
        port = Int(match.1) ?? 0
        return
      }
      try #require(process.isRunning, "the server ended: \(said)")
      usleep(20_000)
    }
    Issue.record("the server does not listen")
  }

  func end(by signal: Int32) {
    guard let process else { return }
    if process.isRunning { kill(process.processIdentifier, signal) }
    process.waitUntilExit()
    self.process = nil
  }
}
