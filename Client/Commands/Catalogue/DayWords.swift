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
  case nextAdd, nextSync, nextConflicts, nextResume, nextAs

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
      frames == 0 ? "nothing" : "\(Grammar.count(frames, "frame")) for what came before them"
    case .nextAdd: "kulkul add --village NAME     record a business"
    case .nextSync: "kulkul sync                   bring your work to the office"
    case .nextConflicts: "kulkul conflicts              see what must be decided"
    case .nextResume: "kulkul add --resume           go on with what is unfinished"
    case .nextAs: "kulkul as PERSON              say who works here"
    }
  }

  /// What to type next, the most pressing first.
  static func next(_ day: DayReport) -> [DayWords] {
    var next: [DayWords] = []
    if day.personID == nil { next.append(.nextAs) }
    if day.drafts.contains(where: { $0.record == nil }) { next.append(.nextResume) }
    if day.role == .laptop, day.unsent > 0 || day.heardAt == nil { next.append(.nextSync) }
    if day.conflicts > 0 { next.append(.nextConflicts) }
    next.append(.nextAdd)
    return next
  }
}
