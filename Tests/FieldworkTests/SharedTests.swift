import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Reading
import Store
import Testing

/// NIB and NIK are unique by the form.
@Suite struct SharedTests {
  private static let nib = "9120001234567"
  private static let nik = "5171014101800001"

  private func ask(_ hand: Hand, _ record: RecordID, _ question: String, _ text: String) throws
    -> Outcome
  {
    _ = try hand.show(record)
    hand.laptop.time.pass(1000)
    return try hand.actions.edit(
      record, form: 1, [try Assignment("\(question)=-").answered(text)])
  }

  @Test func `Whoever gives an answer that a record here has already is told which`() throws {
    let world = try World()
    let batik = try world.made.add("Batik Sari", in: world.renon, "nib=\(Self.nib)")
    let tahu = try world.made.add("Tahu Sari", in: world.sanur)

    let outcome = try world.made.lookAndEdit(tahu, "nib=\(Self.nib)")
    #expect(outcome.isChanged && outcome.checks == 1 && outcome.conflicts == 0)
    let shared = try #require(outcome.findings.shared.first)
    #expect(shared.question.name == "nib" && outcome.findings.shared.count == 1)
    #expect(shared.others.map(\.record) == [batik])
    #expect(shared.others[0].name == "Batik Sari" && shared.others[0].village == "Renon")
    #expect(batik.description.hasPrefix(shared.others[0].short))
    // What stands there already is not said again, nor what others have not.
    let again = try world.made.lookAndEdit(tahu, "nib=\(Self.nib)", "rt=001")
    #expect(again.findings.shared.isEmpty && again.checks == 1)
    let other = try world.made.lookAndEdit(tahu, "nib=9120001234568")
    #expect(other.findings.shared.isEmpty && other.checks == 0)
  }

  @Test func `Each of the records is listed and names the other`() throws {
    let world = try World()
    let batik = try world.wayan.add("Batik Sari", in: world.renon, "nib=\(Self.nib)")
    let tahu = try world.made.add("Tahu Sari", in: world.sanur, "nib=\(Self.nib)")
    #expect(try world.made.desk.list().isEmpty)
    try world.meet()

    let items = try world.ketut.desk.list(kinds: [.derived])
    #expect(Set(items.map(\.line.record)) == [batik, tahu])
    for item in items {
      guard case .shared(let shared, let given) = item.matter else { throw Failed() }
      #expect(item.kind == .derived && item.place.description == "nib")
      #expect(shared.others.map(\.record) == [item.line.record == batik ? tahu : batik])
      #expect(given.map(\.text) == [Self.nib])
      #expect(
        given.first?.witness?.person.description == (item.line.record == batik ? "wayan" : "made"))
    }
    #expect(try world.ketut.desk.list(kinds: [.open, .contested]).isEmpty)
    #expect(try world.ketut.desk.list(question: "nib").count == 2)
    #expect(try world.ketut.desk.list(question: "nik").isEmpty)
    #expect(try world.ketut.desk.list(villages: [world.sanur]).map(\.line.record) == [tahu])
    #expect(try ToDecide(try world.ketut.place()).checks == 2)
    #expect(try world.ketut.desk.show(batik, form: 1).items.count == 1)
    #expect(throws: ResolveError.isCheck(batik)) {
      try world.ketut.resolve(batik, "nib", .take("AB"))
    }
    // Wayan's laptop holds one of them; a partial replica sees what it holds.
    #expect(try world.wayan.desk.list().isEmpty)

    try world.ketut.lookAndEdit(tahu, "nib=9120001234568")
    #expect(try world.ketut.desk.list().isEmpty && ToDecide(try world.ketut.place()).isEmpty)
  }

  @Test func `A private answer is masked in the list unless it is revealed`() throws {
    let world = try World()
    let batik = try world.made.add("Batik Sari", in: world.renon)
    let tahu = try world.made.add("Tahu Sari", in: world.sanur)
    _ = try ask(world.made, batik, "nik", Self.nik)
    #expect(
      try ask(world.made, tahu, "nik", Self.nik).findings.shared.map(\.question.name) == ["nik"])

    for (privacy, text) in [(Privacy.masked, Privacy.mask), (.revealed, Self.nik)] {
      let items = try ConflictDesk(try world.made.place(privacy)).list()
      #expect(items.count == 2)
      for item in items {
        guard case .shared(_, let given) = item.matter else { throw Failed() }
        #expect(given.map(\.text) == [text])
      }
    }
  }

  @Test func `Many that share are named by a few`() throws {
    let world = try World()
    var records: [RecordID] = []
    for number in 0..<9 {
      records.append(try world.made.add("Usaha \(number)", in: world.renon, "nib=\(Self.nib)"))
    }
    let items = try world.made.desk.list()
    #expect(items.count == 9)
    for item in items {
      guard case .shared(let shared, _) = item.matter else { throw Failed() }
      #expect(shared.others.count == 5 && !shared.others.map(\.record).contains(item.line.record))
    }
  }

  @Test func `A table warns of what records and earlier lines have`() throws {
    let world = try World()
    let batik = try world.made.add("Batik Sari", in: world.renon, "nib=\(Self.nib)")
    let code = world.renon.description
    let report = try world.made.load(
      """
      desa,hasil_kunjungan,nama_usaha,nib,rt
      \(code),tutup,Tahu Sari,\(Self.nib),1234
      \(code),tutup,Tenun Sari,9120001234568,1
      \(code),tutup,Ukir Sari,,1
      \(code),tutup,Perak Sari,9120001234568,1
      \(code),tutup,Kayu Sari,9120001234568,1

      """)
    #expect(report.created.count == 5)
    #expect(report.warnings.map(\.line) == [2, 2, 5, 6])
    guard case .finding = report.warnings[0].fact,
      case .shared(let shared) = report.warnings[1].fact,
      case .sharedWithLine(3) = report.warnings[2].fact,
      case .sharedWithLine(3) = report.warnings[3].fact
    else { throw Failed() }
    #expect(shared.others.map(\.record) == [batik] && report.warnings[1].column == "nib")
    #expect(try world.made.desk.list().count == 5)

    // A row that gives a record the answer that it has says nothing of itself.
    let table = try world.made.csv(ExportRequest(form: 1, withPrivate: true))
    #expect(try world.made.load(table).warnings.isEmpty)
  }

  @Test func `An edit warns of schooling that falls and of a class that jumps`() throws {
    let world = try World()
    let record = try world.made.add("Batik Sari", in: world.renon, "pendidikan=s2")
    let lower = try world.made.lookAndEdit(record, "pendidikan=smp")
    #expect(lower.isChanged && lower.findings.warnings.map(\.kind) == [.lower])
    #expect(try world.made.answer(record, "pendidikan") == "smp")
    #expect(try world.made.lookAndEdit(record, "pendidikan=sma_smk").findings.warnings.isEmpty)
    #expect(try world.made.lookAndEdit(record, "rt=001").findings.warnings.isEmpty)

    _ = try ask(world.made, record, "omzet[2024].nilai", "2000000000")
    let jump = try ask(world.made, record, "omzet[2025].nilai", "2000000001")
    #expect(jump.isChanged && jump.findings.warnings.map(\.kind) == [.otherClass])
    #expect(jump.findings.warnings.first?.row == "2025")
    #expect(try world.made.lookAndEdit(record, "rt=002").findings.warnings.isEmpty)
    // The year before can be given later, too.
    _ = try ask(world.made, record, "omzet[2024].nilai", "2000000001")
    let back = try ask(world.made, record, "omzet[2024].nilai", "5")
    #expect(back.findings.warnings.map(\.row) == ["2025"])
  }

  @Test func `A table warns of schooling that falls and of a class that jumps`() throws {
    let world = try World()
    try world.made.add("Batik Sari", in: world.renon, "pendidikan=s2")
    var sheet = try Sheet(try world.made.csv(ExportRequest(form: 1, withPrivate: true)))
    sheet[0, "pendidikan"] = "smp"
    sheet.header += ["omzet[2024].nilai", "omzet[2025].nilai"]
    sheet.rows[0] += ["1", "2000000001"]
    let report = try world.made.load(sheet.text)
    #expect(report.changed.count == 1)
    #expect(
      report.warnings.map(\.column) == ["pendidikan", "omzet[2025].nilai"])
  }
}

private struct Failed: Error {}
