import Fieldwork

/// The words of what people must decide.
enum ConflictWords: Phrase {
  case kind(ConflictItem)
  case head(PlaceName, ConflictItem)
  case side(String, who: [String])
  case sideHead(String, String, isProvisional: Bool)
  case life(deleted: [String], wrote: [String])
  case deleted
  case unseen(String, String)
  case given(PlaceName, String)
  case reopened(by: String, at: String, because: [String])
  case witness(String, device: String?, time: String, Trust)
  case because(String)
  case seen([(who: String, seen: Int, all: Int)])
  case replaced(String?, String?)

  var text: String {
    switch self {
    case .kind(let item): Self.kind(item.matter)
    case .head(let place, let item):
      Self.name(place) + ": \(Self.kind(item.matter))"
    case .side(let text, let who):
      "\(text.isEmpty ? "nothing" : Plain.oneLine(text)) (\(Grammar.list(who)))"
    case .sideHead(let name, let text, let isProvisional):
      "\(name)  \(text.isEmpty ? "nothing" : text)"
        + (isProvisional ? "   (shown until it is decided)" : "")
    case .life(let deleted, let wrote):
      "deleted by \(Grammar.list(deleted))"
        + (wrote.isEmpty ? "" : ", written to by \(Grammar.list(wrote))")
    case .deleted: "deleted"
    case .unseen(let place, let text):
      "not seen by who deleted: \(place) = \(text.isEmpty ? "nothing" : Plain.oneLine(text))"
    case .given(let place, let text):
      place.element ?? "\(place) = \(text.isEmpty ? "nothing" : Plain.oneLine(text))"
    case .reopened(let who, let time, let because):
      "settled by \(who), \(time)"
        + (because.isEmpty
          ? "" : "; reopened by what \(Grammar.list(because)) wrote without having seen it")
    case .witness(let who, let device, let time, let trust):
      who + (device.map { " on \($0)" } ?? "") + ", \(time), \(Self.clock(trust))"
    case .because(let reason): "because: \(reason)"
    case .seen(let counts):
      counts.isEmpty
        ? "had seen nothing of others"
        : "had seen "
          + Grammar.list(
            counts.map { "\($0.seen) of \(Grammar.count($0.all, "change")) by \($0.who)" })
    case .replaced(let who, let text):
      "replaced " + (text.map { $0.isEmpty ? "nothing" : $0 } ?? "what is not held here")
        + (who.map { " of \($0)" } ?? "")
    }
  }

  /// Whether the clock may be believed.
  static func clock(_ trust: Trust) -> String {
    switch trust {
    case .trusted: "clock trusted"
    case .suspect: "clock wrong"
    case .unchecked: "clock unchecked"
    }
  }

  /// A place as people know it.
  static func name(_ place: PlaceName) -> String {
    switch place.kind {
    case .life: "the record"
    case .village: place.description
    default: place.label == place.description ? "\(place)" : "\(place), \(place.label)"
    }
  }

  private static func kind(_ matter: ConflictMatter) -> String {
    switch matter {
    case .answers: "open"
    case .life: "contested"
    case .check: "breaks a check"
    case .shared: "not unique"
    }
  }
}
