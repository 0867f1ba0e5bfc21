import Fieldwork

/// The words of what happened to a record.
enum HistoryWords {
  /// The first line of a change.
  static func head(
    _ deed: Deed, time: String, trust: Trust, who: String, villages: [String]
  ) -> String {
    let place = villages.isEmpty ? "" : " " + place(deed, villages)
    return "\(time)  \(who) \(words(deed))\(place)"
      + (trust == .suspect ? ", " + ConflictWords.clock(trust) : "")
  }

  /// Why, in the person's words.
  static func reason(_ reason: String) -> String { "  because: \(Plain.oneLine(reason))" }

  /// One answer: what it was and what it became.
  static func line(_ line: HistoryLine) -> String {
    let name = line.place.element.map { "\(line.place) \($0)" } ?? line.place.description
    if let isThere = line.isThere { return "  \(isThere ? "+" : "-") \(Plain.oneLine(name))" }
    let new = line.new.isEmpty ? "nothing" : Plain.oneLine(line.new)
    if line.old.isEmpty { return "  \(name): \(new)" }
    let old = line.old.map { $0.isEmpty ? "nothing" : Plain.oneLine($0) }
    return "  \(name): \(Grammar.list(old)) -> \(new)"
  }

  private static func words(_ deed: Deed) -> String {
    switch deed {
    case .created: "recorded it"
    case .edited: "changed it"
    case .resolved: "settled a conflict"
    case .deleted: "deleted it"
    case .undeleted: "kept it or brought it back"
    case .moved: "moved it"
    case .carried: "brought its answers over"
    case .unknown: "did what this version does not know"
    }
  }

  private static func place(_ deed: Deed, _ villages: [String]) -> String {
    (deed == .carried ? "from " : "to ") + Grammar.list(villages)
  }
}
