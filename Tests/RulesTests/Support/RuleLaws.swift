import Causality
import Model
import Rules
import Testing

/// One rule of every kind, as forms have them.
let usualRules: [Rule] = [
  .latest(then: .ask), .first(then: .ask), .max, .union, .sum, .bestFix,
  .role(then: .latest(then: .ask)), .role(then: .fixed), .sameOrAsk(percent: 10),
  .askIfClassChanges(edges: [Decimal(20)]), .fixed, .ask,
]

/// Every rule, with the second rules and parameters that make a difference.
let everyRule: [Rule] = [
  .latest(then: .ask), .latest(then: .max), .latest(then: .first(then: .min)),
  .latest(then: .latest(then: .min)), .first(then: .ask), .first(then: .role(then: .ask)), .max,
  .min, .union, .sum, .bestFix, .role(then: .ask), .role(then: .latest(then: .ask)),
  .role(then: .fixed), .role(then: .first(then: .ask)), .role(then: .sameOrAsk(percent: 10)),
  .sameOrAsk(percent: 0), .sameOrAsk(percent: 10), .sameOrAsk(percent: 500),
  .askIfClassChanges(edges: [Decimal(20)]), .askIfClassChanges(edges: []), .fixed, .ask,
  // Forms cannot say these, but a decoder could.
  .latest(then: .sum), .role(then: .union), .sameOrAsk(percent: -1), .role(then: .role(then: .max)),
]

/// Whether every answer is an increment of its own.
func isSum(_ rule: Rule) -> Bool {
  if case .sum = rule { true } else { false }
}

/// What must hold of any rule for any contenders with distinct origins.
///
/// Returns what is broken rather than expecting it, because the cases are too many for that.
func brokenLaw(_ contenders: [Contender], by rule: Rule) -> String? {
  let verdict = settle(contenders, by: rule)
  let ascending = contenders.sorted()
  for order in contenders.permutations where settle(order, by: rule) != verdict {
    return "the order matters"
  }
  for twice in contenders where settle([twice] + contenders, by: rule) != verdict {
    return "repetition matters"
  }
  if case .unanswered = verdict { return contenders.isEmpty ? nil : "answers were ignored" }
  guard let latest = ascending.last else { return "nothing was settled" }
  let differ = Set(contenders.map(\.answer)).count > 1
  if !isSum(rule), !differ {
    guard let settlement = verdict.settlement, settlement.answer == latest.answer,
      settlement.winner == latest.origin, settlement.rule == rule
    else { return "equal answers are in conflict" }
  }
  switch verdict {
  case .unanswered: break
  case .settled(let settlement):
    if settlement.behind != contenders.count { return "not everything stands behind" }
    if let winner = settlement.winner {
      let isRight = contenders.contains {
        $0.origin == winner && $0.answer == settlement.answer
      }
      if !isRight { return "the winner did not say that" }
      let winners = contenders.filter { $0.answer == settlement.answer }
      if case .first = settlement.rule {
      } else if winners.count > 1, !isSum(rule), !differ,
        winners.max()?.origin != winner
      {
        return "not the latest of equals"
      }
    }
  case .open(let provisional, let sides):
    if contenders.count < 2 { return "a lone answer is in conflict" }
    if sides.count < 2, !isSum(rule) { return "a conflict has one side" }
    if !sides.contains(where: { $0.answer == provisional }) { return "nobody said it" }
    if Set(sides.map(\.answer)).count != sides.count { return "two sides say the same" }
    if sides.flatMap(\.contenders).sorted() != ascending { return "the sides are not everyone" }
    for side in sides {
      if side.contenders != side.contenders.sorted() { return "a side is out of order" }
      if side.contenders.contains(where: { $0.answer != side.answer }) { return "a wrong side" }
    }
    let firsts = sides.compactMap(\.contenders.first)
    if firsts != firsts.sorted() { return "the sides are out of order" }
  }
  return nil
}

/// What must hold of the names an edit may replace.
func brokenWriting(_ view: [Contender], by rule: Rule, _ writer: Writer, _ act: Act) -> String? {
  let names = named(view, rule: rule, writer: writer, act: act)
  for order in view.permutations
  where named(order + order, rule: rule, writer: writer, act: act) != names {
    return "the order matters"
  }
  if names != names.sorted() || Set(names).count != names.count { return "not ascending" }
  let chosen = view.filter { names.contains($0.origin) }
  if chosen.count != names.count { return "a name that was not shown" }
  if !mayReplace(chosen, rule: rule, writer: writer, act: act) {
    return "the office refuses what was offered"
  }
  if act == .resolution, writer.role.mayResolve {
    return names.count == view.count ? nil : "a decision leaves a side standing"
  }
  if act != .edit { return names.isEmpty ? nil : "an act that is not theirs" }
  let others = chosen.filter { $0.person != writer.person }
  if settle(view, by: rule).isOpen, !others.isEmpty { return "a conflict was cut short" }
  switch rule {
  case .sum: if !names.isEmpty { return "an increment replaced one" }
  case .fixed, .first: if !others.isEmpty { return "others' answers were replaced" }
  case .role:
    if chosen.contains(where: { $0.role > writer.role }) { return "someone above was replaced" }
  default:
    let isSettled = !settle(view, by: rule).isOpen
    if isSettled, chosen.count != view.count { return "a settled answer stays beside the new" }
  }
  return nil
}
