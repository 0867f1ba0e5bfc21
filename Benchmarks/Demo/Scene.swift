import Forms
import Foundation
import Workload

/// Who takes part: one laptop a village, each serving its own and the next, and a supervisor.
struct Scene: Sendable {
  let tool: Tool
  /// How many villages and laptops.
  let laptops: Int
  /// How many businesses.
  let businesses: Int

  /// The name of the office's store, by which a folder is known to be a demonstration's.
  static let officeFile = "office.db"

  var all: [Int] { Array(0..<laptops) }
  /// Whether this is but a quick look.
  var isSmall: Bool { laptops < villages.count }
  var villages: [Village] { Preset.denpasar.villages.villages }
  var office: String { tool.folder.appendingPathComponent(Scene.officeFile).path }
  var supervisorStore: String { tool.folder.appendingPathComponent("supervisor.db").path }

  func store(_ laptop: Int) -> String {
    tool.folder.appendingPathComponent("laptop-\(Scene.two(laptop + 1)).db").path
  }

  func surveyor(_ laptop: Int) -> String { "surveyor\(Scene.two(laptop + 1))" }

  func file(_ name: String) -> URL { tool.folder.appendingPathComponent(name) }

  /// Runs `kulkul` on a laptop.
  @discardableResult
  func kulkul(_ laptop: Int, _ arguments: String..., input: String? = nil) throws -> Outcome {
    try tool.run("kulkul", arguments + ["--store", store(laptop)], input: input)
  }

  /// Runs `kulkul` on the supervisor's laptop.
  @discardableResult
  func supervisor(_ arguments: String...) throws -> Outcome {
    try tool.run("kulkul", arguments + ["--store", supervisorStore])
  }

  /// Runs `kulkul-server` at the office.
  @discardableResult
  func server(_ arguments: String...) throws -> Outcome {
    try tool.run("kulkul-server", arguments + ["--store", office])
  }

  static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : String(number) }
}

/// A table as it was exported, whose cells can be changed before it is imported again.
struct Sheet {
  let columns: [String]
  var rows: [[String]]
  private let position: [String: Int]

  init(_ bytes: [UInt8]) throws {
    var reader = CSVReader(bytes)
    guard let header = try reader.next() else { throw DemoError.unexpected("an empty table") }
    columns = header.fields
    position = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    rows = []
    while let row = try reader.next() { rows.append(row.fields) }
  }

  subscript(row: Int, column: String) -> String {
    get { position[column].map { rows[row][$0] } ?? "" }
    set { if let index = position[column] { rows[row][index] = newValue } }
  }

  /// Some rows, with the columns that are wanted.
  func csv(rows wanted: [Int], columns names: [String]) -> String {
    var writer = CSVWriter()
    let present = names.filter { position[$0] != nil }
    writer.row(present)
    for row in wanted { writer.row(present.map { self[row, $0] }) }
    return writer.text
  }
}
