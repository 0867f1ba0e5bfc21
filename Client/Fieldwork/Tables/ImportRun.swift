import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// One reading of one file: every row becomes an edit, or a list of what is wrong with it.
struct ImportRun {
  private let place: Workplace
  private let form: Form
  private let person: PersonID
  private let checker: FormChecker
  private var villages: VillageCells
  private var lineOf: [RecordID: Int] = [:]
  /// The names of the columns, as they stand in the file.
  private var names: [String] = []
  private var skipped = CSVWriter()
  /// The unique answers of the rows that are right.
  private var unique: [(line: Int, answer: UniqueAnswer, record: RecordID?)] = []
  /// The edits of the rows that are right.
  private(set) var edits: [Edit] = []
  var report = ImportReport()
  /// How many rows were read.
  private(set) var rows = 0

  init(_ place: Workplace, form: Form, person: PersonID) {
    self.place = place
    self.form = form
    self.person = person
    checker = place.checker(form)
    villages = VillageCells(place)
  }

  mutating func read(_ bytes: [UInt8], _ progress: (Int, Int) -> Void) throws {
    var reader = CSVReader(bytes)
    let lines = bytes.count { $0 == UInt8(ascii: "\n") }
    guard let first = try next(&reader) else { throw ImportError.empty }
    names = first.fields
    let header = try TableHeader(first.fields, form: form, zoneMinutes: place.zoneMinutes)
    while let row = try next(&reader) {
      if row.fields.allSatisfy({ Spelling.trimmed($0).isEmpty }) { continue }
      rows += 1
      guard rows <= Importer.rowLimit else {
        throw ImportError.tooManyRows(limit: Importer.rowLimit)
      }
      try read(row, header)
      if rows % 100 == 0 { progress(row.line, lines) }
    }
    report.skippedRows = skipped.bytes
    progress(lines, lines)
  }

  /// Warns of answers that should be unique, and that an earlier line or a record has already.
  ///
  /// All of them are looked up at once: a file has thousands.
  mutating func warnOfShared() throws {
    if unique.isEmpty { return }
    var firstLine: [UniqueAnswer: Int] = [:]
    var warnings: [ImportProblem] = []
    let shared = try place.shared(unique.map { ($0.answer, apartFrom: $0.record) }, form: form)
    for (own, shared) in zip(unique, shared) {
      let column = own.answer.question.name
      let first = firstLine[own.answer]
      if let shared {
        warnings.append(ImportProblem(line: own.line, column: column, fact: .shared(shared)))
      } else if let first {
        warnings.append(ImportProblem(line: own.line, column: column, fact: .sharedWithLine(first)))
      }
      if first == nil { firstLine[own.answer] = own.line }
    }
    if warnings.isEmpty { return }
    let all = (report.warnings + warnings).enumerated().sorted { left, right in
      (left.element.line, left.offset) < (right.element.line, right.offset)
    }
    report.warnings = all.map(\.element)
  }

  /// Puts what came of the edits into the report.
  mutating func take(_ saved: [Saved]) {
    for (edit, saved) in zip(edits, saved) {
      if saved.change == nil {
        report.unchanged += 1
      } else if edit.record == nil {
        report.created.append(saved.record)
      } else {
        report.changed.append(saved.record)
      }
      if saved.unseen.isEmpty && saved.beside.isEmpty { continue }
      let rows = saved.view.registers.compactMap(\.path.row)
      let namer = PlaceNamer(place.display(form), rows: Set(rows).sorted())
      report.unseen += saved.unseen.map { (saved.record, namer.name(of: $0)) }
      report.beside += saved.beside.map { (saved.record, namer.name(of: $0)) }
    }
  }

  /// The next row whose length is right; others are skipped, listed, and kept as they are.
  private mutating func next(_ reader: inout CSVReader) throws -> CSVRow? {
    while true {
      do throws(CSVError) {
        return try reader.next()
      } catch {
        guard case .wrongCount(let line, _, _) = error else { throw ImportError.table(error) }
        rows += 1
        report.skipped.append(ImportProblem(line: line, column: nil, fact: .table(error)))
        keep(reader.refused)
      }
    }
  }

  private mutating func read(_ row: CSVRow, _ header: TableHeader) throws {
    var sheet = RowFindings(line: row.line, names: header.names)
    let edit = try edit(row, header, &sheet)
    if sheet.problems.isEmpty {
      report.warnings += sheet.warnings
      unique += sheet.unique.map { (row.line, $0, edit?.record) }
      if let edit { edits.append(edit) } else { report.unchanged += 1 }
    } else {
      report.skipped += sheet.problems
      keep(row.fields)
    }
  }

  /// Keeps a row that is passed over.
  private mutating func keep(_ fields: [String]) {
    if skipped.bytes.isEmpty { skipped.row(names) }
    skipped.row(fields)
  }

  /// The edit that a row comes to; `nil` if it says nothing new, or something is wrong.
  private mutating func edit(
    _ row: CSVRow, _ header: TableHeader, _ sheet: inout RowFindings
  ) throws -> Edit? {
    func cell(_ name: String) -> String {
      header.own[name].map { Spelling.trimmed(row.fields[$0]) } ?? ""
    }
    guard let subject = try subject(cell("_id"), cell("_seen"), &sheet) else { return nil }
    let view = subject.view
    if let view, let first = lineOf.updateValue(row.line, forKey: view.record) {
      sheet.add("_id", .repeated(firstLine: first))
    }
    var village: VillageCode?
    if let view {
      checkHome(cell(PlaceName.village), cell("kecamatan"), of: view, &sheet)
    } else {
      village = villageOfNew(cell(PlaceName.village), cell("kecamatan"), &sheet)
    }
    let planner = AnswerPlanner(
      form: form, view: view, zoneMinutes: place.zoneMinutes,
      random: place.store.surroundings.random)
    let minter = view.map { view in
      RowMinter(view, writer: person, replica: place.standing.replica)
    }
    var reader = RowReader(header, row.fields, planner: planner, minter: minter)
    reader.read()
    for problem in reader.problems { sheet.add(header.names[problem.column], problem.fact) }
    if let view { try checkCounts(reader.wishes, since: view, &sheet) }
    if let view, !reader.wishes.isEmpty || !sheet.problems.isEmpty {
      // NB: whether the person may write there matters only to a row that says something new.
      village = try villageOfEdit(view, &sheet)
    }
    if view != nil, reader.wishes.isEmpty { return nil }
    guard sheet.problems.isEmpty, let village else { return nil }
    let proposal = Proposal(form: form, view: view, wishes: reader.wishes)
    let findings = proposal.findings(checker)
    let namer = PlaceNamer(place.display(form), view)
    for finding in findings.errors {
      sheet.add(namer.name(of: finding.question, row: finding.row).description, .finding(finding))
    }
    for finding in findings.warnings {
      sheet.warn(namer.name(of: finding.question, row: finding.row).description, .finding(finding))
    }
    sheet.unique = proposal.newUniqueAnswers
    var edit = Edit(
      form: form.id, village: village, record: view?.record, person: person,
      view: view?.state ?? RecordState(), masked: view?.masked ?? .none, wishes: reader.wishes)
    edit.countsOnce = true
    return edit
  }

  /// Looks whether the person counted since the row was made: nobody knows whether that is in its totals, and
  /// what is added to a count twice nobody sees.
  private func checkCounts(
    _ wishes: [Wish], since view: RecordReading, _ sheet: inout RowFindings
  ) throws {
    let counted = wishes.filter { form.register(field: $0.path.field)?.rule == .sum }
    guard !counted.isEmpty,
      let current = try place.store.peek(view.record, form: form.id)?.state
    else { return }
    let namer = PlaceNamer(place.display(form), view)
    for wish in counted {
      let own = current.siblings(at: wish.path).filter { sibling in
        let author = current.author(of: sibling.origin)
        return author?.person == person && author?.act == .edit
          && !view.state.accounts(for: sibling.origin)
      }
      // NB: the same again is the same table again, and says nothing.
      if own.isEmpty || own.contains(where: { $0.answer == wish.answer }) { continue }
      sheet.add(namer.name(of: wish.path).description, .countedSince)
    }
  }

  /// What a row is about.
  private enum Subject {
    /// A record that is to be.
    case new
    /// A record, as it was shown to whoever made the row.
    case shown(RecordReading)

    var view: RecordReading? {
      if case .shown(let reading) = self { reading } else { nil }
    }
  }

  /// What a row is about; `nil` if that is wrong.
  private func subject(
    _ letters: String, _ seen: String, _ sheet: inout RowFindings
  ) throws -> Subject? {
    guard !letters.isEmpty else {
      if seen.isEmpty { return .new }
      sheet.add("_seen", .seenWithoutRecord)
      return nil
    }
    guard let record = RecordID(letters: letters.uppercased()) else {
      sheet.add("_id", .unknownRecord)
      return nil
    }
    guard !seen.isEmpty else {
      sheet.add("_seen", .notSeen)
      return nil
    }
    guard let token = ViewToken(seen.lowercased()),
      let view = try place.store.view(token, of: record)
    else {
      sheet.add("_seen", .unknownView)
      return nil
    }
    guard view.record == record else {
      sheet.add("_seen", .viewOfOther)
      return nil
    }
    let reading = try place.reading(view.state, masked: view.masked, of: record, form: form)
    guard reading.life.liveness != .deleted else {
      sheet.add("_id", .deleted)
      return nil
    }
    return .shown(reading)
  }

  /// The village of a new record.
  private mutating func villageOfNew(
    _ typed: String, _ kecamatan: String, _ sheet: inout RowFindings
  ) -> VillageCode? {
    guard let code = villages.village(typed, kecamatan, &sheet) else { return nil }
    if !place.mayWrite(in: code) { sheet.add(PlaceName.village, .foreignVillage(code)) }
    return code
  }

  /// Sees that a row does not say that its record lives elsewhere.
  private mutating func checkHome(
    _ typed: String, _ kecamatan: String, of view: RecordReading, _ sheet: inout RowFindings
  ) {
    if !typed.isEmpty, typed != view.home.description,
      let code = villages.village(typed, kecamatan, &sheet), code != view.home
    {
      sheet.add(PlaceName.village, .villageChanged(from: view.home))
    }
  }

  /// The village of the copy that an edit writes to.
  private func villageOfEdit(
    _ view: RecordReading, _ sheet: inout RowFindings
  ) throws -> VillageCode? {
    guard let village = try place.store.peek(view.record, form: form.id)?.village else {
      sheet.add("_id", .unknownRecord)
      return nil
    }
    if !place.mayWrite(in: village) { sheet.add("_id", .foreignVillage(village)) }
    return village
  }
}

/// What is found in one row.
struct RowFindings {
  let line: Int
  let names: [String]
  private(set) var problems: [ImportProblem] = []
  private(set) var warnings: [ImportProblem] = []
  /// The answers it gives that no other record should have.
  var unique: [UniqueAnswer] = []

  init(line: Int, names: [String]) {
    self.line = line
    self.names = names
  }

  mutating func add(_ column: String, _ fact: ImportProblem.Fact) {
    problems.append(ImportProblem(line: line, column: column, fact: fact))
  }

  mutating func warn(_ column: String, _ fact: ImportProblem.Fact) {
    warnings.append(ImportProblem(line: line, column: column, fact: fact))
  }
}
