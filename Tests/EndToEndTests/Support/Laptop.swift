import Foundation
import Testing

/// A laptop of a ``Town``: a store, and what a person types there.
struct Laptop {
  let town: Town
  let name: String

  var store: String { town.path(name + ".db") }

  /// Runs `kulkul` here, however it ends.
  func attempt(_ arguments: [String], input: String? = nil) throws -> Outcome {
    try town.run("kulkul", arguments + ["--store", store], input: input)
  }

  /// Runs `kulkul` here and expects it to succeed.
  @discardableResult
  func run(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> Outcome {
    let outcome = try attempt(arguments)
    try #require(
      outcome.code == 0, "\(name): \(arguments): \(outcome.err)", sourceLocation: sourceLocation)
    return outcome
  }

  /// Runs `kulkul` here for its JSON and expects it to succeed.
  @discardableResult
  func json(
    _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSON {
    let outcome = try attempt(arguments + ["--format", "json"])
    try #require(
      outcome.code == 0, "\(name): \(arguments): \(outcome.err)", sourceLocation: sourceLocation)
    return try outcome.json()
  }

  /// Runs `kulkul` here and expects it to be refused; what it said.
  func refusal(
    _ code: Int32, _ arguments: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    let outcome = try attempt(arguments)
    #expect(outcome.code == code, "\(name): \(arguments)", sourceLocation: sourceLocation)
    #expect(outcome.err.contains("\nHint: "), "\(outcome.err)", sourceLocation: sourceLocation)
    return outcome.err
  }

  // MARK: - Daily work

  /// Records a business that was found closed, for which the form asks for nothing more.
  func add(
    _ business: String, in village: String = Town.renon, _ answers: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> String {
    var arguments = ["add", "--village", village, "--set", "hasil_kunjungan=tutup"]
    for answer in ["nama_usaha=" + business] + answers { arguments += ["--set", answer] }
    let outcome = try attempt(arguments + ["--format", "json"])
    try #require(outcome.code == 0, "\(name): \(outcome.err)", sourceLocation: sourceLocation)
    return try #require(try outcome.json()["id"].text, sourceLocation: sourceLocation)
  }

  /// Changes answers of a record, from what the person was last shown of it.
  @discardableResult
  func edit(
    _ record: String, _ answers: String..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> JSON {
    var arguments = ["edit", record, "--format", "json"]
    for answer in answers { arguments += ["--set", answer] }
    let outcome = try attempt(arguments)
    try #require(outcome.code == 0, "\(name): \(outcome.err)", sourceLocation: sourceLocation)
    return try outcome.json()
  }

  @discardableResult
  func sync(sourceLocation: SourceLocation = #_sourceLocation) throws -> JSON {
    let outcome = try attempt(["sync", "--format", "json"])
    try #require(outcome.code == 0, "\(name): \(outcome.err)", sourceLocation: sourceLocation)
    return try outcome.json()
  }

  // MARK: - Looking without being noted

  /// A record as an export has it.
  ///
  /// It is shown to nobody who works here: whoever is shown a record may replace what they saw, and
  /// a test that looks must not change what an edit after it means.
  func look(_ record: String) throws -> JSON {
    let copy = Laptop(town: town, name: name + "-look")
    try copyStore(to: copy.store)
    defer { copy.removeStore() }
    let shown = try copy.json("show", record, "--reveal")
    return shown["record"]
  }

  /// What must be decided here about a record.
  func conflicts(of record: String) throws -> [JSON] {
    try json("conflicts")["conflicts"].list.filter { $0["id"].text == record }
  }

  private func copyStore(to path: String) throws {
    for suffix in ["", "-wal"] where FileManager.default.fileExists(atPath: store + suffix) {
      try FileManager.default.copyItem(atPath: store + suffix, toPath: path + suffix)
    }
  }

  private func removeStore() {
    for suffix in ["", "-wal", "-shm"] {
      do {
        try FileManager.default.removeItem(atPath: store + suffix)
      } catch {
        // Ignored because not every file need be there.
      }
    }
  }
}
