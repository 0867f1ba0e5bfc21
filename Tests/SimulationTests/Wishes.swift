import Bytes
import Model
import Reading
import Store
import TestSupport
import Worlds

/// What people want to write.
extension SimulatedWorld {
  /// Something that somebody might want to write.
  func wish(_ view: SeenRecord?, at store: Store) throws -> Wish {
    let isEqual = random.chance(swarm.equalPercent)
    func number(_ bound: Int) -> Answer {
      random.chance(7) ? .cleared : .whole(Int64(isEqual ? 20 : random.below(bound)))
    }
    func text() -> Answer {
      if random.chance(7) { return .cleared }
      return .text(isEqual ? "sama" : "t\(random.below(1000))")
    }
    func row(_ group: FieldID) -> Row {
      let rows = Set((view?.answers.keys.compactMap(\.row) ?? []).filter { $0.group == group })
      if !rows.isEmpty, random.chance(70) { return random.pick(rows.sorted()) }
      if group == TinySurvey.Field.years { return Row(group, Text("\(2020 + random.below(3))")) }
      return Row(group, Text(Letters.text(of: UInt128(random.next()), bits: 40, count: 8)))
    }
    typealias Field = TinySurvey.Field
    switch random.below(19) {
    case 0, 1: return Wish(Path(field: Field.name), text())
    case 2: return Wish(Path(field: Field.wave), text())
    case 3: return Wish(Path(field: Field.outcome), text())
    case 4: return Wish(Path(field: Field.first), text())
    case 5: return Wish(Path(field: Field.most), number(50))
    case 6: return Wish(Path(field: Field.least), number(50))
    case 7, 8: return Wish(Path(field: Field.visits), .whole(Int64(random.below(5)) - 1))
    case 9:
      let colour = Text(random.pick(TinySurvey.colours))
      return Wish(
        Path(field: Field.colours, element: colour), random.chance(60) ? .present : .absent)
    case 10: return Wish(Path(field: Field.rank), text())
    case 11: return Wish(Path(field: Field.turnover), number(40))
    case 12: return Wish(Path(field: Field.workers), number(40))
    case 13:
      let fix = Fixes.make(
        cluster: random.chance(25) ? 1 : 0, step: random.below(5), radius: random.below(4) * 5)
      return Wish(Path(field: Field.fix), random.chance(7) ? .cleared : fix)
    case 14: return Wish(Path(row: row(Field.products), field: Field.brand), text())
    case 15: return Wish(Path(row: row(Field.products), field: Field.stock), number(4))
    case 16: return Wish(Path(row: row(Field.years), field: Field.value), number(40))
    case 17:
      // NB: only who has heard of the second version of the form is asked.
      guard try formCount(store) > 1 else { return Wish(Path(field: Field.name), text()) }
      tally["answers to a question that came later", default: 0] += 1
      return Wish(Path(field: Field.later), text())
    default: return Wish(Path(field: Field.seal), text())
    }
  }
}
