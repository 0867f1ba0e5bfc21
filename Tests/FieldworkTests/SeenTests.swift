import Causality
import Fieldwork
import Forms
import Model
import Reading
import Rules
import Store
import Testing

/// What was seen is what may be replaced: the promise, case by case.
@Suite struct SeenTests {
  @Test func `An edit from an old view stands beside what came since`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    let old = try world.wayan.show(record).token
    try world.made.lookAndEdit(record, "nama_usaha=Batik Sekar Sari")
    try world.meet()

    let outcome = try world.wayan.edit(record, "nama_usaha=Batik Sari Asih", seen: old)

    #expect(outcome.isChanged)
    #expect(outcome.unseen.map(\.description) == ["nama_usaha"])
    #expect(outcome.conflicts == 1)
    let sides = try #require(try world.wayan.desk.list().first).matter
    guard case .answers(let sides) = sides else { throw TestFailure.unexpected }
    #expect(Set(sides.map(\.text)) == ["Batik Sekar Sari", "Batik Sari Asih"])
  }

  @Test func `An edit from the latest view replaces what it shows`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    try world.made.lookAndEdit(record, "nama_usaha=Batik Sekar Sari")
    try world.meet()

    let outcome = try world.wayan.lookAndEdit(record, "nama_usaha=Batik Sari Asih")

    #expect(outcome.unseen.isEmpty && outcome.conflicts == 0)
    #expect(try world.wayan.answer(record, "nama_usaha") == "Batik Sari Asih")
  }

  @Test func `Without a token it is the person's own latest view that counts`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    _ = try world.made.show(record)
    try world.ketut.lookAndEdit(record, "nama_usaha=Batik Ketut")

    let outcome = try world.made.edit(record, "nama_usaha=Batik Made")

    #expect(outcome.unseen.map(\.description) == ["nama_usaha"])
    #expect(outcome.conflicts == 1)
  }

  @Test func `An unchanged answer saved again never overrides a newer one`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "banjar=Pande")
    try world.meet()
    let old = try world.wayan.show(record).token
    try world.made.lookAndEdit(record, "banjar=Kelod")
    try world.meet()

    let outcome = try world.wayan.edit(record, "banjar=Pande", seen: old)

    #expect(!outcome.isChanged && outcome.written.isEmpty)
    #expect(try world.wayan.answer(record, "banjar") == "Kelod")
  }

  @Test func `Two edits in a row are no conflict with oneself`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)

    try world.wayan.edit(record, "nama_usaha=Batik Dua")
    let outcome = try world.wayan.edit(record, "nama_usaha=Batik Tiga")

    #expect(outcome.conflicts == 0)
    #expect(try world.wayan.answer(record, "nama_usaha") == "Batik Tiga")
  }

  @Test func `Who was never shown a record can neither edit nor settle it`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()

    #expect(throws: WorkError.notShown(record)) {
      try world.made.edit(record, "banjar=Pande")
    }
    #expect(throws: WorkError.notShown(record)) {
      try world.ketut.resolve(record, "nama_usaha", .answer("Batik"))
    }
    let token = try #require(ViewToken("00112233445566778899"))
    #expect(throws: WorkError.unknownView(token)) {
      try world.made.edit(record, "banjar=Pande", seen: token)
    }
    let other = try world.made.add("Tahu Sari", in: world.renon)
    let view = try world.made.show(other).token
    #expect(throws: WorkError.viewOfOther(view, record)) {
      try world.made.edit(record, "banjar=Pande", seen: view)
    }
  }

  @Test func `The token of an outcome is a view to go on from`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    let first = try world.wayan.edit(record, "banjar=Pande")

    let second = try world.wayan.edit(record, "banjar=Kelod", seen: first.token)

    #expect(second.isChanged && second.conflicts == 0)
  }

  @Test func `Errors keep an edit out, unless they stood in the view`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)

    let error = try #require(throws: ActionError.self) {
      try world.wayan.edit(record, "tahun_mulai=1700")
    }
    guard case .findings(let findings) = error else { throw TestFailure.unexpected }
    #expect(findings.errors.map(\.question.name) == ["tahun_mulai"])

    // What stands already (here: put past the checks) does not keep another answer out.
    let form = try world.wayan.place().form(1)
    let year = try #require(form.question(named: "tahun_mulai"))
    let path = try #require(form.register(of: year)).path()
    let view = try world.wayan.show(record)
    _ = try world.wayan.laptop.store.save(
      Edit(
        form: 1, village: world.renon, record: record, person: try world.wayan.place().worker(),
        view: view.reading.state, wishes: [.init(path, .whole(1700))]))
    let outcome = try world.wayan.lookAndEdit(record, "kode_pos=123")
    #expect(outcome.findings.standing.map(\.question.name) == ["tahun_mulai"])
    #expect(outcome.findings.warnings.map(\.question.name) == ["kode_pos"])
    #expect(throws: ActionError.self) { try world.wayan.lookAndEdit(record, "tahun_mulai=1600") }
  }
}

enum TestFailure: Error {
  case unexpected
}
