import Bytes

/// What was measured, as people and programs read it.
public struct Report: Sendable {
  /// One scenario with what each engine made of it.
  public struct Row: Sendable {
    let scenario: Scenario
    let tallies: [Tally]
  }

  private static let engines = EngineKind.allCases
  private let rows: [Row]
  private let sums: [Tally]
  private let histories: Int
  private let rules: RuleBook
  private let hasDeletions: Bool

  /// Runs scenarios and random histories.
  ///
  /// - Parameters:
  ///   - scenarios: which scenarios.
  ///   - seeds: how many random histories.
  ///   - first: the seed of the first of them.
  ///   - rules: how the form has plain questions settled.
  ///   - hasDeletions: whether people delete in random histories.
  public init(
    scenarios: [Scenario], seeds: Int, first: UInt64 = 1, rules: RuleBook = .ask,
    hasDeletions: Bool = true
  ) {
    self.rules = rules
    self.hasDeletions = hasDeletions
    rows = scenarios.map { scenario in
      Row(
        scenario: scenario,
        tallies: Self.engines.map { Trial.run(scenario.history, $0, rules: rules) })
    }
    histories = seeds
    var sums = Self.engines.map { _ in Tally() }
    for seed in 0..<seeds {
      let history = RandomHistory.history(
        seed: first &+ UInt64(seed), hasDeletions: hasDeletions)
      for (index, engine) in Self.engines.enumerated() {
        sums[index] += Trial.run(history, engine, rules: rules)
      }
    }
    self.sums = sums
  }

  private typealias Measure = (label: String, id: String, count: @Sendable (Tally) -> Int)

  private static let measures: [Measure] = [
    ("answers given", "answers", { $0.answers }),
    ("answers lost", "lost", { $0.lost }),
    ("  silently overwritten", "overwritten", { $0.overwritten }),
    ("  deleted unseen", "deleted_unseen", { $0.deletedUnseen }),
    ("  deletions undone unseen", "undone", { $0.undone }),
    ("not counting, in a conflict", "in_conflict", { $0.inConflict }),
    ("not counting, kept by a rule", "set_aside", { $0.setAside }),
    ("decisions asked of people", "asked", { $0.asked }),
    ("  in so many records", "records_asked", { $0.recordsAsked }),
    ("  false conflicts", "asked_for_nothing", { $0.askedForNothing }),
    ("  settled by someone since", "settled_since", { $0.settledSince }),
  ]

  /// With what only scenarios have: in random histories nobody registers anything twice.
  private static let allMeasures: [Measure] =
    measures + [
      ("records said to share a unique answer", "doubles", { @Sendable in $0.doubles })
    ]

  private static let legend =
    "L lost, A asked, F asked for nothing, D displaced, shown in a conflict,\n"
    + "U records said to share an answer that should be unique"

  private var title: String {
    "\(histories) random histories\(hasDeletions ? "" : " without deletions"), "
      + "plain questions under \"\(rules.rawValue)\" in Kulkul"
  }

  private var scenarioLines: [[String]] {
    rows.map { row in
      ["\(row.scenario.id) \(row.scenario.title)"] + row.tallies.map(\.brief)
    }
  }

  private var sumLines: [[String]] {
    Self.measures.map { measure in
      [measure.label] + sums.map { String(measure.count($0)) }
    }
  }

  /// A table of at most 80 columns.
  public var text: String {
    var parts: [String] = []
    if !rows.isEmpty { parts.append(Self.table("scenario", scenarioLines) + Self.legend + "\n") }
    if histories > 0 { parts.append(title + "\n" + Self.table("", sumLines)) }
    return parts.joined(separator: "\n")
  }

  private static func table(_ corner: String, _ lines: [[String]]) -> String {
    ([[corner] + engines.map(\.title)] + lines).map { line in
      var text = line[0] + String(repeating: " ", count: max(1, 31 - line[0].count))
      for cell in line.dropFirst() {
        text += String(repeating: " ", count: max(1, 9 - cell.count)) + cell
      }
      return text + "\n"
    }
    .joined()
  }

  /// Tables in Markdown.
  public var markdown: String {
    var parts: [String] = []
    if !rows.isEmpty { parts.append(Self.markdownTable("scenario", scenarioLines)) }
    if histories > 0 { parts.append(title + "\n\n" + Self.markdownTable("", sumLines)) }
    return parts.joined(separator: "\n")
  }

  private static func markdownTable(_ corner: String, _ lines: [[String]]) -> String {
    func line(_ cells: [String]) -> String { "| " + cells.joined(separator: " | ") + " |\n" }
    let rule = "| --- |" + engines.map { _ in " ---: |" }.joined() + "\n"
    let body = lines.map { cells in
      let label = cells[0].hasPrefix("  ") ? "– " + cells[0].dropFirst(2) : cells[0]
      return line([label] + cells.dropFirst())
    }
    return line([corner] + engines.map(\.title)) + rule + body.joined()
  }

  /// The same as JSON.
  public var json: String {
    let scenarios = rows.map { row in
      JSON.object([
        ("id", .string(row.scenario.id)), ("title", .string(row.scenario.title)),
        ("engines", Self.object(row.tallies)),
      ])
    }
    let report = JSON.object([
      ("rules", .string(rules.rawValue)), ("scenarios", .array(scenarios)),
      ("histories", .count(histories)), ("deletions", .bool(hasDeletions)),
      ("engines", Self.object(sums)),
    ])
    return report.text + "\n"
  }

  private static func object(_ tallies: [Tally]) -> JSON {
    .object(
      zip(engines, tallies).map { engine, tally in
        (engine.rawValue, .object(allMeasures.map { ($0.id, .count($0.count(tally))) }))
      })
  }
}
