import Causality
import Foundation
import Model
import Store
import Workload

/// One run of the workload: 43 laptops record their villages and hand them in, hold everything, edit,
/// hand that in, and catch up.
///
/// Each part is a method, to be called in this order; what it brings to light is kept in `marks`.
/// The waits for the disk are left out throughout.
final class Season {
  let count: Int
  let place: Place
  let office: BenchOffice
  let people: [PersonID]
  var laptops: [BenchLaptop?] = []
  /// The records by their number in the workload.
  var records: [RecordID] = []
  var marks = SeasonMarks()
  /// Whether what zstd makes of each request is wanted too.
  private let packs: Bool
  /// The words of the records.
  private let terms: Denpasar.Terms

  /// The laptops that edit: all, but of a very large survey three.
  var editors: Range<Int> { 0..<(count <= 50_000 ? Denpasar.villages : 3) }
  /// Whether every editing laptop holds all villages; else the first does, and the others hold what
  /// they edit.
  var holdsAll: Bool { count <= 10_000 || editors.count <= 3 }

  init(
    count: Int, place: Place, packs: Bool = false, terms: Denpasar.Terms = .denpasar
  ) throws {
    self.packs = packs
    self.terms = terms
    self.count = count
    self.place = place
    people = (0..<Denpasar.villages).compactMap { PersonID("surveyor\($0)") }
    office = try BenchOffice(path: place.path("office.db"), surroundings: place.surroundings)
    try office.assign(people) { .villages([BenchOffice.villages[$0]]) }
    records = []
  }

  /// Every laptop records its village in one commit, and hands it in.
  func recordAndHandIn() throws {
    var found = [RecordID?](repeating: nil, count: count)
    for (number, person) in people.enumerated() {
      let path = place.path("laptop.db")
      let laptop = try office.laptop(for: person, path: path, surroundings: place.surroundings)
      let own = Array(stride(from: number, to: count, by: Denpasar.villages))
      let creations = laptop.creations(own, of: terms)
      var saved: [Saved] = []
      try marks.recording.add { saved = try laptop.store.save(creations) }
      for (index, saved) in zip(own, saved) { found[index] = saved.record }
      if packs { marks.firstUpPacked += Packed.size(try laptop.request()) }
      let carried = try laptop.sync(with: office)
      marks.firstUp += carried.up
      marks.firstMerging.processor += carried.office.processor
      marks.firstMerging.wall += carried.office.wall
      if editors.contains(number) {
        laptops.append(laptop)
      } else {
        laptops.append(nil)
        try laptop.store.close()
        Place.remove(path)
      }
    }
    records = found.compactMap { $0 }
  }

  /// The editing laptops come to hold what they will edit; the first holds everything.
  func spread() throws {
    let villages = BenchOffice.villages
    try office.assign(people) { number in
      if holdsAll || number == 0 { return .all }
      let before = (number + Denpasar.villages - 1) % Denpasar.villages
      return .villages([villages[before], villages[number]].sorted())
    }
    for number in editors { try laptops[number]?.sync(with: office) }
  }

  /// Every laptop edits without seeing the others, in one commit each.
  func edit() throws {
    let all = Denpasar.edits(count)
    for number in editors {
      guard let laptop = laptops[number] else { continue }
      let own = all.filter { $0.laptop == number }
      let edits = try laptop.edits(own.map { (records[$0.record], $0.changes) })
      try marks.editing.add { _ = try laptop.store.save(edits) }
      marks.edits += own.count
      marks.cells += own.reduce(0) { $0 + $1.changes.count }
    }
  }

  /// The office takes the edits in, laptop after laptop; the first laptop is told before the others
  /// have come.
  func merge() throws {
    for number in editors {
      guard let laptop = laptops[number] else { continue }
      let bytes = try laptop.request()
      let device = try laptop.store.standing().device
      let proof = try laptop.proof(of: bytes)
      marks.editsUp.append(bytes.count)
      if packs { marks.editsUpPacked += Packed.size(bytes) }
      try marks.merging.add {
        try office.take(bytes, from: device, proof: proof)
      }
      if number == 0 { try laptop.sync(with: office) }
    }
  }

  /// The first laptop, which has heard nothing since it handed its edits in, catches up.
  func catchUp() throws {
    guard let laptop = laptops[0] else { return }
    var carried = Carried()
    try marks.catchingUp.add { carried = try laptop.sync(with: office) }
    marks.caughtUp = carried
  }

  /// Whether the first laptop and the office hold the same.
  func doAgree() throws -> Bool {
    guard let laptop = laptops[0] else { return false }
    let (ours, theirs) = (try laptop.store.vectors(), try office.store.vectors())
    return ours == theirs
  }

  func close() throws {
    for laptop in laptops { try laptop?.store.close() }
    try office.store.close()
  }
}

/// What one season brought to light.
struct SeasonMarks {
  /// Saving all records, one commit a laptop.
  var recording = Took()
  /// Bytes of the requests with all records.
  var firstUp = 0
  /// What zstd -3 makes of each of them.
  var firstUpPacked = 0
  /// The office taking them in, from the bytes of the request to those of the reply.
  var firstMerging = Took()
  /// Saving the edits, one commit a laptop.
  var editing = Took()
  /// How many edits, and how many cells they change.
  var edits = 0
  var cells = 0
  /// Bytes of the request with each laptop's edits.
  var editsUp: [Int] = []
  /// What zstd -3 makes of each of them.
  var editsUpPacked = 0
  /// The office taking the edits in.
  var merging = Took()
  /// The first laptop catching up, and the office's part in it.
  var catchingUp = Took()
  var caughtUp = Carried()
}
