import Store

extension Environment {
  /// The clocks and chance of the machine; in a debug build, those that a test sets.
  func surroundings() -> Surroundings {
    .program { self[$0] }
  }
}
