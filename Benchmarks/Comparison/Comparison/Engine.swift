/// What a person is shown of a record.
public struct Screen: Sendable {
  /// Whether the record is there: known and not deleted.
  public var isThere = false
  /// What counts at each place; several only where several photographs stand side by side.
  public var current: [Place: [String]] = [:]
  /// Every side of the conflicts that are shown with it.
  public var sides: [Place: [String]] = [:]
  /// Answers that a rule of the form set aside, which still stand behind what counts.
  public var behind: [Place: [String]] = [:]
  /// The rows that are there.
  public var rows: Set<String> = []

  /// Whether an answer is before the person's eyes.
  func shows(_ value: String, at place: Place) -> Bool {
    current[place]?.contains(value) == true || sides[place]?.contains(value) == true
  }

  /// Shows a line of a table.
  mutating func show(_ cells: Cells, of key: Key) {
    for (column, value) in cells where column != .channels {
      current[key.place(column)] = [value]
    }
    if key.row.isEmpty {
      let ticked = Channel.split(cells[.channels] ?? "")
      for choice in Channel.all {
        current[.choice(choice)] = [ticked.contains(choice) ? Channel.ticked : Channel.empty]
      }
    } else {
      rows.insert(key.row)
    }
  }
}

/// Something that somebody is asked to decide or to look through.
public struct Ask: Sendable {
  /// The record.
  public let record: Int
  /// The places that it is about, each with the answers that are shown as its sides.
  ///
  /// A contested record or row is asked about at its life.
  public var sides: [Place: [String]]
  /// Whether all of a record, or of one row, is put before the person and not single questions.
  public var isWhole = false
  /// The row, if it is about one.
  public var row = ""

  /// Whether an answer is shown as one of its sides.
  func shows(_ value: String, at place: Place) -> Bool {
    isWhole ? place.row == row : sides[place]?.contains(value) == true
  }
}

/// One way to bring together what several people wrote without each other.
protocol Engine {
  /// Whether two laptops can exchange what they hold without the office.
  static var canMeet: Bool { get }

  /// Whether saves travel one by one, so that a later one can come before an earlier one. What sends
  /// states sends all of them at once.
  static var sendsSaves: Bool { get }

  /// What a laptop, or with `nil` the office, shows of a record.
  func screen(_ record: Int, on laptop: Int?) -> Screen

  /// Saves a record as it was shown, with what the person touched.
  mutating func save(_ touches: [Touch], in record: Int, isNew: Bool, on laptop: Int, now: Int64)

  /// A laptop and the office tell each other everything.
  mutating func sync(_ laptop: Int, now: Int64)

  /// Of what a laptop has not sent only the newest save arrives.
  mutating func newestArrives(from laptop: Int, now: Int64)

  /// Two laptops tell each other everything.
  mutating func meet(_ left: Int, _ right: Int, now: Int64)

  /// A laptop gets the second version of the form.
  mutating func newForm(_ laptop: Int)

  /// What stands on people's lists at the end, in a fixed order.
  func asks() -> [Ask]

  /// The records of which somebody is told at the end that another has an answer which should be one
  /// record's alone. Of the merge rules compared only Kulkul's look from one record to another.
  func doubles() -> Set<Int>
}

extension Engine {
  mutating func newestArrives(from laptop: Int, now: Int64) {}
  mutating func meet(_ left: Int, _ right: Int, now: Int64) {}
  mutating func newForm(_ laptop: Int) {}
  func asks() -> [Ask] { [] }
  func doubles() -> Set<Int> { [] }
}

/// The engines that are compared.
public enum EngineKind: String, CaseIterable, Sendable {
  /// CSPro: the whole case, by its vector clock.
  case cspro
  /// ODK Entities: the properties that were received last.
  case entities
  /// geodiff, as Mergin Maps uses it: columns rebased.
  case geodiff
  /// The last writer of each column, by time.
  case lastWriter = "last_writer"
  /// Kulkul.
  case kulkul

  /// What stands over its column.
  public var title: String {
    switch self {
    case .cspro: "CSPro"
    case .entities: "ODK Ent."
    case .geodiff: "geodiff"
    case .lastWriter: "col. LWW"
    case .kulkul: "Kulkul"
    }
  }

  func make(laptops: Int, clockErrors: [Int64], rules: RuleBook) -> any Engine {
    switch self {
    case .cspro: CSPro(laptops: laptops)
    case .entities: Entities(laptops: laptops)
    case .geodiff: Geodiff(laptops: laptops)
    case .lastWriter: ColumnLastWriter(laptops: laptops, clockErrors: clockErrors)
    case .kulkul: Kulkul(laptops: laptops, clockErrors: clockErrors, rules: rules)
    }
  }
}

/// How the form wants plain questions settled; only Kulkul has rules.
public enum RuleBook: String, CaseIterable, Sendable {
  /// As goes without saying: a person decides.
  case ask
  /// The newest answer counts.
  case latest
}

extension Cells {
  /// Takes over what was touched in one line.
  mutating func take(_ touches: [Touch], of row: String) {
    for touch in touches {
      switch touch.place {
      case .cell(let column, row): self[column] = touch.value
      case .choice(let choice) where row.isEmpty:
        var ticked = Channel.split(self[.channels] ?? "")
        if touch.value == Channel.ticked { ticked.insert(choice) } else { ticked.remove(choice) }
        self[.channels] = Channel.joined(ticked)
      default: continue
      }
    }
  }
}
