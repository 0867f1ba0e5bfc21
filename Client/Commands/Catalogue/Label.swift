/// Short names of things: headings, and what stands before a value.
enum Label: Phrase {
  case error, hint, warning
  case who, nobody, office, standalone, never, survey, device, store, inbox, drafts, lastSync
  case village, villages, kecamatan, code, records, today, unsent, conflicts
  case record, name, state, created, changed, saved, deleted, contested
  case question, meaning, answer, note, kind, sides
  case draft, answers, of, replacedBy, elsewhere
  case enumerated, otherResults, notHeld, outside, total
  case writtenBy, writtenAt, changes, new, strangers
  case month(Int)

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  var text: String {
    switch self {
    case .error: "Error"
    case .hint: "Hint"
    case .warning: "Warning"
    case .who: "Who"
    case .nobody: "not said"
    case .office: "Office"
    case .standalone: "none, this laptop is on its own"
    case .never: "never"
    case .survey: "Survey"
    case .device: "Laptop"
    case .store: "Store"
    case .inbox: "Waiting here"
    case .drafts: "Drafts"
    case .lastSync: "Last sync"
    case .village: "Village"
    case .villages: "Villages"
    case .kecamatan: "Kecamatan"
    case .code: "Code"
    case .records: "Records"
    case .today: "Today"
    case .unsent: "Not at the office"
    case .conflicts: "To decide"
    case .record: "Record"
    case .name: "Name"
    case .state: "State"
    case .created: "Recorded"
    case .changed: "Changed"
    case .saved: "Saved here"
    case .deleted: "deleted"
    case .contested: "contested: deleted by one, written to by another"
    case .question: "Question"
    case .meaning: "Meaning"
    case .answer: "Answer"
    case .note: "Note"
    case .kind: "Kind"
    case .sides: "Sides"
    case .draft: "Draft"
    case .answers: "Answers"
    case .of: "Given by"
    case .replacedBy: "Replaced by"
    case .elsewhere: "people elsewhere"
    case .enumerated: "Enumerated"
    case .otherResults: "Other results"
    case .notHeld: "not on this laptop"
    case .outside: "Outside the survey"
    case .total: "Total"
    case .writtenBy: "Written by"
    case .writtenAt: "Written"
    case .changes: "Changes"
    case .new: "New here"
    case .strangers: "people of nobody's knowing"
    case .month(let number): Self.months[(number - 1) % 12]
    }
  }
}
