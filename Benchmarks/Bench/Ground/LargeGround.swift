import Causality
import Crypto
import Foundation
import Model
import Store
import Workload

/// An office with a large survey in a file, and a laptop that holds all of it or is to.
final class LargeGround {
  let count: Int
  let place: Place
  let officePath: String
  /// A laptop that has joined and holds nothing yet.
  let emptyPath: String
  /// The laptop when it holds everything.
  let fullPath: String
  let records: [RecordID]
  let marks: SeasonMarks
  let relay: Relay
  /// How often edits were varied.
  var turn = 0
  private let person: PersonID
  private let key: Curve25519.Signing.PrivateKey

  init(count: Int) throws {
    self.count = count
    place = try Place()
    relay = try Relay()
    let season = try Season(count: count, place: place)
    try season.recordAndHandIn()
    for laptop in season.laptops { try laptop?.store.close() }
    records = season.records
    marks = season.marks
    officePath = season.office.store.path ?? ""
    guard let person = PersonID("observer") else { preconditionFailure("BUG: a bad word") }
    self.person = person
    try season.office.assign([person]) { _ in .all }
    emptyPath = place.path("empty.db")
    fullPath = place.path("full.db")
    let laptop = try season.office.laptop(
      for: person, path: emptyPath, surroundings: place.surroundings, address: relay.address)
    key = laptop.key
    try laptop.store.close()
    try FileManager.default.copyItem(atPath: emptyPath, toPath: fullPath)
    let full = BenchLaptop(
      store: try Store.open(at: fullPath, surroundings: place.surroundings), person: person,
      key: key)
    try full.sync(with: season.office)
    try full.store.close()
    try season.office.store.close()
  }

  /// Does something with the stores in this process.
  func withStores(_ body: (BenchOffice, BenchLaptop) throws -> Void) throws {
    let office = BenchOffice(try Store.open(at: officePath, surroundings: place.surroundings))
    let laptop = BenchLaptop(
      store: try Store.open(at: fullPath, surroundings: place.surroundings), person: person,
      key: key)
    try body(office, laptop)
    try laptop.store.close()
    try office.store.close()
  }

  /// Does something while the office's program serves.
  func serving<Value>(_ bench: Bench, _ body: (Relay) throws -> Value) throws -> Value {
    let server = try Server(
      program: bench.programs + "/kulkul-server", store: officePath, place: place)
    defer { server.stop() }
    relay.target = server.port
    return try body(relay)
  }

  /// Syncs the full laptop with its own program.
  func syncByProgram(_ bench: Bench) throws {
    try Program.run(
      bench.programs + "/kulkul", ["sync", "--store", fullPath],
      variables: ["HOME": place.folder.path])
  }
}
