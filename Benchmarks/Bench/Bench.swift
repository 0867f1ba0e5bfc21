import Foundation

/// What is to be measured: how much, how often, and with which programs.
public final class Bench {
  /// How many records the workload has.
  public let count: Int
  /// How often everything is measured.
  public let runs: Int
  /// How often growth is measured at a million records.
  public let vastRuns: Int
  /// How many records the large store has.
  public let large: Int
  /// The folder of the programs `kulkul` and `kulkul-server`.
  public let programs: String
  /// Another folder of the same programs, such as the stripped ones; `nil` if there is none.
  public let others: String?
  /// The folder of the programs as they are handed out, by `make dist`; `nil` if there are none.
  public let dist: String?
  /// Where the plot of the growth goes; `nil` for nowhere.
  public let plot: String?
  /// Whether growth is measured as far as it goes.
  public let isFull: Bool
  /// Says what is being done.
  public let say: (String) -> Void
  private var seasons: [Int: [SeasonRun]] = [:]
  private var ground: LargeGround?

  /// Makes a plan.
  public init(
    count: Int = 4045, runs: Int = 5, vastRuns: Int = 1, large: Int = 404_500, programs: String,
    others: String? = nil, dist: String? = nil, plot: String? = nil, isFull: Bool = false,
    say: @escaping (String) -> Void = { _ in }
  ) {
    self.count = count
    self.runs = runs
    self.vastRuns = vastRuns
    self.large = large
    self.programs = programs
    self.others = others
    self.dist = dist
    self.plot = plot
    self.isFull = isFull
    self.say = say
  }

  /// Measures rows in order.
  public func measure(_ rows: [any Row.Type]) throws -> [Figure] {
    try Durability.install()
    return try rows.flatMap { row in
      say(row.name)
      return try row.measure(self)
    }
  }

  /// The seasons of so many records: they are gone through once, whoever asks.
  func seasons(_ count: Int, runs: Int) throws -> [SeasonRun] {
    if let known = seasons[count], known.count >= runs { return known }
    let made = try Durability.skipping {
      try (0..<runs).map { run in
        say("a season of \(count) records, run \(run + 1) of \(runs)")
        return try SeasonRun(count: count, place: Place())
      }
    }
    seasons[count] = made
    return made
  }

  /// An office with a large survey, and a laptop that is to hold all of it: made once.
  func largeGround() throws -> LargeGround {
    if let ground { return ground }
    say("a survey of \(large) records")
    let made = try Durability.skipping { try LargeGround(count: large) }
    ground = made
    return made
  }
}

/// A row of the table: one thing that is measured.
public protocol Row {
  /// The word by which it is asked for.
  static var name: String { get }
  /// Whether it takes long, so that it is measured only when asked for.
  static var isLong: Bool { get }
  /// Measures it.
  static func measure(_ bench: Bench) throws -> [Figure]
}

extension Row {
  /// No row takes long that does not say so.
  public static var isLong: Bool { false }
}

/// All rows, in the order of the table.
public enum Rows {
  /// The rows.
  public static var all: [any Row.Type] {
    [
      SaveOne.self, EditOne.self, BulkCreate.self, FirstSyncBytes.self, FirstSyncHeldOut.self,
      EditBytes.self, TenfoldEditBytes.self,
      MergeFirst.self, MergeEdits.self, NothingNew.self, NothingNewLarge.self, TenEdits.self,
      TenEditsLarge.self, CatchUp.self,
      OpenStore.self, Memory.self, Disk.self, WholeProcess.self, Bursts.self, Readable.self,
      Growth.self,
    ]
  }
}
