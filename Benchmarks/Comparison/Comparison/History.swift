/// What a person does to an open record.
public enum Touch: Hashable, Sendable {
  /// Answers a question or ticks a box.
  case answer(Place, String)
  /// Adds a row to the repeat.
  case addRow(String, product: String)
  /// Deletes a row.
  case deleteRow(String)
  /// Deletes the record.
  case delete

  /// Where the answer is put.
  public var place: Place {
    switch self {
    case .answer(let place, _): place
    case .addRow(let row, _): .cell(.product, row: row)
    case .deleteRow(let row): .life(row: row)
    case .delete: .life(row: "")
    }
  }

  /// The answer.
  public var value: String {
    switch self {
    case .answer(_, let value), .addRow(_, let value): value
    case .deleteRow, .delete: deletedValue
    }
  }
}

/// One thing that happens in the field.
public enum Event: Hashable, Sendable {
  /// Somebody opens a record on a laptop, is shown what that laptop holds, touches some questions
  /// and saves. Without touches the record is saved as it was opened.
  case session(laptop: Int, record: Int, [Touch])
  /// Somebody registers a new record.
  case register(laptop: Int, record: Int, [Touch])
  /// A laptop and the office tell each other everything.
  case sync(laptop: Int)
  /// Of what a laptop has not sent only the newest arrives.
  case newestArrives(laptop: Int)
  /// Two laptops meet without the office, where the engine knows of such a thing.
  case meet(Int, Int)
  /// A laptop gets the second version of the form.
  case newForm(laptop: Int)
  /// Time passes.
  case wait(minutes: Int64)
}

/// What happened in one survey, in order; every engine is given the same.
///
/// Record 0 was registered by the first laptop and is on all of them when the history begins. Each
/// laptop serves one person. After the last event every laptop syncs twice.
public struct History: Sendable {
  /// How wrong each laptop's clock is, in milliseconds; there are as many laptops.
  public var clockErrors: [Int64]
  /// The events.
  public var events: [Event]

  /// Makes a history.
  public init(clockErrors: [Int64], events: [Event]) {
    self.clockErrors = clockErrors
    self.events = events
  }

  /// Makes a history of some laptops whose clocks are right.
  public init(laptops: Int, events: [Event]) {
    self.init(clockErrors: Array(repeating: 0, count: laptops), events: events)
  }

  /// What record 0 holds at the beginning.
  static let registration: [Touch] = [
    .answer(.cell(.name, row: ""), "Tenun Sari"), .answer(.cell(.address, row: ""), "Jl. Nangka 1"),
    .answer(.cell(.year, row: ""), "1998"), .answer(.choice("bazaar"), Channel.ticked),
    .answer(.cell(.position, row: ""), "-8.65 115.22 30"),
    .answer(.cell(.photo, row: ""), "photo-0"), .addRow("row-0", product: "songket"),
  ]

  /// When histories begin: 2026-11-01 in Denpasar, in milliseconds since 1970.
  static let beginning: Int64 = 1_793_462_400_000
}
