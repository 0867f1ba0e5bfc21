/// Tells a failing world by the fewest of its acts (Zeller's delta debugging).
///
/// Each step draws from chance of its own, so leaving one out changes the others only where they
/// built on it; what is left fails in the same way.
struct Shrinking {
  let seed: UInt64
  /// What is looked at after each act, beside what always is.
  var inspect: (SimulatedWorld) throws -> Void = { _ in }
  /// Whether the story has every message in it.
  var tellsMessages = false

  /// A failing world.
  struct Story {
    /// The steps that it needs.
    let steps: [Int]
    /// What went wrong.
    let failure: String
    /// What happened, one column per replica.
    let trace: Trace
  }

  /// The shortest story of the seed's failure that removing acts leads to; `nil` if it does not fail.
  func story() -> Story? {
    guard let whole = failure(keeping: nil) else { return nil }
    var shortest = whole
    var kept = whole.steps
    var size = max(1, kept.count / 2)
    while true {
      var isShorter = false
      var start = 0
      while start < kept.count {
        let rest = Array(kept[..<start] + kept[min(kept.count, start + size)...])
        if let story = failure(keeping: rest), Self.kind(story.failure) == Self.kind(whole.failure)
        {
          (kept, shortest, isShorter) = (rest, story, true)
        } else {
          start += size
        }
      }
      if size == 1 && !isShorter { return shortest }
      size = max(1, size / 2)
    }
  }

  /// Runs the world with these steps alone.
  private func failure(keeping kept: [Int]?) -> Story? {
    var trace = Trace()
    var steps = kept ?? []
    do {
      let all = Set(0..<(try SimulatedWorld(seed: seed)).swarm.steps)
      steps = kept ?? all.sorted()
      let world = try SimulatedWorld(seed: seed, skipping: all.subtracting(steps))
      world.inspect = inspect
      world.tellsMessages = tellsMessages
      defer { trace = world.trace }
      try world.run()
      return nil
    } catch {
      return Story(steps: steps, failure: "\(error)", trace: trace)
    }
  }

  /// A failure without what is different in each telling of it: numbers, names and answers.
  static func kind(_ failure: String) -> String {
    failure.split(separator: " ").filter { word in
      word.allSatisfy { $0.isLetter && $0.isLowercase }
    }.prefix(4).joined(separator: " ")
  }
}
