/// What several runs came to.
public struct Spread: Sendable {
  /// The figure of each run, ascending.
  public let values: [Double]

  /// Makes a spread of the figures of at least one run.
  public init(_ values: [Double]) {
    precondition(!values.isEmpty, "BUG: nothing was measured")
    self.values = values.sorted()
  }

  /// A figure that is the same in every run.
  public init(_ value: Int) { self.init([Double(value)]) }

  /// The figure in the middle.
  public var median: Double { values[values.count / 2] }

  /// Half of what lies between the least and the most, as a share of the middle.
  public var deviation: Double {
    guard let first = values.first, let last = values.last, median != 0 else { return 0 }
    return (last - first) / 2 / median
  }
}

extension Spread {
  /// The figure in the middle, as a text among others.
  var rate: String { FigureTable.number(median) }
}
