import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Office
import Store
import Wire
import Worlds

extension FuzzTarget {
  /// What people type and what tables and forms hold.
  static let text: [FuzzTarget] = [
    FuzzTarget("csv", seeds: Samples.tables) { bytes in
      var reader = CSVReader(bytes)
      var writer = CSVWriter(separator: reader.separator)
      var rows: [[String]] = []
      while rows.count < 10_000 {
        do throws(CSVError) {
          guard let row = try reader.next() else { break }
          rows.append(row.fields)
          writer.row(row.fields)
        } catch .wrongCount {
          continue
        } catch {
          break
        }
      }
      var again = CSVReader(writer.bytes, separator: reader.separator)
      for row in rows { try promise(try again.next()?.fields == row, "a row reads back") }
      try promise(try again.next() == nil, "a table has no more rows than were written")
    },
    FuzzTarget("form", limit: 8192, seeds: Samples.forms) { bytes in
      let sheets = parts(of: bytes)
      guard sheets.count == 3,
        let read = try? FormSheets(survey: sheets[0], choices: sheets[1], settings: sheets[2]),
        let form = try? Form(read)
      else { return }
      _ = form.compatible(with: Samples.form)
      _ = Samples.form.compatible(with: form)
      let checker = FormChecker(form: form, today: 20_000)
      for given in ["", "1", "2026-11-22", "merah hijau"] {
        _ = checker.check(Given(answer: given))
      }
      for register in form.registers {
        let answer = try? Typed.parse("1", as: register, form: form, zoneOffsetMinutes: 480)
        guard let answer else { continue }
        _ = Typed.display(
          answer, of: register, form: form, language: "id", zoneOffsetMinutes: 480)
        if case .ask = register.rule { continue }
        try promise(
          Rule(register.rule.description) == register.rule, "a rule is spelled as it is read")
      }
    },
    FuzzTarget("expression", limit: 1024, seeds: Samples.expressions) { bytes in
      let given = parts(of: bytes).map(decoded)
      guard let expression = try? Expression(given[0]) else { return }
      let values = given.dropFirst().map { XPathValue.string($0) }
      for this in [values.first ?? .empty, .date(20_000), .number(-0.5), .nodes(values)] {
        let context = Answers(this: this, all: values)
        let value = expression.evaluate(in: context)
        _ = value.string
        _ = value.number
        try promise(
          expression.holds(in: context) == value.boolean, "an expression says one thing")
      }
    },
    FuzzTarget("typed", limit: 1024, seeds: Samples.typed) { bytes in
      guard let first = bytes.first else { return }
      let form = first & 1 == 0 ? Samples.form : Preset.denpasar.form
      let registers = form.registers
      let typed = decoded(Array(bytes.dropFirst(2)))
      guard bytes.count > 1 else { return }
      let register = registers[Int(bytes[1]) % registers.count]
      if let answer = try? Typed.parse(
        typed, as: register, form: form, zoneOffsetMinutes: 480)
      {
        _ = Typed.display(
          answer, of: register, form: form, language: "id", zoneOffsetMinutes: 480)
        var reader = ByteReader(answer.canonicalBytes)
        try promise(try Answer(from: &reader) == answer, "an answer that was typed can be kept")
      }
      for question in register.questions {
        try readBack(typed, as: question, form: form)
      }
    },
    FuzzTarget("assignment", limit: 1024, seeds: Samples.assignments) { bytes in
      var assignments: [Assignment] = []
      for line in decoded(bytes).split(separator: "\n", omittingEmptySubsequences: false) {
        if let cleared = try? Assignment(clearing: String(line)) { assignments.append(cleared) }
        guard let one = try? Assignment(String(line)) else { continue }
        assignments.append(one.isToAsk ? one.answered("1") : one)
      }
      for form in [Samples.form, Preset.denpasar.form] {
        let planner = AnswerPlanner(form: form, view: nil, zoneMinutes: 480) { 7 }
        for one in assignments {
          _ = try? planner.questions(of: one)
          _ = try? planner.wishes([one])
        }
        _ = try? planner.wishes(assignments)
      }
    },
    FuzzTarget("villages", seeds: Samples.villages) { bytes in
      let given = parts(of: bytes)
      let typed = given.count > 1 ? decoded(given[1]) : ""
      let kecamatan = given.count > 2 ? decoded(given[2]) : nil
      var lists = [Preset.denpasar.villages]
      if let list = try? VillageList(csv: given[0]) { lists.append(list) }
      for list in lists {
        for village in list.villages {
          try promise(list[village.code] == village, "a village is found by its code")
        }
        if case .exact(let village, _) = list.find(typed, kecamatan: kecamatan) {
          try promise(list[village.code] == village, "a village that is found is of the list")
        }
      }
    },
    FuzzTarget("tokens", limit: 256, seeds: Samples.tokens) { bytes in
      try readTokens(decoded(bytes))
    },
  ]

  private static func readBack(
    _ typed: String, as question: Question, form: Form
  ) throws {
    if question.hasElements {
      guard let elements = try? Typed.elements(typed, of: question, form: form) else { return }
      let printed = Typed.csv(elements: elements, of: question)
      try promise(
        try Typed.elements(printed, of: question, form: form) == elements,
        "what is printed for a table reads back as the same elements")
      return
    }
    guard
      let answer = try? Typed.parse(typed, as: question, form: form, zoneOffsetMinutes: 480)
    else { return }
    let printed = Typed.csv(answer, of: question, zoneOffsetMinutes: 480)
    try promise(
      try Typed.parse(printed, as: question, form: form, zoneOffsetMinutes: 480) == answer,
      "what is printed for a table reads back as the same answer")
  }

  private static func readTokens(_ typed: String) throws {
    if let token = ViewToken(typed) {
      try promise(token.description == typed.lowercased(), "a token prints as it is typed")
    }
    if let record = RecordID(letters: typed) {
      try promise(record.description == typed.uppercased(), "letters print as they are typed")
    }
    if let range = Letters.range(ofPrefix: typed, bits: 80) {
      try promise(range.lowerBound >> 80 == 0, "a prefix begins within the identifiers")
    }
    if let village = VillageCode(typed) {
      try promise(VillageCode(village.description) == village, "a code reads back")
    }
    if let rule = Rule(typed) {
      try promise(Rule(rule.description) == rule, "a rule reads back")
    }
    if let date = CivilDate(typed) {
      try promise(date.description == typed, "a day has one form")
      try promise(CivilDate(daysSince1970: date.daysSince1970) == date, "a day counts back")
    }
    for zone in [-1440, 0, 480, 1440] {
      guard let instant = CivilTime.instant(typed, zoneOffsetMinutes: zone) else { continue }
      _ = CivilTime.text(of: instant, zoneOffsetMinutes: zone)
      _ = CivilTime.day(of: instant, zoneOffsetMinutes: zone)
      let printed = CivilTime.rfc3339(of: instant, zoneOffsetMinutes: 480)
      // A moment of the year 1 can be one of the year 0 elsewhere, which nobody types.
      guard !printed.hasPrefix("0000"), printed.utf8.first != UInt8(ascii: "-"),
        printed.utf8.count < 30
      else { continue }
      try promise(
        CivilTime.instant(printed, zoneOffsetMinutes: 0) == instant, "an instant reads back")
    }
    if let number = Decimal(typed) {
      try promise(Decimal(number.description) == number, "a number reads back")
      _ = number.adding(number)
      _ = number < Decimal(1)
      _ = number.approximation
    }
    if let code = InviteCode.normalized(typed) {
      try promise(InviteCode.normalized(InviteCode.shown(code)) == code, "a code reads back")
    }
    if let bytes = Hex.bytes(typed) {
      try promise(Hex.text(bytes) == typed.lowercased(), "hexadecimal reads back")
    }
    _ = PersonID(typed)
    _ = Role(typed)
    _ = JSONText.quoted(typed)
  }
}

/// A record in which every question has one answer.
private struct Given: AnswerSource {
  let answer: String

  func answer(to question: Question, row: Text?) -> Answer? {
    answer.isEmpty ? nil : .text(answer)
  }

  func elements(of question: Question, row: Text?) -> [Text] {
    answer.split(separator: " ").map { Text(String($0)) }
  }

  func rows(of repeat: Repeat) -> [Text] { answer.isEmpty ? [] : ["a", "b"] }
}

/// What an expression asks for: some names have no answer, some one, some several.
private struct Answers: ExpressionContext {
  let this: XPathValue
  let all: [XPathValue]
  var today: Int32 { 20_000 }

  func values(of question: String) -> [XPathValue] {
    Array(all.prefix(question.utf8.count % 4))
  }
}
