import Causality
import Fieldwork
import Forms
import Model
import Reading
import Rules
import Store
import Testing

@Suite struct RecordTests {
  @Test func `A record is deleted and brought back by whoever has seen it`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    _ = try world.wayan.actions.delete(record, form: 1, because: "closed")
    #expect(throws: ActionError.self) { try world.wayan.actions.delete(record, form: 1) }
    #expect(throws: EditRefusal.deleted(record)) { try world.wayan.edit(record, "banjar=Pande") }
    var deleted = ListRequest()
    deleted.deleted = true
    let listing = Listing(try world.wayan.place())
    #expect(try listing.lines().isEmpty)
    #expect(try listing.lines(deleted).map(\.record) == [record])

    _ = try world.wayan.actions.undelete(record, form: 1)
    #expect(throws: ActionError.self) { try world.wayan.actions.undelete(record, form: 1) }
    #expect(try listing.lines().map(\.record) == [record])
  }

  @Test func `A record moves, and an edit made meanwhile follows it`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    _ = try world.made.show(record)
    let outcome = try world.made.actions.move(record, form: 1, to: world.sanur)
    #expect(outcome.isChanged)
    try world.wayan.lookAndEdit(record, "banjar=Pande")
    try world.meet()

    #expect(try world.made.reading(record).home == world.sanur)
    #expect(try world.made.answer(record, "banjar") == "Pande")
    _ = try world.made.show(record)
    #expect(throws: ActionError.self) {
      try world.made.actions.move(record, form: 1, to: world.sanur)
    }
    let elsewhere = try #require(VillageCode("51.03.05.2001"))
    #expect(throws: ActionError.self) {
      try world.made.actions.move(record, form: 1, to: elsewhere)
    }
    #expect(throws: ActionError.self) {
      try world.made.actions.add(form: 1, in: elsewhere, [Assignment]())
    }
  }

  @Test func `A warning is said once, and again only where its answer is touched`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "rt=1234")
    #expect(try world.wayan.lookAndEdit(record, "banjar=Pande").findings.warnings.isEmpty)
    let touched = try world.wayan.lookAndEdit(record, "rt=12345")
    #expect(touched.findings.warnings.map(\.question.name) == ["rt"])
    let new = try world.wayan.lookAndEdit(record, "rw=9999")
    #expect(new.findings.warnings.map(\.question.name) == ["rw"])
    let sheet = try world.wayan.place().sheet(of: record, form: 1)
    #expect(sheet.findings.map(\.question.name) == ["rt", "rw"])
  }

  @Test func `A fix without a place is refused`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    for alone in ["waktu_gps=2026-11-22 10:15", "akurasi_m=5", "metode_gps=gps", "lon=115.2"] {
      #expect(throws: ActionError.self, "\(alone)") {
        try world.wayan.lookAndEdit(record, alone)
      }
    }
    try world.wayan.lookAndEdit(record, "lat=-8.65", "lon=115.22", "waktu_gps=2026-11-22 10:15")
  }

  @Test func `What is to be decided is one number`() throws {
    let world = try World()
    let records = try ["Batik", "Tahu"].map { try world.wayan.add($0, in: world.renon) }
    try world.meet()
    for record in records {
      _ = try world.made.show(record)
      try world.wayan.lookAndEdit(record, "nama_usaha=A", "nib=1111111111111")
      try world.made.edit(record, "nama_usaha=B", "nib=2222222222222")
    }
    try world.person("kadek", .surveyor, .villages([world.sanur]))
    try world.meet()
    for hand in [world.wayan, world.made, world.ketut] {
      let place = try hand.place()
      #expect(try ToDecide(place).conflicts == 4)
      #expect(try DayReport(place).toDecide.conflicts == 4)
      #expect(try hand.desk.list(kinds: [.open]).count == 4)
      // Both records have the one number provisionally that only one should have.
      #expect(try hand.desk.list(kinds: [.derived]).count == 2)
      #expect(try ToDecide(place).checks == 2 && DayReport(place).toDecide.checks == 2)
      #expect(try Listing(place).lines().map(\.row.conflicts) == [2, 2])
      #expect(try Coverage(place, form: 1).total.conflicts == 4)
    }
    // Who works elsewhere has nothing to decide here.
    let kadek = try Workplace(world.ketut.laptop.store, person: PersonID("kadek"))
    #expect(try ToDecide(kadek).isEmpty)
    #expect(try ConflictDesk(kadek).list().isEmpty)
  }

  @Test func `Records are found by letters, by name and as the last one`() throws {
    let world = try World()
    let batik = try world.wayan.add("Batik Sari", in: world.renon, "alias=Sari Asih;Ibu Sari")
    let tahu = try world.wayan.add("Tahu Sari", in: world.renon)
    let finder = RecordFinder(try world.wayan.place())
    func found(_ typed: String) throws -> [RecordID] {
      switch try finder.find(typed) {
      case .one(let record, _): [record]
      case .several(let lines): lines.map(\.record)
      case .none, .tooShort: []
      }
    }

    #expect(try found("@") == [tahu])
    _ = try world.wayan.show(batik)
    #expect(try found("@") == [batik])
    #expect(try found(String(batik.description.prefix(5)).lowercased()) == [batik])
    #expect(try found("batik") == [batik])
    #expect(try found("ibu sari") == [batik])
    #expect(try Set(found("sari")) == [batik, tahu])
    guard case .none(let near) = try finder.find("Bathik Sari") else {
      throw TestFailure.unexpected
    }
    #expect(near.map(\.record) == [batik])
    guard case .tooShort(least: 5) = try finder.find("ZZ") else { throw TestFailure.unexpected }
  }

  @Test func `Lists say what is unsent, mine, today and where`() throws {
    let world = try World()
    let old = try world.made.add("Tahu Lama", in: world.sanur)
    try world.meet()
    world.time.pass(36 * 3_600_000)
    let new = try world.made.add("Tahu Baru", in: world.renon)
    let ketut = try world.ketut.add("Tahu Ketut", in: world.renon)
    func lines(_ change: (inout ListRequest) -> Void) throws -> Set<RecordID> {
      var request = ListRequest()
      change(&request)
      return Set(try Listing(try world.made.place()).lines(request).map(\.record))
    }

    #expect(try lines { _ in } == [old, new, ketut])
    #expect(try lines { $0.today = true } == [new, ketut])
    #expect(try lines { $0.mine = true } == [old, new])
    #expect(try lines { $0.unsent = true } == [new, ketut])
    #expect(try lines { $0.villages = [world.sanur] } == [old])
    #expect(try lines { $0.text = "baru" } == [new])
    let line = try Listing(try world.made.place()).line(new, form: 1)
    #expect(line.name == "Tahu Baru" && line.isUnsent && line.village?.name == "Renon")
    #expect(line.short == String(new.description.prefix(5)))

    let day = try DayReport(try world.made.place())
    #expect(day.recordedToday == 1 && day.changedToday == 0 && day.unsent == 2)
    #expect(day.villages.map(\.name) == ["Renon", "Sanur"] && day.records == 3)
  }

  @Test func `A sheet shows every answer and masks the private ones`() throws {
    let world = try World()
    let record = try world.wayan.add(
      "Batik Sari", in: world.renon, "pemasaran=bazar", "produk[new].nama=Kain")
    _ = try world.wayan.actions.edit(
      record, form: 1, [try Assignment("telepon=-").answered("+62000000001;+62000000002")])

    let sheet = try world.wayan.place().sheet(of: record, form: 1)

    #expect(sheet.lines.first { $0.place.name == "pemasaran" }?.text == "Bazaar")
    #expect(sheet.lines.first { $0.place.name == "telepon" }?.text == Privacy.mask)
    #expect(sheet.rows.first?.lines.map(\.text) == ["Kain"])
    let revealed = try world.wayan.place(.revealed).sheet(of: record, form: 1)
    #expect(
      revealed.lines.first { $0.place.name == "telepon" }?.text == "+62000000001; +62000000002")
  }

  @Test func `A history says who changed what, from what, and what the office carried`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.wayan.edit(record, "banjar=Pande")
    try world.wayan.edit(record, "banjar=Kelod", "leaflet+=2", "pemasaran=bazar")
    _ = try world.wayan.actions.edit(
      record, form: 1, [try Assignment("telepon=-").answered("+62000000001")])
    try world.meet()
    _ = try world.made.show(record)
    _ = try world.made.actions.move(record, form: 1, to: world.sanur, because: "wrong village")
    try world.meet()

    let history = try History(try world.made.place(), of: record, form: 1)

    let deeds = history.entries.map(\.deed)
    #expect(deeds.prefix(5) == [.created, .edited, .edited, .edited, .moved])
    #expect(deeds.contains(.carried))
    let third = history.entries[2].lines
    #expect(third.first { $0.place.name == "banjar" }?.old == ["Pande"])
    #expect(third.first { $0.place.name == "banjar" }?.new == "Kelod")
    #expect(third.first { $0.place.name == "leaflet" }?.isIncrement == true)
    #expect(third.first { $0.place.name == "pemasaran" }?.isThere == true)
    #expect(history.entries[3].lines.map(\.new) == [Privacy.mask])
    #expect(history.entries[4].villages == [world.sanur])
    #expect(history.entries[4].witness.reason == "wrong village")
    #expect(history.entries.first { $0.deed == .carried }?.villages == [world.renon])
  }
}
