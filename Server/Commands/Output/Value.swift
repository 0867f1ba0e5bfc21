import Bytes
import Causality
import Forms
import Wire

/// One value of a report, before it is known whether a person or a program reads it.
enum Value {
  case none
  case text(String)
  case number(Int)
  /// What programs know by a word that never changes, and people by words of their own.
  case term(word: String, Term)
  /// Milliseconds since 1970.
  case instant(Int64)
  case flag(Bool)
  /// What programs know by a number, and people by words.
  case numbered(Int, shown: String)
  /// What programs know by a code, and people by words.
  case coded(String, shown: String)
  /// Several words, which people may see in a shorter form.
  case list([String], shown: String)

  /// An instant, if there was one.
  static func instant(_ moment: Int64?) -> Value {
    guard let moment else { return .none }
    return .instant(moment)
  }

  /// A digest: programs get all of it, people what is enough to compare.
  static func digest(_ digest: ChainHash) -> Value {
    let text = Hex.text(digest.bytes)
    return .coded(text, shown: String(text.prefix(16)))
  }

  /// Several words.
  static func list(_ words: [String]) -> Value {
    .list(words, shown: words.joined(separator: ", "))
  }

  /// For people, times on the survey's wall clock.
  func text(in zone: Zone) -> String {
    switch self {
    case .none: "–"
    case .text(let text): text
    case .number(let number): String(number)
    case .flag(let flag): String(flag)
    case .numbered(_, let shown), .coded(_, let shown): shown
    case .term(_, let term): term.text
    case .instant(let moment): Self.wallClock(moment, zone)
    case .list(let words, let shown): words.isEmpty ? "–" : shown
    }
  }

  /// For programs.
  var json: JSON {
    switch self {
    case .none: .null
    case .text(let text): .string(text)
    case .number(let number), .numbered(let number, _): .int(Int64(number))
    case .flag(let flag): .bool(flag)
    case .coded(let code, _): .string(code)
    case .term(let word, _): .string(word)
    case .instant(let moment): .string(Self.utc(moment))
    case .list(let words, _): .array(words.map { .string($0) })
    }
  }

  /// For a spreadsheet.
  var field: String {
    switch self {
    case .none: ""
    case .text(let text): text
    case .number(let number), .numbered(let number, _): String(number)
    case .flag(let flag): String(flag)
    case .coded(let code, _): code
    case .term(let word, _): word
    case .instant(let moment): Self.utc(moment)
    case .list(let words, _): words.joined(separator: " ")
    }
  }

  /// An instant to the minute, on the wall clock of a zone, with the zone's name.
  static func wallClock(_ moment: Int64, _ zone: Zone) -> String {
    let minute = moment - ((moment % 60_000) + 60_000) % 60_000
    let clock = CivilTime.text(of: minute, zoneOffsetMinutes: zone.offsetMinutes)
    return Term.moment(clock, zone: zone.name).text
  }

  private static func utc(_ moment: Int64) -> String {
    CivilTime.rfc3339(of: moment, zoneOffsetMinutes: 0).replacing("+00:00", with: "Z")
  }
}
