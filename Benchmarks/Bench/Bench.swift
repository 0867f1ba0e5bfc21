import Bytes
import CBaseline
import Causality
import Forms
import Foundation
import Model
import Reading
import Store
import Sync
import Wire
import Workload

/// Measures what Kulkul costs beside plain SQLite on the same rows in the same run.
///
/// It prints ratios, because absolute times of shared machines say nothing; each is the median of
/// the runs. With `--format json` one JSON object comes on stdout. `--only import` leaves the rest
/// out, and `--runs 1` makes one run, so that a profiler sees nothing else.
@main
struct Bench {
  static func main() throws {
    let arguments = Arguments(Array(CommandLine.arguments.dropFirst()))
    let count = arguments.count
    let runs = arguments.runs
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kulkul-bench-\(UInt64.random(in: 0 ..< .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
      do { try FileManager.default.removeItem(at: folder) } catch {
        FileHandle.standardError.write(Data("left behind: \(folder.path)\n".utf8))
      }
    }
    var figures = Figures(records: count)
    let records = (0..<count).map { Denpasar.record($0) }
    for run in 0..<runs {
      try figures.measure(records: records, folder: folder, run: run)
    }
    if !arguments.isImportOnly { figures.uploads = try firstSyncBytes(records) }
    print(arguments.isJSON ? figures.json : figures.table)
  }

  /// The bytes of the 43 first uploads: each laptop's own records in one village.
  private static func firstSyncBytes(_ records: [[Denpasar.Value]]) throws -> Int {
    var bytes = 0
    for laptop in 0..<Denpasar.villages {
      let store = try Laptop(path: nil)
      let own = stride(from: laptop, to: records.count, by: Denpasar.villages)
      try store.importRecords(own.map { ($0, records[$0]) })
      let material = try store.store.syncMaterial(budget: 1 << 30)
      for frame in material.frames { bytes += frame.bytes.count }
    }
    return bytes
  }
}

/// What was asked for: `[RECORDS] [--runs N] [--only import] [--format json]`.
private struct Arguments {
  private(set) var count = 4045
  private(set) var runs = 5
  private(set) var isImportOnly = false
  private(set) var isJSON = false

  init(_ words: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      switch word {
      case "--runs": runs = max(1, rest.popFirst().flatMap { Int($0) } ?? runs)
      case "--only": isImportOnly = rest.popFirst() == "import"
      case "--format": isJSON = rest.popFirst() == "json"
      default: count = Int(word) ?? count
      }
    }
  }
}

/// A store that holds the workload's form.
struct Laptop {
  let store: Store
  private let person: PersonID
  private let villages: [VillageCode]

  init(path: String?) throws {
    store = try Store.create(at: path, role: .standalone)
    guard let person = PersonID("bench") else { preconditionFailure("BUG: a bad word") }
    self.person = person
    villages = Preset.denpasar.villages.villages.map(\.code)
    let sheets = BenchForm.sheets
    try store.extendDirectory([
      .survey(
        Survey(id: 1, name: "bench", preset: "bench", zoneMinutes: 480, zoneName: "WITA")),
      .villages(Preset.denpasar.villagesSheet),
      .form(
        id: 1, survey: sheets.survey, choices: sheets.choices, settings: sheets.settings),
    ])
  }

  func edits(_ records: [(Int, [Denpasar.Value])]) -> [Edit] {
    records.map { index, values in
      var wishes: [Wish] = []
      wishes.reserveCapacity(values.count)
      for (field, value) in values.enumerated() {
        wishes.append(Wish(Path(field: FieldID(UInt32(16 + field))), Self.answer(value)))
      }
      return Edit(
        form: 1, village: villages[index % villages.count], record: nil, person: person,
        wishes: wishes)
    }
  }

  func importRecords(_ records: [(Int, [Denpasar.Value])]) throws {
    _ = try store.save(edits(records))
  }

  static func answer(_ value: Denpasar.Value) -> Answer {
    switch value {
    case .text(let text): .text(text)
    case .integer(let number): .whole(number)
    case .real(let millionths): .number(Decimal(unscaled: millionths, scale: 6) ?? .zero)
    }
  }
}
