import Model
import TestSupport
import Testing

/// Rules as forms write them.
struct RuleTests {
  /// Every rule there is, with up to two second choices.
  static func rule(depth: Int, _ gen: inout Gen) -> Rule {
    let simple: [Rule] = [
      .ask, .max, .min, .bestFix, .fixed, .sameOrAsk(percent: 0), .sameOrAsk(percent: 100),
      .askIfClassChanges(edges: [.read("20")]),
      .askIfClassChanges(edges: [.read("-0.5"), .read("20"), .read("100")]),
    ]
    let choice = gen.below(simple.count + (depth == 0 ? 0 : 3))
    if choice < simple.count { return simple[choice] }
    let then = rule(depth: depth - 1, &gen)
    return [Rule.latest(then: then), .first(then: then), .role(then: then)][choice - simple.count]
  }

  @Test func `Every rule is printed and read again`() {
    var count = 0
    var gen = Gen()
    while !gen.done() {
      let rule = Self.rule(depth: 3, &gen)
      count += 1
      #expect(Rule(rule.description) == rule)
    }
    #expect(count == 9 * (1 + 3 + 9 + 27))
    for rule in [Rule.union, .sum] { #expect(Rule(rule.description) == rule) }
  }

  @Test(
    arguments: [
      ("latest", .latest(then: .ask)), ("latest then max", .latest(then: .max)),
      ("role then latest", .role(then: .latest(then: .ask))),
      ("first then role then min", .first(then: .role(then: .min))),
      ("latest  then   ask", .latest(then: .ask)), ("same-or-ask(10)", .sameOrAsk(percent: 10)),
      ("same-or-ask(10%)", .sameOrAsk(percent: 10)), ("best-fix", .bestFix),
      (
        "ask-if-class-changes(5,20,100)",
        .askIfClassChanges(edges: [Decimal(5), Decimal(20), Decimal(100)])
      ),
    ] as [(String, Rule)])
  func `A rule is read as forms write it`(text: String, rule: Rule) {
    #expect(Rule(text) == rule)
  }

  @Test func `Second rules may not be nested without end`() {
    let deepest = String(repeating: "latest then ", count: Rule.depthLimit - 1) + "max"
    #expect(Rule(deepest)?.description == deepest)
    #expect(Rule("latest then " + deepest) == nil)
    #expect(Rule(String(repeating: "latest then ", count: 5000) + "max") == nil)
  }

  @Test(arguments: [
    "", " ", "newest", "Latest", "latest then", "latest max", "max then ask", "then latest",
    "latest then sum", "role then union", "same-or-ask", "same-or-ask()", "same-or-ask(101)",
    "same-or-ask(-1)", "same-or-ask(1.5)", "same-or-ask(1,2)", "same-or-ask(10",
    "ask-if-class-changes()", "ask-if-class-changes(20,5)", "ask-if-class-changes(5,)",
    "ask(1)", "(1)", ")", "()",
  ])
  func `What is no rule is refused`(text: String) {
    #expect(Rule(text) == nil)
  }
}
