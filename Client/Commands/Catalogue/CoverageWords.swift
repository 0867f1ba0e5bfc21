import Fieldwork

/// The words of the coverage.
enum CoverageWords: Phrase {
  case sizes(SizeScheme, [SizeClass: Int])
  case stamp(String, UInt64)

  var text: String {
    switch self {
    case .sizes(let scheme, let sizes):
      "Size by \(Self.name(scheme)): "
        + scheme.classes.map { "\(sizes[$0] ?? 0) \($0.rawValue)" }.joined(separator: ", ")
    case .stamp(let held, let directory): "Holds \(held), directory \(directory)"
    }
  }

  private static func name(_ scheme: SizeScheme) -> String {
    switch scheme {
    case .bps: "BPS (workers)"
    case .permenperin64: "Permenperin 64/2016 (workers and investment)"
    }
  }
}
