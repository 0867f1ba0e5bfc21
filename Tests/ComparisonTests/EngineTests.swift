import Testing

@testable import Comparison

/// What the others are known for, one case each.
@Suite struct EngineTests {
  private static let name = Place.cell(.name, row: "")

  private static func answer(_ value: String) -> [Touch] { [.answer(name, value)] }

  /// An engine with a record that all of three laptops hold.
  private static func begun<Some: Engine>(_ engine: Some) -> Some {
    var engine = engine
    engine.save(answer("Tenun Sari"), in: 0, isNew: true, on: 0, now: 0)
    for laptop in 0..<3 { engine.sync(laptop, now: 0) }
    return engine
  }

  @Test func `CSPro merges clocks without an event, and two cases stay apart for ever`() {
    var engine = Self.begun(CSPro(laptops: 3))
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 0, now: 1)
    engine.save(Self.answer("Utama"), in: 0, isNew: false, on: 1, now: 1)
    engine.meet(1, 2, now: 2)
    engine.sync(0, now: 3)
    engine.sync(1, now: 3)
    // The first laptop is the client of the third, which still has the second's case.
    engine.meet(0, 2, now: 4)
    for _ in 0..<2 {
      for laptop in 0..<3 { engine.sync(laptop, now: 5) }
    }
    #expect(engine.screen(0, on: 0).current[Self.name] == ["Bali"])
    #expect(engine.screen(0, on: nil).current[Self.name] == ["Utama"])
  }

  @Test func `ODK applies the older of two answers last when it comes last`() {
    var engine = Self.begun(Entities(laptops: 3))
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 0, now: 1)
    engine.save(Self.answer("Utama"), in: 0, isNew: false, on: 0, now: 2)
    engine.newestArrives(from: 0, now: 3)
    #expect(engine.screen(0, on: nil).current[Self.name] == ["Tenun Sari"])
    engine.sync(0, now: 6 * 24 * 60 * 60 * 1000)
    #expect(engine.screen(0, on: nil).current[Self.name] == ["Bali"])
    #expect(engine.asks().count == 1)
  }

  @Test func `ODK waits for the earlier answer for less than five days`() {
    var engine = Self.begun(Entities(laptops: 3))
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 0, now: 1)
    engine.save(Self.answer("Utama"), in: 0, isNew: false, on: 0, now: 2)
    engine.newestArrives(from: 0, now: 3)
    engine.sync(0, now: 4 * 24 * 60 * 60 * 1000)
    #expect(engine.screen(0, on: nil).current[Self.name] == ["Utama"])
    #expect(engine.asks().isEmpty)
  }

  @Test func `ODK marks an offline run that somebody interrupted`() {
    var engine = Self.begun(Entities(laptops: 3))
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 0, now: 1)
    engine.newestArrives(from: 0, now: 2)
    engine.save([.answer(.cell(.year, row: ""), "1999")], in: 0, isNew: false, on: 0, now: 3)
    #expect(engine.asks().isEmpty)
    engine.sync(1, now: 4)
    engine.sync(0, now: 5)
    #expect(engine.asks().isEmpty)
    engine.save(Self.answer("Utama"), in: 0, isNew: false, on: 2, now: 6)
    engine.sync(2, now: 7)
    #expect(engine.asks().count == 1)
  }

  @Test func `geodiff notes an update under a deletion, and not a deletion over an update`() {
    var engine = Self.begun(Geodiff(laptops: 3))
    engine.save([.delete], in: 0, isNew: false, on: 0, now: 1)
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 1, now: 1)
    var other = engine
    engine.sync(0, now: 2)
    engine.sync(1, now: 2)
    #expect(engine.asks().count == 1)
    other.sync(1, now: 2)
    other.sync(0, now: 2)
    #expect(other.asks().isEmpty)
    #expect(!engine.screen(0, on: nil).isThere && !other.screen(0, on: nil).isThere)
  }

  @Test func `The last writer of a column is whoever has the fastest clock`() {
    var engine = Self.begun(ColumnLastWriter(laptops: 3, clockErrors: [0, 1000, 0]))
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 1, now: 1)
    engine.sync(1, now: 1)
    engine.sync(0, now: 2)
    engine.save(Self.answer("Utama"), in: 0, isNew: false, on: 0, now: 3)
    #expect(engine.screen(0, on: 0).current[Self.name] == ["Utama"])
    engine.sync(0, now: 4)
    #expect(engine.screen(0, on: 0).current[Self.name] == ["Bali"])
  }

  @Test func `Kulkul keeps waiting what comes before what it names`() {
    var engine = Self.begun(Kulkul(laptops: 3, clockErrors: [0, 0, 0], rules: .ask))
    engine.save(Self.answer("Bali"), in: 0, isNew: false, on: 0, now: 1)
    engine.save(Self.answer("Utama"), in: 0, isNew: false, on: 0, now: 2)
    engine.newestArrives(from: 0, now: 3)
    #expect(engine.screen(0, on: nil).current[Self.name] == ["Tenun Sari"])
    engine.sync(0, now: 4)
    #expect(engine.screen(0, on: nil).current[Self.name] == ["Utama"])
  }
}
