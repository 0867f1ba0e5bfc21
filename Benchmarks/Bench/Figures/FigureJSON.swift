import Foundation

/// The figures for programs.
public enum FigureJSON {
  /// One object, with every run's figure.
  public static func text(_ figures: [Figure], records: Int, commit: String) throws -> String {
    let object: [String: Any] = [
      "version": 1, "kind": "bench", "records": records, "commit": commit,
      "figures": figures.map(object),
    ]
    let data = try JSONSerialization.data(
      withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data, as: UTF8.self)
  }

  private static func object(_ figure: Figure) -> [String: Any] {
    var object: [String: Any] = [
      "row": figure.row, "what": figure.what, "unit": figure.unit,
      "median": figure.value.median, "spread": figure.value.deviation, "runs": figure.value.values,
      "ratio": figure.ratio.map { $0.median as Any } ?? NSNull(),
      "ratios": figure.ratio.map { $0.values as Any } ?? NSNull(),
      "baseline": figure.baseline as Any? ?? NSNull(),
      "is_reached": figure.isReached as Any? ?? NSNull(),
    ]
    switch figure.reach {
    case .atLeast(let least): object["at_least"] = least
    case .atMost(let most): object["at_most"] = most
    case nil: break
    }
    return object
  }
}
