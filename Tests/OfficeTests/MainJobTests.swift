import Causality
import Model
import Reading
import Store
import Sync
import Testing
import Wire

@Suite struct `The main job` {
  @Test func `Two people change different questions of one record: both survive`() throws {
    let world = try World()
    let renon = try village("51.71.01.1005")
    let wayan = try world.person("wayan", .surveyor, [renon])
    let made = try world.person("made", .surveyor, [renon])
    let one = try world.laptop("one", for: [wayan])
    let two = try world.laptop("two", for: [made])
    let record = try one.add(wayan, in: renon, ["nama_usaha": .text("Batik Sari")])
    #expect(try one.sync().sent == 1)
    #expect(try two.sync().received == 1)

    try one.edit(record, by: wayan, ["alamat": .text("Jl. Tukad Badung 1")])
    try two.edit(record, by: made, ["banjar": .text("Pande")])
    try one.sync()
    try two.sync()
    let last = try one.sync()

    #expect(last.received == 1)
    for laptop in [one, two] {
      #expect(try laptop.answer(record, "alamat") == .text("Jl. Tukad Badung 1"))
      #expect(try laptop.answer(record, "banjar") == .text("Pande"))
      #expect(try laptop.reading(record).conflictCount == 0)
    }
    let idle = try one.sync()
    #expect(idle.rounds == 1 && idle.received == 0 && idle.sent == 0)
    #expect(try one.store.vectors() == world.office.vectors())
  }

  @Test func `The same question: a conflict with both sides on all three replicas`() throws {
    let world = try World()
    let renon = try village("51.71.01.1005")
    let wayan = try world.person("wayan", .surveyor, [renon])
    let made = try world.person("made", .surveyor, [renon])
    let ketut = try world.person("ketut", .supervisor, nil)
    let one = try world.laptop("one", for: [wayan])
    let two = try world.laptop("two", for: [made, ketut])
    let record = try one.add(wayan, in: renon, ["nama_usaha": .text("Batik Sari")])
    try one.sync()
    try two.sync()
    try one.edit(record, by: wayan, ["nama_usaha": .text("Batik Sari Asih")])
    try two.edit(record, by: made, ["nama_usaha": .text("Batik Sekar Sari")])
    try one.sync()
    try two.sync()
    try one.sync()

    #expect(try one.reading(record).conflictCount == 1)
    #expect(try two.reading(record).conflictCount == 1)

    try two.edit(record, by: ketut, act: .resolution, ["nama_usaha": .text("Batik Sekar Sari")])
    try two.sync()
    try one.sync()
    #expect(try one.reading(record).conflictCount == 0)
    #expect(try one.answer(record, "nama_usaha") == .text("Batik Sekar Sari"))
  }

  @Test func `A record moved while another edits it is one record with both`() throws {
    let world = try World()
    let renon = try village("51.71.01.1005")
    let sanur = try village("51.71.01.1006")
    let wayan = try world.person("wayan", .surveyor, [renon])
    let made = try world.person("made", .surveyor, [renon, sanur])
    let one = try world.laptop("one", for: [wayan])
    let two = try world.laptop("two", for: [made])
    let record = try one.add(wayan, in: renon, ["nama_usaha": .text("Batik Sari")])
    try one.sync()
    try two.sync()
    let shown = try two.store.show([(record, 1)], to: made)[0]
    _ = try two.store.save(
      Edit(
        form: 1, village: renon, record: record, person: made, view: shown.state,
        wishes: [Wish(.village, .village(sanur))]))
    try one.edit(record, by: wayan, ["banjar": .text("Pande")])
    try two.sync()
    try one.sync()
    try two.sync()

    let reading = try two.reading(record)
    #expect(reading.home == sanur)
    #expect(try two.answer(record, "banjar") == .text("Pande"))
    #expect(try two.store.show([(record, 1)], to: made)[0].village == sanur)
  }
}
