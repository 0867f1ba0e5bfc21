import Causality
import Fieldwork
import Forms
import Model
import Reading
import Rules
import Store
import Testing

@Suite struct ConflictTests {
  /// Two names for one business, given without seeing each other.
  private func disputed(_ world: World) throws -> RecordID {
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    try world.wayan.lookAndEdit(record, "nama_usaha=Batik Sari Asih")
    try world.made.lookAndEdit(record, "nama_usaha=Batik Sekar Sari")
    try world.meet()
    return record
  }

  private func sides(_ item: ConflictItem?) throws -> [ConflictSide] {
    guard case .answers(let sides)? = item?.matter else { throw TestFailure.unexpected }
    return sides
  }

  @Test func `Sides say who gave them, when, knowing what and instead of what`() throws {
    let world = try World()
    let record = try disputed(world)

    let sides = try sides(try world.ketut.desk.show(record, form: 1).items.first)

    #expect(sides.count == 2)
    let witness = try #require(sides[0].witnesses.first)
    #expect(sides[0].text == "Batik Sari Asih")
    #expect(witness.personName == "Wayan" && witness.deviceName == "Laptop 1")
    #expect(witness.trust == .trusted)
    #expect(witness.replaced.map(\.text) == ["Batik Sari"])
    let wayan = try #require(PersonID("wayan"))
    let made = try #require(PersonID("made"))
    #expect(witness.seen?.first { $0.person == wayan }?.seen == 1)
    #expect(witness.seen?.first { $0.person == made }?.seen == 0)
    #expect(witness.seen?.first { $0.person == made }?.all == 1)
    #expect(sides.filter(\.isProvisional).map(\.text) == ["Batik Sekar Sari"])
  }

  @Test func `A side has the same name on every laptop`() throws {
    let world = try World()
    let record = try disputed(world)
    let one = try sides(try world.wayan.desk.list().first)
    let two = try sides(try world.ketut.desk.list().first)

    #expect(one.map(\.name) == two.map(\.name))
    #expect(Set(one.map(\.name)).count == 2)
    #expect(one.allSatisfy { $0.name.utf8.count >= 2 })

    try world.ketut.lookAndEdit(record, "nama_usaha=Batik Tiga")
    let three = try sides(try world.ketut.desk.list().first)
    #expect(three.count == 3)
    #expect(one.allSatisfy { side in three.contains { $0.name.hasPrefix(side.name) } })
  }

  @Test func `A decision holds everywhere after a sync`() throws {
    let world = try World()
    let record = try disputed(world)
    let sheet = try world.ketut.desk.show(record, form: 1)
    let side = try #require(try sides(sheet.items.first).first { $0.text == "Batik Sari Asih" })

    let resolved = try world.ketut.resolve(record, "nama_usaha", .take(side.name.lowercased()))
    try world.meet()

    #expect(resolved.stays.isEmpty && resolved.left == 0)
    for hand in [world.wayan, world.made] {
      #expect(try hand.answer(record, "nama_usaha") == "Batik Sari Asih")
      #expect(try hand.desk.list().isEmpty)
    }
    #expect(throws: ResolveError.noConflict(record, place: "nama_usaha")) {
      try world.ketut.resolve(record, "nama_usaha", .take("ZZZZ"))
    }
  }

  @Test func `A side that came since stays and is said`() throws {
    let world = try World()
    let record = try disputed(world)
    let seen = try world.ketut.desk.show(record, form: 1).shown.token
    try world.made.lookAndEdit(record, "nama_usaha=Batik Baru")

    let resolved = try world.ketut.resolve(
      record, "nama_usaha", .answer("Batik Sari"), seen: seen)

    #expect(resolved.stays.map(\.text) == ["Batik Baru"])
    #expect(resolved.left == 1)
    let item = try #require(try world.ketut.desk.list().first)
    #expect(item.decision?.person == PersonID("ketut"))
    #expect(item.decision?.reason == "asked at the door")
    #expect(item.reopenedBy == [try #require(PersonID("made"))])
  }

  @Test func `A later answer that had not seen the decision reopens the conflict`() throws {
    let world = try World()
    let record = try disputed(world)
    _ = try world.wayan.show(record)
    _ = try world.ketut.desk.show(record, form: 1)
    try world.ketut.resolve(record, "nama_usaha", .answer("Batik Sari"))
    try world.wayan.edit(record, "nama_usaha=Batik Wayan")
    try world.meet()

    let item = try #require(try world.ketut.desk.list().first)
    #expect(item.decision?.act == .resolution)
    #expect(item.reopenedBy == [try #require(PersonID("wayan"))])
    #expect(try sides(item).first { $0.isProvisional }?.text == "Batik Sari")
  }

  @Test func `What cannot be settled so is a fact`() throws {
    let world = try World()
    let record = try disputed(world)
    let names = try sides(try world.ketut.desk.show(record, form: 1).items.first).map(\.name)

    #expect(throws: ResolveError.unknownSide("ZZZZZ", sides: names)) {
      try world.ketut.resolve(record, "nama_usaha", .take("ZZZZZ"))
    }
    #expect(throws: ResolveError.noConflict(record, place: "banjar")) {
      try world.ketut.resolve(record, "banjar", .take("AB"))
    }
    #expect(throws: ResolveError.noReason) {
      try world.ketut.desk.resolve(
        record, form: 1, "nama_usaha", .answer("x"), because: " ")
    }
    #expect(
      throws: ResolveError.assignment(record, .init(name: "nik", problem: .privateValue))
    ) { try world.ketut.resolve(record, "nik", .answer("5171014101800000")) }
    #expect(throws: ActionError.self) {
      try world.ketut.resolve(record, "tahun_mulai", .answer("1700"))
    }
    _ = try world.wayan.show(record)
    let wayan = try #require(PersonID("wayan"))
    #expect(throws: EditRefusal.role(wayan, .surveyor)) {
      try world.wayan.resolve(record, "nama_usaha", .answer("Batik"))
    }
  }

  @Test func `Whose role may not settle is told so before anything else`() throws {
    let world = try World()
    let record = try world.made.add("Batik Sari", in: world.renon)
    let place = try world.made.place()
    let refusal = EditRefusal.role(try place.worker(), .surveyor)
    #expect(throws: refusal) { try world.made.resolve(record, "nama_usaha", .take("XX")) }
    #expect(throws: refusal) {
      try ConflictDesk(place).settleLife(record, form: 1, keep: true)
    }
  }

  @Test func `Twelve workers against 19 and 2 are 21 or a question, never a mixture`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    try world.wayan.lookAndEdit(record, "tk=12 0")
    try world.made.lookAndEdit(record, "tk=19 2")
    try world.meet()

    let men = try world.wayan.answer(record, "tk_l")
    let women = try world.wayan.answer(record, "tk_p")
    #expect([["12", "0"], ["19", "2"]].contains([men, women]))
    let item = try #require(try world.wayan.desk.list(question: "tk_l").first)
    #expect(Set(try sides(item).map(\.text)) == ["12 0", "19 2"])
    // One member alone would mix the observation of one with that of the other.
    #expect(throws: AssignmentError(name: "tk_p", problem: .openGroup(group: "tk"))) {
      try world.wayan.lookAndEdit(record, "tk_p=3")
    }
    #expect(try world.wayan.desk.list(question: "nama_usaha").isEmpty)
  }

  @Test func `Members that are not set stay as they were shown`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "tk=3 4")
    try world.wayan.edit(record, "tk_p=5")
    #expect(try world.wayan.answer(record, "tk_l") == "3")
    #expect(try world.wayan.answer(record, "tk_p") == "5")
  }

  @Test func `A decision sets the total of a count, and what it had not seen adds to it`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "leaflet=5")
    try world.meet()
    _ = try world.ketut.show(record)
    try world.wayan.lookAndEdit(record, "leaflet+=3")

    try world.ketut.resolve(record, "leaflet", .answer("4"))
    try world.meet()

    for hand in [world.wayan, world.made] { #expect(try hand.answer(record, "leaflet") == "7") }
  }

  @Test func `The better fix wins, and two that are far apart are a question`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    try world.wayan.lookAndEdit(record, "lokasi=-8.70000 115.23000 4")
    try world.made.lookAndEdit(record, "lokasi=-8.70010 115.23000 15")
    try world.meet()
    #expect(try world.made.answer(record, "akurasi_m") == "4")
    #expect(try world.made.desk.list().isEmpty)

    _ = try world.wayan.show(record)
    _ = try world.made.show(record)
    try world.wayan.edit(record, "lokasi=-8.70000 115.23000 3")
    try world.made.edit(record, "lokasi=-8.71000 115.23000 3")
    try world.meet()
    #expect(try world.made.desk.list(question: "lat").count == 1)
  }

  @Test func `Choices ticked by two people are all there`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "pemasaran=bazar,toko")
    try world.meet()
    try world.wayan.lookAndEdit(record, "pemasaran=bazar,hotel")
    try world.made.lookAndEdit(record, "pemasaran+=medsos")
    try world.meet()

    for hand in [world.wayan, world.made] {
      #expect(try hand.answer(record, "pemasaran") == "bazar,medsos,hotel")
      #expect(try hand.desk.list().isEmpty)
    }
  }

  @Test func `A delete against an unseen edit is contested until it is settled`() throws {
    let world = try World()
    for keep in [true, false] {
      let record = try world.wayan.add("Batik Sari", in: world.renon)
      try world.meet()
      _ = try world.wayan.show(record)
      _ = try world.wayan.actions.delete(record, form: 1)
      try world.made.lookAndEdit(record, "banjar=Pande")
      try world.meet()

      let item = try #require(try world.ketut.desk.show(record, form: 1).items.first)
      guard case .life(let deletes, let unseen) = item.matter else { throw TestFailure.unexpected }
      #expect(deletes.map(\.person.description) == ["wayan"])
      #expect(unseen.map(\.place.description) == ["banjar"])
      #expect(unseen.map(\.text) == ["Pande"])
      #expect(try world.wayan.answer(record, "banjar") == "Pande")

      let resolved = try world.ketut.desk.settleLife(record, form: 1, keep: keep)
      try world.meet()
      #expect(resolved.left == 0)
      #expect(try world.wayan.reading(record).life.liveness == (keep ? .alive : .deleted))
      #expect(throws: ResolveError.noConflict(record, place: "")) {
        try world.ketut.desk.settleLife(record, form: 1, keep: !keep)
      }
    }
  }

  @Test func `A removed row against an unseen edit in it is contested too`() throws {
    let world = try World()
    let record = try world.wayan.add(
      "Batik Sari", in: world.renon, "kapasitas[2024].produksi=10 lembar")
    try world.meet()
    _ = try world.wayan.show(record)
    try world.made.lookAndEdit(record, "kapasitas[2024].produksi=12 lembar")
    try world.wayan.edit(record, "kapasitas[2024]-")
    try world.meet()

    let item = try #require(
      try world.ketut.desk.show(record, form: 1).items.first { $0.place.kind == .rowLife })
    #expect(item.place.description == "kapasitas[2024]")
    _ = try world.ketut.desk.settleLife(record, form: 1, row: "kapasitas[2024]", keep: false)
    let years = try #require(try world.ketut.place().form(1).repeat(named: "kapasitas"))
    #expect(try world.ketut.reading(record).rows(of: years).isEmpty)
  }

  @Test func `Two homes are settled by naming one`() throws {
    let world = try World()
    let record = try world.made.add("Batik Sari", in: world.renon)
    try world.meet()
    _ = try world.wayan.show(record)
    _ = try world.made.show(record)
    _ = try world.wayan.actions.move(record, form: 1, to: world.serangan)
    _ = try world.made.actions.move(record, form: 1, to: world.sanur)
    try world.meet()

    let item = try #require(try world.ketut.desk.show(record, form: 1).items.first)
    #expect(item.place.description == "desa")
    #expect(Set(try sides(item).map(\.text)) == ["51.71.01.1001", "51.71.01.1006"])
    #expect(throws: ResolveError.self) {
      try world.ketut.resolve(record, "desa", .answer("Nowhere"))
    }

    let resolved = try world.ketut.resolve(record, "desa", .answer("Sanur"))
    try world.meet()
    #expect(resolved.left == 0)
    #expect(try world.made.reading(record).home == world.sanur)
  }

  @Test func `Once two homes are settled here they are settled here, before any sync`() throws {
    for target in ["Sanur", "Serangan", "Renon"] {
      let world = try World()
      let record = try world.made.add("Batik Sari", in: world.renon, "banjar=Pande")
      try world.meet()
      _ = try world.wayan.show(record)
      _ = try world.made.show(record)
      _ = try world.wayan.actions.move(record, form: 1, to: world.serangan)
      _ = try world.made.actions.move(record, form: 1, to: world.sanur)
      try world.meet()
      _ = try world.ketut.desk.show(record, form: 1)
      #expect(try ToDecide(try world.ketut.place()).conflicts == 1)

      try world.ketut.resolve(record, "desa", .answer(target))
      let changes = try world.ketut.laptop.store.unsentCount()

      // NB: the copies in the other villages have not heard of it, and must not be asked.
      #expect(try world.ketut.desk.list().isEmpty, "\(target)")
      #expect(try ToDecide(try world.ketut.place()).conflicts == 0, "\(target)")
      #expect(try world.ketut.desk.show(record, form: 1).items.isEmpty)
      #expect(try world.ketut.answer(record, "banjar") == "Pande")
      let line = try Listing(try world.ketut.place()).line(record, form: 1)
      #expect(line.village?.name == target && line.name == "Batik Sari")

      let again = try world.ketut.resolve(record, "desa", .answer(target))
      #expect(!again.outcome.isChanged)
      #expect(try world.ketut.laptop.store.unsentCount() == changes)
      try world.meet()
      for hand in [world.made, world.ketut] {
        let home = try hand.reading(record).home
        #expect(try hand.place().standing.villages[home]?.name == target)
        #expect(try hand.desk.list().isEmpty)
      }
    }
  }

  @Test func `A decision that is made twice is written once`() throws {
    let world = try World()
    let record = try disputed(world)
    let shown = try world.ketut.desk.show(record, form: 1)
    let side = try #require(try sides(shown.items.first).first)
    #expect(try world.ketut.resolve(record, "nama_usaha", .take(side.name)).outcome.isChanged)
    let count = try world.ketut.laptop.store.unsentCount()

    for decision in [Decision.take(side.name), .answer(side.text)] {
      #expect(try !world.ketut.resolve(record, "nama_usaha", decision).outcome.isChanged)
    }
    // A script that is run again says the view that it decided from.
    let first = shown.shown.token
    let again = try world.ketut.resolve(record, "nama_usaha", .take(side.name), seen: first)
    #expect(!again.outcome.isChanged && again.left == 0)
    #expect(try world.ketut.laptop.store.unsentCount() == count)
    // Another answer is a decision of its own.
    #expect(try world.ketut.resolve(record, "nama_usaha", .answer("Batik X")).outcome.isChanged)
  }

  @Test func `A life that is settled twice is written once`() throws {
    let world = try World()
    for keep in [true, false] {
      let record = try world.wayan.add("Batik Sari", in: world.renon)
      try world.meet()
      _ = try world.wayan.show(record)
      _ = try world.wayan.actions.delete(record, form: 1)
      try world.made.lookAndEdit(record, "banjar=Pande")
      try world.meet()
      _ = try world.ketut.desk.show(record, form: 1)
      _ = try world.ketut.desk.settleLife(record, form: 1, keep: keep)
      let count = try world.ketut.laptop.store.unsentCount()
      let again = try world.ketut.desk.settleLife(record, form: 1, keep: keep)
      #expect(!again.outcome.isChanged)
      #expect(try world.ketut.laptop.store.unsentCount() == count)
    }
  }

  @Test func `A clock that is wrong is said of its witness`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    _ = try world.wayan.show(record)
    _ = try world.made.show(record)
    world.time.turn(by: 3 * 3_600_000)
    try world.wayan.edit(record, "nama_usaha=Batik Sari Asih")
    world.time.turn(by: -3 * 3_600_000)
    try world.made.edit(record, "nama_usaha=Batik Sekar Sari")
    try world.meet()

    let sides = try sides(try world.ketut.desk.show(record, form: 1).items.first)
    let trust = Dictionary(uniqueKeysWithValues: sides.map { ($0.text, $0.witnesses[0].trust) })
    #expect(trust == ["Batik Sari Asih": .suspect, "Batik Sekar Sari": .trusted])
    #expect(sides.first { $0.isProvisional }?.text == "Batik Sekar Sari")
  }

  @Test func `Two right edits that make a wrong whole are listed`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "kemitraan=")
    try world.meet()
    try world.wayan.lookAndEdit(record, "kemitraan=tidak_ada")
    let other = try #require(
      try world.made.place().form(1).choices("kemitraan").first { $0.name != "tidak_ada" })
    try world.made.lookAndEdit(record, "kemitraan=\(other.name)")
    try world.meet()

    let item = try #require(try world.ketut.desk.show(record, form: 1).items.first)
    guard case .check(let finding, let given) = item.matter else { throw TestFailure.unexpected }
    #expect(finding.question.name == "kemitraan")
    #expect(item.kind == .derived)
    #expect(Set(given.compactMap(\.witness?.person.description)) == ["wayan", "made"])
    #expect(given.count == 2 && given.allSatisfy { !$0.text.isEmpty })
    #expect(try world.ketut.desk.list(kinds: [.derived]).count == 1)
    #expect(try world.ketut.desk.list(kinds: [.open, .contested]).isEmpty)
    let due = try ToDecide(try world.ketut.place())
    #expect(due.conflicts == 0 && due.checks == 1)
    #expect(item.place.description == "kemitraan")
    #expect(throws: ResolveError.isCheck(record)) {
      try world.ketut.resolve(record, "kemitraan", .take("AB"))
    }
  }

  @Test func `Whoever gives way in a conflict settles it`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    try world.wayan.lookAndEdit(record, "tahun_mulai=2001")
    try world.made.lookAndEdit(record, "tahun_mulai=2002")
    try world.meet()

    let outcome = try world.wayan.lookAndEdit(record, "tahun_mulai=2002")

    #expect(outcome.isChanged && outcome.conflicts == 0)
    #expect(try world.wayan.answer(record, "tahun_mulai") == "2002")
    // Who has said only this says nothing new.
    #expect(try !world.wayan.lookAndEdit(record, "tahun_mulai=2002").isChanged)
  }

  @Test func `Two people at one laptop can break a check together`() throws {
    let world = try World()
    let record = try world.made.add("Batik Sari", in: world.renon, "kemitraan=")
    _ = try world.made.show(record)
    _ = try world.ketut.show(record)
    try world.made.edit(record, "kemitraan=tidak_ada")
    let other = try #require(
      try world.made.place().form(1).choices("kemitraan").first { $0.name != "tidak_ada" })
    try world.ketut.edit(record, "kemitraan=\(other.name)")

    #expect(try world.ketut.desk.list(kinds: [.derived]).count == 1)
  }

  @Test func `Private answers are masked in conflicts unless they are revealed`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    try world.meet()
    for (hand, name) in [(world.wayan, "I Wayan"), (world.made, "Ni Made")] {
      _ = try hand.show(record)
      let assignment = try Assignment("nama_pemilik=-").answered(name)
      _ = try hand.actions.edit(record, form: 1, [assignment])
    }
    try world.meet()

    let masked = try sides(try world.ketut.desk.list().first)
    #expect(masked.map(\.text) == [Privacy.mask, Privacy.mask])
    let revealed = try ConflictDesk(try world.ketut.place(.revealed)).list()
    #expect(Set(try sides(revealed.first).map(\.text)) == ["I Wayan", "Ni Made"])
    let resolved = try {
      _ = try world.ketut.desk.show(record, form: 1)
      return try world.ketut.resolve(record, "nama_pemilik", .asked("I Wayan Sari"))
    }()
    #expect(resolved.left == 0)
  }
}
