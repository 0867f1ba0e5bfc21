import Comparison
import Testing

/// What holds whatever the history is.
@Suite struct RandomHistoryTests {
  private static let seeds: Range<UInt64> = 1..<301

  @Test(arguments: RuleBook.allCases)
  func `Kulkul loses no answer and asks nothing for nothing`(rules: RuleBook) {
    let failing = Self.seeds.filter { seed in
      let tally = Trial.run(RandomHistory.history(seed: seed), .kulkul, rules: rules)
      return tally.lost > 0 || tally.askedForNothing > 0
    }
    #expect(failing.isEmpty)
  }

  @Test func `The same seeds give the same report`() {
    let reports = (0..<2).map { _ in Report(scenarios: Scenario.all, seeds: 20) }
    #expect(reports[0].json == reports[1].json)
    #expect(reports[0].json != Report(scenarios: Scenario.all, seeds: 20, first: 1000).json)
  }

  @Test func `Nobody loses anything who works alone and online`() {
    var failing: [String] = []
    for seed in Self.seeds.prefix(50) {
      var history = RandomHistory.history(seed: seed)
      history.clockErrors = history.clockErrors.map { _ in 0 }
      history.events = history.events.flatMap { event -> [Event] in
        switch event {
        case .session(_, let record, let touches):
          [.session(laptop: 0, record: record, touches), .sync(laptop: 0)]
        case .register(_, let record, let touches):
          [.register(laptop: 0, record: record, touches), .sync(laptop: 0)]
        default: [.wait(minutes: 1)]
        }
      }
      for engine in EngineKind.allCases where Trial.run(history, engine).brief != "." {
        failing.append("\(engine), seed \(seed)")
      }
    }
    #expect(failing.isEmpty)
  }

  @Test func `Lines fit on a screen`() {
    let report = Report(scenarios: Scenario.all, seeds: 1)
    #expect(report.text.split(separator: "\n").allSatisfy { $0.count <= 80 })
  }
}
