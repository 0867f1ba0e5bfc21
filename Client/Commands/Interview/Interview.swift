import Bytes
import Fieldwork
import Forms
import Model
import Reading
import Rules
import Store

/// A record or an edit asked question by question at a terminal.
///
/// After each answer the draft is durable, so a power cut costs at most the line that was being
/// typed; it is no change until the end.
struct Interview {
  private let bench: Workbench
  private let place: Workplace
  private let form: Form
  private let checker: FormChecker
  private var draft: Draft
  private var proposal: Proposal
  private var addedRows: [Row] = []

  /// The most choices that are listed without being asked for.
  private static let listed = 12

  init(_ bench: Workbench, _ place: Workplace, form: Form, view: RecordReading?, draft: Draft) {
    self.bench = bench
    self.place = place
    self.form = form
    self.draft = draft
    checker = place.checker(form)
    proposal = Proposal(form: form, view: view, wishes: draft.wishes)
  }

  /// What to do after a stop.
  private enum Turn {
    case on, back, again, save, quit
  }

  /// Asks until the end; `nil` if the work is left as a draft.
  mutating func run() throws -> Draft? {
    bench.console.say(InterviewWords.keys.text)
    var index = draft.position
    while true {
      let route = route
      if index >= route.stops.count {
        guard try isRight(&index) else { continue }
        return try confirm()
      }
      draft.position = index
      switch try visit(route, index) {
      case .on: index += 1
      case .again: break
      case .back:
        index = previous(route, before: index)
        dropEmptyRow(at: route.stops[draft.position])
      case .save:
        guard try isRight(&index) else { continue }
        return draft
      case .quit: return try leave()
      }
    }
  }

  private var route: Route {
    Route(form, proposal, addedRows: addedRows, language: place.language)
  }

  private mutating func visit(_ route: Route, _ index: Int) throws -> Turn {
    switch route.stops[index] {
    case .heading(let text):
      bench.console.say(InterviewWords.heading(text).text)
      return .on
    case .more(let repeated, let count): return try askForRow(of: repeated, count: count)
    case .question(let question, let row):
      guard checker.isRelevant(question, row: row, in: proposal) else { return .on }
      return try ask(question, row: row, number: route.count(before: index) + 1, of: route.count())
    }
  }

  // MARK: One question

  private mutating func ask(
    _ question: Question, row: Text?, number: Int, of all: Int
  ) throws -> Turn {
    if let list = question.type.list, form.choices(list).count <= Self.listed {
      say(choicesOf: list)
    }
    if let group = openGroup(startingWith: question, row: row) {
      bench.console.say(InterviewWords.openGroup(group).text)
    }
    let label = question.label(place.language)
    let count = count(question, row: row)
    let prompt: Prompt =
      if let count {
        .more(
          number: number, of: all, label: label, total: count.total, pending: count.pending)
      } else {
        .question(
          number: number, of: all, label: label, current: current(question, row: row))
      }
    guard
      let line = try question.isPrivate
        ? bench.console.askHidden(prompt.text) : bench.console.ask(prompt.text)
    else { return .quit }
    let word = Spelling.trimmed(line)
    switch word {
    case "": return canSkip(question, row: row) ? .on : .again
    case "<": return .back
    case ":q": return .quit
    case ":s": return .save
    case "?":
      explain(question)
      return .again
    default:
      if refuses(word) { return .again }
      if word == "-", let count {
        proposal.drop(count.path)
        try keep()
        return .on
      }
      if word == "-", try clearsGroup(of: question, row: row) { return .on }
      return try take(word == "-" ? "" : line, for: question, row: row)
    }
  }

  /// Says so if a line is meant for a command, such as `:x`, and there is none of that name.
  private func refuses(_ word: String) -> Bool {
    guard word.first == ":", word.dropFirst().first?.isLetter == true else { return false }
    bench.console.say(InterviewWords.noCommand(Plain.cut(Plain.oneLine(word), to: 20)).text)
    return true
  }

  private mutating func take(_ line: String, for question: Question, row: Text?) throws -> Turn {
    let typed = TypedAnswer(form: form, proposal: proposal, zoneMinutes: place.zoneMinutes)
    let wishes: [Wish]
    do {
      wishes = try typed.wishes(line, for: question, row: row)
    } catch {
      bench.console.say(InterviewWords.wrong(error).text)
      return .again
    }
    var next = proposal
    next.put(wishes)
    let findings = checker.check(question, row: row, in: next)
    let errors = findings.filter { $0.severity == .error }
    for finding in errors {
      bench.console.say(FindingWords(finding, .error, language: place.language).text)
    }
    if !errors.isEmpty { return .again }
    for finding in findings {
      bench.console.say(FindingWords(finding, .warning, language: place.language).text)
    }
    let shared = try place.shared(next, only: question)
    for one in shared { bench.console.say(SharedWords(one).text) }
    if !findings.isEmpty || !shared.isEmpty,
      !Prompt.isYes(try bench.console.ask(Prompt.keepDespite.text))
    {
      return .again
    }
    proposal = next
    try keep()
    return .on
  }

  /// Clears the whole of a group whose members go together, if without this one it would be wrong:
  /// whoever has no longitude after all has no location.
  private mutating func clearsGroup(of question: Question, row: Text?) throws -> Bool {
    guard let register = form.register(of: question), case .group(_, let members) = register.kind
    else { return false }
    var without = proposal
    let typed = TypedAnswer(form: form, proposal: proposal, zoneMinutes: place.zoneMinutes)
    do {
      without.put(try typed.wishes("", for: question, row: row))
    } catch {
      return false
    }
    let path = register.path(row: row)
    let isWrong = members.contains { member in
      checker.check(member, row: row, in: without).contains { $0.severity == .error }
    }
    guard isWrong || proposal.isOpen(at: path) else { return false }
    proposal.put([Wish(path, .cleared)])
    try keep()
    bench.console.say(InterviewWords.groupCleared(register.label(place.language)).text)
    return true
  }

  private func canSkip(_ question: Question, row: Text?) -> Bool {
    let missing = checker.check(question, row: row, in: proposal).filter { $0.kind == .required }
    guard let first = missing.first else { return true }
    bench.console.say(FindingWords(first, .error, language: place.language).text)
    if let register = form.register(of: question), case .group = register.kind {
      let label = register.label(place.language)
      bench.console.say(InterviewWords.wayOut(group: label).text)
    } else {
      bench.console.say(InterviewWords.wayOut(group: nil).text)
    }
    return false
  }

  /// The label of a group in conflict, at the first of its questions.
  private func openGroup(startingWith question: Question, row: Text?) -> String? {
    guard let register = form.register(of: question), case .group(_, let members) = register.kind,
      members.first?.id == question.id, proposal.isOpen(at: register.path(row: row))
    else { return nil }
    return register.label(place.language)
  }

  /// What was counted so far at a question that counts, and how many more were typed: what is typed
  /// is added to the total, so the total is no answer to keep or to type over.
  private func count(
    _ question: Question, row: Text?
  ) -> (path: Path, total: String, pending: String?)? {
    guard let register = form.register(of: question), register.rule == .sum else { return nil }
    let path = register.path(row: row)
    guard let total = proposal.view?.verdict(at: path).answer else { return nil }
    let display = place.display(form)
    return (
      path, display.text(total, to: question),
      proposal.wish(at: path).map { display.text($0, to: question) }
    )
  }

  private func current(_ question: Question, row: Text?) -> String? {
    if let register = form.register(of: question), case .group = register.kind,
      proposal.isOpen(at: register.path(row: row))
    {
      return nil
    }
    let display = place.display(form)
    let text =
      question.hasElements
      ? display.text(elements: proposal.elements(of: question, row: row), of: question)
      : proposal.answer(to: question, row: row).map { display.text($0, to: question) } ?? ""
    return text.isEmpty ? nil : Plain.cut(Plain.oneLine(text), to: 60)
  }

  private func explain(_ question: Question) {
    let hint = question.hints.lookup(place.language)
    bench.console.say(
      InterviewWords.help(question.name, hint, question.type, isCount: question.rule == .sum).text)
    if let list = question.type.list { say(choicesOf: list) }
  }

  private func say(choicesOf list: String) {
    for (index, choice) in form.choices(list).enumerated() {
      bench.console.say(
        InterviewWords.choice(index + 1, choice.name, choice.label(place.language)).text)
    }
  }

  // MARK: Rows

  private mutating func askForRow(of repeated: Repeat, count: Int) throws -> Turn {
    let label = repeated.label(place.language)
    guard
      let line = try bench.console.ask(Prompt.anotherRow(label, count: count).text)
        .map(Spelling.trimmed)
    else { return .quit }
    if line == ":q" { return .quit }
    if line == ":s" { return .save }
    if line == "<" { return .back }
    if refuses(line) { return .again }
    if line == "?" {
      bench.console.say(InterviewWords.keys.text)
      return .again
    }
    guard Prompt.isYes(line) else { return .on }
    guard let name = try rowName(of: repeated) else { return .again }
    addedRows.append(Row(repeated.id, name))
    return .again
  }

  /// The name of a new row: its key, or letters of its own.
  private func rowName(of repeated: Repeat) throws -> Text? {
    guard let key = repeated.key,
      let question = form.question(named: "\(repeated.name)/\(key)")
    else {
      let letters = UInt128(place.store.surroundings.random())
      return Text(Letters.text(of: letters, bits: 64, count: 8))
    }
    let prompt = Prompt.value(question.name, label: question.label(place.language))
    guard let line = try bench.console.ask(prompt.text), !line.isEmpty,
      !refuses(Spelling.trimmed(line))
    else { return nil }
    do {
      return try TypedAnswer(form: form, proposal: proposal, zoneMinutes: place.zoneMinutes)
        .rowName(line, key: question)
    } catch {
      bench.console.say(InterviewWords.wrong(error).text)
      return nil
    }
  }

  // MARK: The end

  /// Whether the record may be saved; if not, goes to the first question that is wrong.
  private func isRight(_ index: inout Int) throws -> Bool {
    let errors = proposal.findings(checker).errors
    guard let first = errors.first else { return true }
    for finding in errors {
      bench.console.say(FindingWords(finding, .error, language: place.language).text)
    }
    let wrong = Stop.question(first.question, row: first.row)
    index = route.stops.firstIndex(of: wrong) ?? 0
    return false
  }

  private mutating func confirm() throws -> Draft? {
    guard !proposal.wishes.isEmpty else { return try leave() }
    while let line = try bench.console.ask(Prompt.save.text).map(Spelling.trimmed) {
      if line.isEmpty || line == ":s" || Prompt.isYes(line) { return draft }
      if line == ":q" || !refuses(line) { break }
    }
    return try leave()
  }

  private mutating func leave() throws -> Draft? {
    if draft.wishes.isEmpty {
      try bench.store.discard(draft)
      bench.say(.nothingAnswered)
      return nil
    }
    try bench.store.keep(&draft)
    let short = try draft.record.map { try bench.store.shortName(of: $0) }
    bench.say(.draftKept(isNew: draft.record == nil, record: short))
    return nil
  }

  private mutating func keep() throws {
    draft.wishes = proposal.wishes
    try bench.store.keep(&draft)
  }

  /// Forgets a row that was begun by mistake, when its author goes back from it.
  private mutating func dropEmptyRow(at stop: Stop) {
    guard case .question(let question, let row?) = stop,
      let repeated = question.repeatName.flatMap({ form.repeat(named: $0) })
    else { return }
    if proposal.rows(of: repeated).contains(row) { return }
    addedRows.removeAll { $0 == Row(repeated.id, row) }
  }

  private func previous(_ route: Route, before index: Int) -> Int {
    var index = index - 1
    while index > 0 {
      if case .question(let question, let row) = route.stops[index],
        checker.isRelevant(question, row: row, in: proposal)
      {
        return index
      }
      index -= 1
    }
    return 0
  }
}
