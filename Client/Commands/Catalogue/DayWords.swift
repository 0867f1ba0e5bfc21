import Fieldwork
import Model
import Store

/// The words of the day, of `status` and of `whoami`.
enum DayWords: Phrase {
  case survey(String)
  case person(String, Role?)
  case others([PersonID])
  case villages([String])
  case records(Int)
  case today(recorded: Int, changed: Int)
  case unsent(UInt64, StoreRole)
  case waiting(Int)
  case toDecide(ToDecide)
  case turnedAway(String)
  case nextJoin, nextAdd, nextList, nextSync, nextConflicts, nextResume, nextDrafts, nextAs

  private static let villagesShown = 4

  var text: String {
    switch self {
    case .survey(let name): name
    case .person(let name, let role): role.map { "\(name), \($0)" } ?? name
    case .others(let people):
      "The laptop also serves \(Grammar.list(people.map(\.description)))."
    case .villages(let names):
      names.isEmpty
        ? "none"
        : names.count <= Self.villagesShown ? Grammar.list(names) : "\(names.count) villages"
    case .records(let count): "\(count) in these villages"
    case .today(let recorded, let changed): "\(recorded) recorded, \(changed) changed by you"
    case .unsent(let count, let role):
      role == .standalone
        ? "\(Grammar.count(count, "change")), for the day this laptop joins an office"
        : count == 0 ? "nothing, all your work is there" : Grammar.count(count, "change")
    case .waiting(let frames):
      frames == 0
        ? "nothing"
        : "\(Grammar.count(frames, "frame")) for what came before them, or for the office"
    case .toDecide(let due):
      "\(due.conflicts)"
        + (due.checks == 0
          ? "" : ", and \(Grammar.count(due.checks, "broken check")) to mend")
    case .turnedAway(let moment):
      "turned this laptop away; it said so on \(moment), and all your work is kept here"
    case .nextJoin:
      "kulkul join URL CODE          come back, with a code from the office (device invite --again)"
    case .nextAdd: "kulkul add --village NAME     record a business"
    case .nextList: "kulkul list                   see the records here"
    case .nextSync: "kulkul sync                   bring your work to the office"
    case .nextConflicts: "kulkul conflicts              see what must be decided"
    case .nextResume: "kulkul add --resume           go on with what is unfinished"
    case .nextDrafts: "kulkul drafts                 see what is unfinished"
    case .nextAs: "kulkul as PERSON              say who works here"
    }
  }

  /// What to type next, the most pressing first.
  static func next(_ day: DayReport, isTurnedAway: Bool) -> [DayWords] {
    var next: [DayWords] = []
    if day.personID == nil { next.append(.nextAs) }
    if day.drafts.count == 1, day.drafts[0].record == nil {
      next.append(.nextResume)
    } else if !day.drafts.isEmpty {
      next.append(.nextDrafts)
    }
    if isTurnedAway {
      next.append(.nextJoin)
    } else if day.role == .laptop, day.unsent > 0 || day.heardAt == nil {
      next.append(.nextSync)
    }
    if !day.toDecide.isEmpty { next.append(.nextConflicts) }
    next.append(day.person?.role.mayWrite ?? true ? .nextAdd : .nextList)
    return next
  }
}
