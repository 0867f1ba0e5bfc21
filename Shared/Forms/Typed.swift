import Bytes
import Model

/// Answers as people type them and as tables hold them.
///
/// Nothing is guessed: `1.000` is no whole number, because half of those who type it mean one and
/// half mean a thousand; `31/12/2026` is no date; a label that two choices share is none of them.
/// What is printed for a table reads back as the same answer.
public enum Typed {
  /// The largest whole number that is accepted, so that sums of many stay exact.
  public static let greatestInteger: Int64 = 1_000_000_000_000_000

  /// Reads the answer to a question; nothing but white space clears it.
  ///
  /// For a question with elements this reads one of them, see ``elements(_:of:form:)`` for several.
  public static func parse(
    _ text: String, as question: Question, form: Form, zoneOffsetMinutes: Int
  ) throws(AnswerError) -> Answer {
    let typed = text.trimmed
    if typed.isEmpty { return .cleared }
    switch question.type {
    case .text: return .text(try plain(typed, limit: question.textLimit))
    case .integer: return .number(try integer(typed))
    case .decimal: return .number(try decimal(typed))
    case .date:
      if let date = CivilDate(typed) { return .date(date.daysSince1970) }
      throw looksLikeDate(typed) ? .noSuchDay : .notADate
    case .dateTime:
      if let instant = CivilTime.instant(typed, zoneOffsetMinutes: zoneOffsetMinutes) {
        return .instant(instant)
      }
      throw .notATime
    case .selectOne(let list), .selectMultiple(let list):
      return .text(try choice(typed, in: list, form: form).name)
    case .note: throw .notAnswerable
    }
  }

  /// Reads the answer to a register: for a group, its members in order.
  ///
  /// Members stand between spaces, `-8.65 115.24 8`, or between semicolons when one of them has a
  /// space itself; `-` or nothing between two semicolons is a member without an answer.
  public static func parse(
    _ text: String, as register: Register, form: Form, zoneOffsetMinutes: Int
  ) throws(AnswerError) -> Answer {
    switch register.kind {
    case .single(let question), .choices(let question), .set(let question):
      return try parse(text, as: question, form: form, zoneOffsetMinutes: zoneOffsetMinutes)
    case .group(_, let members):
      let parts = memberTexts(text)
      guard parts.count <= members.count else {
        throw .tooManyMembers(found: parts.count, expected: members.count)
      }
      var answers: [Answer] = []
      for (index, part) in parts.enumerated() {
        do {
          let answer = try parse(
            part == "-" ? "" : part, as: members[index], form: form,
            zoneOffsetMinutes: zoneOffsetMinutes)
          answers.append(answer)
        } catch {
          throw .member(index + 1, error)
        }
      }
      return .members(answers)
    }
  }

  /// Reads several choices, `bazar,hotel`, or several texts, `+6281…;+6282…`, each once.
  ///
  /// Choices stand between commas or semicolons, or between spaces if that makes choices of all;
  /// texts stand between semicolons, and `\;` is a semicolon inside one.
  public static func elements(
    _ text: String, of question: Question, form: Form
  ) throws(AnswerError) -> [Text] {
    var elements: [Text] = []
    // NB: a cell can hold many thousands.
    var seen: Set<Text> = []
    if let list = question.type.list {
      for name in try choices(text, in: list, form: form) where seen.insert(Text(name)).inserted {
        elements.append(Text(name))
      }
    } else {
      for part in Escaped.split(text) {
        let element = Text(try plain(part.trimmed, limit: question.textLimit))
        if !element.isEmpty, seen.insert(element).inserted { elements.append(element) }
      }
    }
    return elements
  }

  private static func plain(_ text: String, limit: Int) throws(AnswerError) -> String {
    guard text.utf8.count <= limit else { throw .tooLong(bytes: text.utf8.count, limit: limit) }
    // The line ends of other systems are line ends; a return alone overwrites what a person sees.
    guard text.utf8.contains(Byte.cr) else { return try controlled(text) }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if scalar == "\n", scalars.last == "\r" { scalars.removeLast() }
      scalars.append(scalar)
    }
    return try controlled(String(scalars))
  }

  private static func controlled(_ text: String) throws(AnswerError) -> String {
    for scalar in text.unicodeScalars where scalar != "\n" && scalar != "\t" {
      if scalar.value < 32 || (127...159).contains(scalar.value) {
        throw .controlCharacter(scalar.value)
      }
    }
    return text
  }

  private static func integer(_ text: String) throws(AnswerError) -> Decimal {
    let digits = text.utf8.first.map { $0 == 43 || $0 == 45 } == true ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (48...57).contains($0) }) else {
      throw .notWhole
    }
    // NB: the magnitude, because the smallest number there is has no positive counterpart.
    guard let number = Int64(text), number.magnitude <= greatestInteger.magnitude else {
      throw .outOfRange
    }
    return Decimal(number)
  }

  private static func decimal(_ text: String) throws(AnswerError) -> Decimal {
    guard let number = Decimal(text) else {
      throw XPathNumber.number(text).isNaN ? .notANumber : .outOfRange
    }
    return number
  }

  private static func looksLikeDate(_ text: String) -> Bool {
    var scanner = DigitScanner(text)
    return scanner.number(4) != nil && scanner.pass("-") != nil && scanner.number(2) != nil
      && scanner.pass("-") != nil && scanner.number(2) != nil && scanner.isAtEnd
  }
}

extension Typed {
  static func choice(
    _ text: String, in list: String, form: Form
  ) throws(AnswerError) -> Choice {
    if let choice = form.choice(named: text, in: list) { return choice }
    let folded = text.lowercased()
    let choices = form.choices(list)
    let named = choices.filter { $0.name.lowercased() == folded }
    let found =
      named.isEmpty
      ? choices.filter { $0.labels.all.contains { $0.lowercased() == folded } } : named
    guard let first = found.first else { throw .unknownChoice(list: list) }
    guard found.count == 1 else { throw .ambiguousChoice(found) }
    return first
  }

  private static func choices(
    _ text: String, in list: String, form: Form
  ) throws(AnswerError) -> [String] {
    let parts = text.split { $0 == "," || $0 == ";" }.map { String($0).trimmed }
    var names: [String] = []
    for part in parts where !part.isEmpty {
      do {
        names.append(try choice(part, in: list, form: form).name)
      } catch {
        // A label may have spaces, and other tools put spaces between choices.
        let words = part.split(separator: " ").map(String.init)
        guard words.count > 1, words.allSatisfy({ form.choice(named: $0, in: list) != nil }) else {
          throw error
        }
        names += words
      }
    }
    return names
  }

  private static func memberTexts(_ text: String) -> [String] {
    if text.utf8.contains(Byte.semicolon) {
      return text.split(separator: ";", omittingEmptySubsequences: false)
        .map { String($0).trimmed }
    }
    // A position is often pasted from a map as `-8.65, 115.24`.
    return text.split { $0.isWhitespace }.map { part in
      part.utf8.count > 1 && part.hasSuffix(",") ? String(part.dropLast()) : String(part)
    }
  }
}

extension Question {
  /// The most bytes that a text of it may have.
  var textLimit: Int { hasElements ? Path.elementLimit : Answer.textLimit }
}

/// Texts in one line with semicolons between them; a semicolon or backslash inside one is escaped.
enum Escaped {
  static func split(_ text: String) -> [String] {
    var parts: [String] = []
    var part = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        if scalar != ";", scalar != "\\" { part.append("\\") }
        part.append(scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else if scalar == ";" {
        parts.append(String(part))
        part = String.UnicodeScalarView()
      } else {
        part.append(scalar)
      }
    }
    if isEscaped { part.append("\\") }
    parts.append(String(part))
    return parts
  }

  static func join(_ parts: [String]) -> String {
    parts.map { part in
      var escaped = String.UnicodeScalarView()
      for scalar in part.unicodeScalars {
        if scalar == ";" || scalar == "\\" { escaped.append("\\") }
        escaped.append(scalar)
      }
      return String(escaped)
    }
    .joined(separator: ";")
  }
}
