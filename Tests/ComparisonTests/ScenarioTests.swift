import Comparison
import Testing

/// The twelve scenarios, with what each engine makes of them in letters: lost, asked, asked for
/// nothing, displaced and shown in a conflict, said to share a unique answer.
@Suite struct ScenarioTests {
  /// In the order CSPro, ODK Entities, geodiff, last writer of a column, Kulkul.
  private static let expected: [String: [String]] = [
    "S1": ["L1", "F1 D1", ".", ".", "."],
    "S2": ["L1", "A1 D1", "A1 D1", "L1", "A1 D1"],
    "S3": [".", "F1", ".", ".", "."],
    "S4": ["L1", "F1 D1", ".", ".", "."],
    "S5": ["L2", "L2", "L1 A1 D1", "L2", "A2 D2"],
    "S6": [".", ".", ".", ".", "U2"],
    "S7": [".", "F1 D1", ".", ".", "."],
    "S8": ["L1", "F1", ".", ".", "."],
    "S9": ["L1", "A1 D1", "A1 D1", "L1", "."],
    "S10": ["L1", "F1", ".", ".", "."],
    "S11": [".", ".", ".", "L1", "."],
    "S12": ["L1", "A1 D2", "A1 D1", "L1", "A1 D1"],
  ]

  @Test(arguments: Scenario.all.map(\.id))
  func `Each engine makes of a scenario what the table says`(id: String) throws {
    let scenario = try #require(Scenario.named(id))
    let found = EngineKind.allCases.map { Trial.run(scenario.history, $0).brief }
    #expect(found == Self.expected[id])
  }

  @Test func `Two photographs stand side by side in Kulkul`() throws {
    let scenario = try #require(Scenario.named("S9"))
    let tally = Trial.run(scenario.history, .kulkul)
    #expect(tally.lost + tally.inConflict + tally.setAside == 0)
  }

  @Test func `Kulkul names both records of a business that was registered twice, and no other`()
    throws
  {
    let scenario = try #require(Scenario.named("S6"))
    #expect(Trial.run(scenario.history, .kulkul).doubles == 2)
    var apart = scenario.history
    apart.events = apart.events.map { event in
      guard case .register(let laptop, let record, let touches) = event else { return event }
      let nib = Place.cell(.nib, row: "")
      return .register(
        laptop: laptop, record: record,
        touches.map { $0.place == nib ? .answer(nib, "912000123456\(record)") : $0 })
    }
    #expect(Trial.run(apart, .kulkul).doubles == 0)
    // One of the two is deleted: the other has the number alone.
    var history = scenario.history
    history.events += [.session(laptop: 1, record: 2, [.delete]), .sync(laptop: 1)]
    #expect(Trial.run(history, .kulkul).doubles == 0)
  }

  @Test func `A rule of the form sets an answer aside and keeps it`() throws {
    let scenario = try #require(Scenario.named("S2"))
    let tally = Trial.run(scenario.history, .kulkul, rules: .latest)
    #expect(tally.brief == ".")
    #expect(tally.setAside == 1)
  }
}
