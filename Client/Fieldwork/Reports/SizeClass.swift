import Model

/// The size of a business in one scheme's words.
public enum SizeClass: String, Hashable, Sendable, CaseIterable {
  /// Micro.
  case mikro
  /// Small.
  case kecil
  /// Medium, in the statistics office's word.
  case sedang
  /// Medium, in the ministry's word.
  case menengah
  /// Large.
  case besar
  /// An input is missing. A size is never assumed.
  case unclassified
}

/// Who says what is small: the schemes disagree, so a size is only ever shown with its scheme.
public enum SizeScheme: String, Hashable, Sendable, CaseIterable {
  /// The statistics office's: workers.
  case bps
  /// Permenperin 64/2016: workers, and investment without land and buildings.
  case permenperin64

  /// The classes that the scheme knows, in ascending order, and then ``SizeClass/unclassified``.
  public var classes: [SizeClass] {
    switch self {
    case .bps: [.mikro, .kecil, .sedang, .besar, .unclassified]
    case .permenperin64: [.kecil, .menengah, .besar, .unclassified]
    }
  }

  /// The size of a business, derived and never stored.
  ///
  /// - Parameters:
  ///   - workers: all who work there; `nil` if that is not known.
  ///   - investment: in rupiah, without land and buildings; `nil` if that is not known.
  public func size(workers: Int64?, investment: Int64?) -> SizeClass {
    guard let workers, workers > 0 else { return .unclassified }
    switch self {
    case .bps:
      switch workers {
      case ..<5: return .mikro
      case ..<20: return .kecil
      case ..<100: return .sedang
      default: return .besar
      }
    case .permenperin64:
      guard let investment, investment >= 0 else { return .unclassified }
      if workers < 20 { return investment < 1_000_000_000 ? .kecil : .menengah }
      return investment <= 15_000_000_000 ? .menengah : .besar
    }
  }
}
