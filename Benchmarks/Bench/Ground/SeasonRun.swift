import Store
import Workload

/// One season, and beside it plain SQLite and the session extension doing the same in turn.
struct SeasonRun {
  let marks: SeasonMarks
  /// 43 plain tables with one commit each.
  let plainRecording: Double
  /// The session extension taking 43 changesets in; `nil` if SQLite has none.
  let sessionMerging: Double?
  /// Plain updates of the same cells, one commit for each laptop.
  let plainUpdating: Double
  let nothing: Nothing
  let ten: [(carried: Carried, took: Took)]
  let overlaps: Overlaps?
  let officeBytes: Int
  let laptopBytes: Int
  let plainBytes: Int

  /// Goes through one season, without waiting for the disk.
  init(count: Int, place: Place) throws {
    let rows = PlainRows(records: 0..<count)
    var recording = 0.0
    var changesets: [Changeset] = []
    for laptop in 0..<Denpasar.villages {
      let path = place.path("plain.db")
      do {
        let table = try PlainTable(path: path)
        let own = stride(from: laptop, to: count, by: Denpasar.villages)
        recording += try Processor.seconds { try table.insert(rows, own) }
      }
      Place.remove(path)
      guard PlainTable.hasSessions else { continue }
      let table = try PlainTable(path: path)
      changesets.append(try table.record(rows, first: laptop, step: Denpasar.villages))
      Place.remove(path)
    }
    let season = try Season(count: count, place: place)
    try season.recordAndHandIn()
    if changesets.isEmpty {
      sessionMerging = nil
    } else {
      let path = place.path("session.db")
      let table = try PlainTable(path: path)
      sessionMerging = try Processor.seconds { for one in changesets { try table.apply(one) } }
      Place.remove(path)
    }
    changesets = []
    try season.spread()
    try season.edit()

    let path = place.path("plain.db")
    let plain = try PlainTable(path: path)
    try plain.insert(rows)
    try plain.settle()
    plainBytes = try Place.bytes(path)
    plainUpdating = try Self.update(plain, season)
    try season.merge()
    try season.catchUp()
    nothing = try season.doNothing()
    ten = try (0..<3).map { try season.handInTen($0) }
    marks = season.marks
    plainRecording = recording
    let paths = (season.office.store.path ?? "", season.laptops[0]?.store.path ?? "")
    try season.close()
    officeBytes = try Place.bytes(paths.0)
    laptopBytes = try Place.bytes(paths.1)
    overlaps = season.editors.count == Denpasar.villages ? try season.readOverlaps() : nil
  }

  private static func update(_ plain: PlainTable, _ season: Season) throws -> Double {
    let all = Denpasar.edits(season.count)
    let parts = season.editors.map { laptop in
      PlainRows(
        cells: all.filter { $0.laptop == laptop }.flatMap { edit in
          edit.changes.map { (edit.record, $0.field, $0.value) }
        })
    }
    return try Processor.seconds {
      for part in parts { try plain.update(part, 0..<part.count) }
    }
  }
}
