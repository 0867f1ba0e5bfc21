import Causality
import Model
import TestSupport
import Testing

/// Whoever holds the same changes of a record sees the same, in whatever order and by whatever road
/// they came: states against a ledger that forgets nothing.
struct RecordStateLawTests {
  static let everything: [MiniWorld.Action] =
    [
      .write, .write, .write, .write, .move, .exchange, .exchange, .exchange, .carry, .tell,
      .reissue,
    ]

  static func world(
    seed: Int, actions: [MiniWorld.Action] = everything, steps: Int = 16
  ) -> MiniWorld {
    var random = SplitMix64(seed: seed)
    var world = MiniWorld(replicas: 3, actions: actions)
    for _ in 0..<steps {
      let village = random.chance(65) ? 0 : 1
      if world.events[village].count < 6 { world.step(in: village, using: &random) }
    }
    return world
  }

  @Test(arguments: 0..<12)
  func `Every order and every merge of a random history agrees with the ledger`(batch: Int) {
    for seed in (batch * 12)..<(batch * 12 + 12) {
      let world = Self.world(seed: seed)
      let wrong =
        world.checkCopies() ?? world.checkLaws(in: 0).wrong ?? world.checkLaws(in: 1).wrong
      if let wrong {
        Issue.record("seed \(seed): \(wrong)")
        return
      }
    }
  }

  @Test(arguments: 0..<4)
  func `Carries come in any order and number`(batch: Int) {
    for seed in (batch * 12)..<(batch * 12 + 12) {
      let world = Self.world(
        seed: seed, actions: [.write, .write, .exchange, .carry, .carry, .tell, .move])
      if let wrong = world.checkCopies() ?? world.checkLaws(in: 0).wrong {
        Issue.record("seed \(seed): \(wrong)")
        return
      }
    }
  }

  /// Two replicas and one question, after an answer that both hold in each village.
  @Test func `All small histories agree with the ledger`() {
    var (histories, orders, merges) = (0, 0, 0)
    var gen = Gen()
    while !gen.done() {
      var world = MiniWorld(
        replicas: 2, paths: [MiniWorld.nama], actions: [.write, .exchange, .carry])
      var first = Script([0, 0, 0, 0, 1, 1, 0])
      world.step(in: 0, using: &first)
      world.step(in: 0, using: &first)
      for _ in 0..<3 { world.step(in: gen.below(2), using: &gen) }

      let finding = world.checkLaws(in: 0)
      if let wrong = world.checkCopies() ?? finding.wrong {
        Issue.record("history \(histories): \(wrong)")
        return
      }
      histories += 1
      orders += finding.orders
      merges += finding.merges
    }
    #expect(histories > 6000 && orders > 8000 && merges > 60_000)
  }

  @Test func `All orders of a story are equal, one by one`() {
    for seed in 200..<206 {
      let world = Self.world(seed: seed)
      let events = Array(world.events[0].prefix(5))
      var states = Set<[UInt8]>()
      var gen = Gen()
      while !gen.done() {
        var state = RecordState()
        var held: [Event] = []
        var waiting = events
        while !waiting.isEmpty {
          let ready = waiting.indices.filter { world.ledger.isReady(waiting[$0], after: held) }
          held.append(waiting.remove(at: gen.pick(ready)))
          held.last?.apply(to: &state)
        }
        states.insert(state.bytes)
      }
      #expect(states.count == 1, "seed \(seed)")
    }
  }

  @Test(arguments: 300..<304)
  func `Merging states is a join`(seed: Int) {
    let world = Self.world(seed: seed, steps: 24)
    let states = world.copies.flatMap { $0.map(\.state) } + [RecordState()]
    checkJoinLaws(of: states) { left, right in
      var merged = left
      merged.merge(right)
      return merged
    }
  }

  @Test(arguments: 400..<404)
  func `A copy that is told of a move learns of the move alone`(seed: Int) {
    var random = SplitMix64(seed: seed)
    let world = Self.world(
      seed: seed, actions: [.write, .write, .move, .exchange, .exchange, .carry], steps: 24)
    let states = world.copies.flatMap { $0.map(\.state) }
    for _ in 0..<30 {
      let here = random.pick(states)
      let there = random.pick(states)
      var told = here
      told.merge(there, villageOnly: true)
      var toldBriefly = here
      toldBriefly.merge(there.movesOnly, villageOnly: true)
      #expect(told == toldBriefly)

      let known = Set(here.origins.map(\.name)).union(there.movesOnly.origins.map(\.name))
      #expect(world.ledger.agrees(told, with: known))
      #expect(
        told.registers.filter { $0.path != .village }
          == here.registers.filter { $0.path != .village })
    }
  }
}

/// Choices that were written down.
struct Script: Choosing {
  private var choices: ArraySlice<Int>

  init(_ choices: [Int]) {
    self.choices = choices[...]
  }

  mutating func below(_ bound: Int) -> Int {
    min(choices.popFirst() ?? 0, bound - 1)
  }
}
