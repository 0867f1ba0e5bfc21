import Causality
import Crypto
import Model
import Office
import Store
import Sync
import Testing
import Wire

/// Laptops that were turned away, or whose answer was lost, and come to the office again.
@Suite struct `Coming back to the office` {
  let world: World
  let renon: VillageCode
  let sanur: VillageCode
  let wayan: PersonID
  let laptop: Laptop

  init() throws {
    world = try World()
    renon = try village("51.71.01.1005")
    sanur = try village("51.71.01.1006")
    wayan = try world.person("wayan", .surveyor, [renon])
    laptop = try world.laptop("one", for: [wayan])
  }

  private func known(_ record: RecordID) throws -> Bool {
    try world.office.peek(record, form: 1) != nil
  }

  @Test func `A laptop that was turned away comes back with all that it holds`() throws {
    let before = try laptop.add(wayan, in: renon, ["nama_usaha": .text("Batik Sari")])
    try laptop.sync()
    let unsent = try laptop.add(wayan, in: renon, ["nama_usaha": .text("Tenun Padma")])
    try world.revoke(laptop)
    let later = try laptop.add(wayan, in: renon, ["nama_usaha": .text("Perak Celuk")])
    #expect(throws: Problem.revokedDevice) { try laptop.sync() }
    #expect(try world.office.quarantined().count == 2)
    #expect(try !known(unsent))

    let device = try laptop.store.standing().device
    let old = (replica: try laptop.store.standing().replica, key: laptop.key)
    let code = try world.invite("one", for: [wayan], again: device)
    // To be invited is not to be let in.
    #expect(throws: Problem.revokedDevice) { try laptop.sync() }
    try laptop.comeBack(code: code, person: wayan)
    #expect(try laptop.store.standing().device == device)
    #expect(try laptop.store.standing().replica != old.replica)
    let summary = try laptop.sync()
    #expect(summary.sent == 2 && summary.isAllSent)
    for record in [before, unsent, later] { #expect(try known(record)) }
    #expect(try world.office.quarantined().isEmpty)

    // It goes on, under a replica of its own.
    try laptop.edit(later, by: wayan, ["alamat": .text("Jalan Satu")])
    #expect(try laptop.sync().isAllSent)
    #expect(try world.office.verify().isClean && laptop.store.verify().isClean)
    #expect(try laptop.store.vectors() == world.office.vectors())

    // Whoever has a copy of what it was before has nothing.
    laptop.key = old.key
    #expect(throws: Problem.unknownDevice) { try laptop.sync() }
  }

  @Test func `What it knew of the office still counts, so coming back costs no second sending`()
    throws
  {
    for number in 0..<5 {
      _ = try laptop.add(wayan, in: renon, ["nama_usaha": .text("Usaha \(number)")])
    }
    try laptop.sync()
    try world.revoke(laptop)
    let device = try laptop.store.standing().device
    let code = try world.invite("one", for: [wayan], again: device)
    try laptop.comeBack(code: code, person: wayan)
    #expect(try laptop.store.unsentCount() == 0)
    #expect(try laptop.store.syncMaterial(budget: 1 << 20).frames.isEmpty)
    #expect(try laptop.sync().isAllSent)
  }

  @Test func `A code lets in the device that it is for, and is not used up by another`() throws {
    let other = try world.laptop("two", for: [wayan])
    try world.revoke(laptop)
    try world.revoke(other)
    let device = try laptop.store.standing().device
    let code = try world.invite("one", for: [wayan], again: device)
    #expect(throws: Problem.otherDevice) { try other.comeBack(code: code, person: wayan) }
    try laptop.comeBack(code: code, person: wayan)
    #expect(try laptop.sync().isAllSent)
  }

  @Test func `A laptop of another survey is not let in, and keeps its own`() throws {
    let elsewhere = try World(seed: 2)
    let preset = try #require(try world.office.standing().survey?.preset)
    try elsewhere.office.extendDirectory([
      .survey(Survey(id: 99, name: "x", preset: preset, zoneMinutes: 480, zoneName: "WITA"))
    ])
    _ = try elsewhere.person("wayan", .surveyor, [renon])
    let code = try elsewhere.invite("one", for: [wayan])
    let request = try laptop.comingBack(code: code, key: Curve25519.Signing.PrivateKey())
    #expect(throws: Problem.otherSurvey) { try elsewhere.enrolment.answer(request.bytes) }
    guard case .open = try elsewhere.office.invitation(for: Array(code.utf8)) else {
      Issue.record("the code was used up")
      return
    }
  }

  @Test func `Who lost the answer gets it again by the same key, and nobody else does`() throws {
    let code = try world.invite("two", for: [wayan])
    let store = try Store.create(
      at: nil, role: .standalone, surroundings: world.time.surroundings)
    let key = Curve25519.Signing.PrivateKey()
    func ask(_ key: Curve25519.Signing.PrivateKey) throws -> EnrolReply {
      let (replica, streams) = try store.ownStreams()
      return try EnrolReply(
        try world.enrolment.answer(
          EnrolRequest(
            code: code, key: Array(key.publicKey.rawRepresentation), preset: "",
            replica: replica, streams: streams
          ).bytes))
    }
    let first = try ask(key)
    let again = try ask(key)
    #expect(first.device == again.device && first.directory == again.directory)
    #expect(throws: Problem.badCode) { try ask(Curve25519.Signing.PrivateKey()) }
    let device = try #require(try world.office.standing().directory.device(first.device))
    try world.office.extendDirectory([
      .device(
        Device(
          id: device.id, name: device.name, key: device.key, people: device.people,
          isRevoked: true))
    ])
    #expect(throws: Problem.badCode, "who was turned away since is not let in by it") {
      try ask(key)
    }
  }

  @Test func `A code is not used up by a request that is refused`() throws {
    let stranger = try world.laptop("two", for: [wayan])
    _ = try stranger.add(wayan, in: renon, ["nama_usaha": .text("Batik")])
    try stranger.sync()
    let code = try world.invite("three", for: [wayan])
    let (replica, streams) = try stranger.store.ownStreams()
    #expect(throws: Problem.foreignReplica) {
      try world.enrolment.answer(
        EnrolRequest(
          code: code, key: Array(stranger.key.publicKey.rawRepresentation), preset: "",
          replica: replica, streams: streams
        ).bytes)
    }
    guard case .open = try world.office.invitation(for: Array(code.utf8)) else {
      Issue.record("the code was used up")
      return
    }
  }

  @Test func `A laptop that serves somebody else now still hands in what was saved before`()
    throws
  {
    let made = try world.person("made", .surveyor, [sanur])
    let shared = try world.laptop("shared", for: [wayan, made])
    let record = try shared.add(made, in: sanur, ["nama_usaha": .text("Batik Sari")])
    let device = try shared.store.standing().device
    try world.office.change(device, name: "Laptop Renon", people: [wayan])
    let listed = try #require(try world.office.devices().first { $0.id == device })
    #expect(listed.name == "Laptop Renon" && listed.people == [wayan] && !listed.isRevoked)
    #expect(try shared.sync().isAllSent)
    #expect(try known(record))
    // From now on it knows.
    #expect(throws: EditRefusal.notServed(made)) {
      try shared.add(made, in: sanur, ["nama_usaha": .text("Tenun")])
    }
  }

  @Test func `A device that has not come yet is changed for the code that is out`() throws {
    let made = try world.person("made", .surveyor, [sanur])
    let code = try world.invite("two", for: [wayan])
    let device = try #require(try world.office.devices().last)
    try world.office.change(device.id, name: "Laptop Sanur", people: [made])
    guard case .open(_, let name, let people) = try world.office.invitation(for: Array(code.utf8))
    else {
      Issue.record("the code is not open")
      return
    }
    #expect(name == "Laptop Sanur" && people == [made])
  }
}
