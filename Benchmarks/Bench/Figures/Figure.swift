/// One line of the table: a figure, and how it stands beside what was measured with it.
public struct Figure: Sendable {
  /// What is good enough.
  public enum Reach: Sendable {
    /// So much or more.
    case atLeast(Double)
    /// So much or less.
    case atMost(Double)

    func isMet(by value: Double) -> Bool {
      switch self {
      case .atLeast(let least): value >= least
      case .atMost(let most): value <= most
      }
    }
  }

  /// The row of the table that it belongs to.
  public let row: String
  /// What was measured.
  public let what: String
  /// What it came to.
  public let value: Spread
  /// Of what.
  public let unit: String
  /// How it stands beside the baseline of the same run.
  public var ratio: Spread?
  /// What the baseline is.
  public var baseline: String?
  /// What is wanted: of the ratio if there is one, else of the figure.
  public var reach: Reach?

  /// Makes a figure.
  public init(
    _ row: String, _ what: String, _ value: Spread, _ unit: String, ratio: Spread? = nil,
    to baseline: String? = nil, reach: Reach? = nil
  ) {
    self.row = row
    self.what = what
    self.value = value
    self.unit = unit
    self.ratio = ratio
    self.baseline = baseline
    self.reach = reach
  }

  /// Whether what is wanted is there; `nil` if nothing is.
  public var isReached: Bool? { reach.map { $0.isMet(by: (ratio ?? value).median) } }
}
