import Causality
import Fieldwork
import Forms
import Model
import Rules
import Store

/// The words of lists of records and of one record.
enum RecordWords {
  /// A record in one line, where several fit.
  static func line(_ line: RecordLine) -> String {
    let place = line.village.map(village) ?? line.row.home.description
    return "  \(line.short)  \(Plain.oneLine(line.name ?? "")), \(place)"
  }

  /// The heading of a record.
  static func title(_ short: String, name: String?) -> String {
    name.map { "\(short)  \(Plain.oneLine($0))" } ?? short
  }

  /// A village with what tells it apart.
  static func village(_ village: Village) -> String {
    "\(village.name) (\(village.code), \(village.kecamatan))"
  }

  /// The heading of a row.
  static func row(_ name: String, _ label: String) -> String {
    name == label ? name : "\(name)  \(label)"
  }

  /// A moment and who it was.
  static func by(_ time: String, _ who: String?) -> String {
    who.map { "\(time) by \($0)" } ?? time
  }

  /// Since when it is saved here, and whether it is at the office.
  static func saved(_ time: String, isUnsent: Bool, _ role: StoreRole) -> String {
    let there =
      role == .standalone
      ? "on this laptop only" : isUnsent ? "not yet at the office" : "and at the office"
    return "since \(time), \(there)"
  }

  /// That a record's answers wait to be brought over.
  static func inTransit(_ from: String) -> String { "in transit from \(from)" }

  /// How many answers stand behind one that a rule settled.
  static func behind(_ count: Int) -> String { "of \(count) answers" }

  /// How many answers stand in a conflict.
  static func open(_ count: Int) -> String { "to decide, \(count) answers" }

  /// A laptop without a name.
  static func device(_ device: DeviceID) -> String { "laptop \(device)" }

  /// What is special about a record, for a list.
  static func state(_ line: RecordLine, _ role: StoreRole) -> String {
    var parts: [String] = []
    switch line.row.life {
    case .alive: break
    case .deleted: parts.append("deleted")
    case .contested: parts.append("contested")
    }
    if line.row.conflicts > 0 { parts.append("\(line.row.conflicts) to decide") }
    if line.row.derived > 0 { parts.append("breaks \(Grammar.count(line.row.derived, "check"))") }
    if line.row.isInTransit { parts.append("in transit") }
    if line.isUnsent, role != .standalone { parts.append("not sent") }
    return parts.joined(separator: ", ")
  }
}

/// What was done to a record, in a sentence.
enum OutcomeWords {
  case added, edited, deleted, undeleted
  case moved(Village)
  case resolved(String?)

  /// The sentence.
  func text(_ short: String, name: String?, village: String) -> String {
    let record = name.map { "\(short) (\(Plain.oneLine($0)))" } ?? short
    return switch self {
    case .added: "Saved \(record) in \(village)."
    case .edited: "Saved the changes of \(record)."
    case .deleted: "Deleted \(record). \"kulkul undelete \(short)\" brings it back."
    case .undeleted: "Brought \(record) back."
    case .moved(let target): "Moved \(record) to \(target.name) (\(target.kecamatan))."
    case .resolved(let question):
      "Settled " + (question.map { "\($0) of " } ?? "") + "\(record)."
    }
  }

  /// The sentence where nothing was new.
  static func unchanged(_ short: String) -> String {
    "Nothing new: \(short) says so already, and nothing was written."
  }
}
