/// One of twelve small stories that go wrong somewhere.
public struct Scenario: Sendable {
  /// Its number, `S1` to `S12`.
  public let id: String
  /// What it is about.
  public let title: String
  /// What happens.
  public let history: History

  /// The scenario of a number.
  public static func named(_ id: String) -> Scenario? {
    all.first { $0.id == id.uppercased() }
  }

  /// All of them, in order.
  public static let all = [
    Scenario(
      id: "S1", title: "different questions",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 1, record: 0, [address("Jl. Nangka 2")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S2", title: "same question, other answer",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 1, record: 0, [name("Tenun Sari Utama")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S3", title: "same question, same answer",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 1, record: 0, [name("Tenun Sari Bali")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S4", title: "stale, saved unchanged",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]), .sync(laptop: 0),
          .session(laptop: 1, record: 0, []), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S5", title: "edit against delete",
      history: History(
        laptops: 2,
        events: [
          .register(laptop: 0, record: 1, [name("Perak Ayu")]), .sync(laptop: 0), .sync(laptop: 1),
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 0, record: 1, [.delete]),
          .session(laptop: 1, record: 0, [.delete]),
          .session(laptop: 1, record: 1, [name("Perak Ayu Celuk")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S6", title: "registered twice",
      history: History(
        laptops: 2,
        events: [
          .register(laptop: 0, record: 1, [name("Perak Ayu"), address("Jl. Nangka 7"), nib]),
          .register(laptop: 1, record: 2, [name("Perak Ayu"), address("Jl. Nangka No. 7"), nib]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S7", title: "chain out of order",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 0, record: 0, [name("Tenun Sari Utama")]),
          .newestArrives(laptop: 0), .wait(minutes: 6 * 24 * 60), .sync(laptop: 0),
        ])),
    Scenario(
      id: "S8", title: "rows added by two",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [.addRow("row-1", product: "endek")]),
          .session(laptop: 1, record: 0, [.addRow("row-2", product: "cepuk")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S9", title: "photo taken again by two",
      history: History(
        laptops: 2,
        events: [
          .session(laptop: 0, record: 0, [.answer(.cell(.photo, row: ""), "photo-1")]),
          .session(laptop: 1, record: 0, [.answer(.cell(.photo, row: ""), "photo-2")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S10", title: "form changed while away",
      history: History(
        laptops: 2,
        events: [
          .newForm(laptop: 1),
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 1, record: 0, [.answer(.cell(.phone, row: ""), "+62811")]),
          .sync(laptop: 1), .sync(laptop: 0),
        ])),
    Scenario(
      id: "S11", title: "wrong clock",
      history: History(
        clockErrors: [-2 * 24 * 60 * 60 * 1000, 0],
        events: [
          .session(laptop: 1, record: 0, [name("Tenun Sari Bali")]), .sync(laptop: 1),
          .sync(laptop: 0), .session(laptop: 0, record: 0, [name("Tenun Sari Utama")]),
          .sync(laptop: 0), .sync(laptop: 1),
        ])),
    Scenario(
      id: "S12", title: "three writers, a relay",
      history: History(
        laptops: 3,
        events: [
          .session(laptop: 0, record: 0, [name("Tenun Sari Bali")]),
          .session(laptop: 1, record: 0, [name("Tenun Sari Utama")]),
          .meet(0, 2), .session(laptop: 2, record: 0, [address("Jl. Nangka 2")]),
          .sync(laptop: 1), .sync(laptop: 2), .sync(laptop: 0),
        ])),
  ]

  private static let nib = Touch.answer(.cell(.nib, row: ""), "9120001234567")

  private static func name(_ value: String) -> Touch { .answer(.cell(.name, row: ""), value) }

  private static func address(_ value: String) -> Touch { .answer(.cell(.address, row: ""), value) }
}
