import Model
import Reading
import Store
import Testing
import Worlds

@Suite struct `What the simulator lets an office send` {
  /// A world with a laptop that can lose a village, and another that can hear of it first.
  private func world() throws -> (SimulatedWorld, PersonID, laptop: Int, first: Int) {
    for seed in 1...200 as ClosedRange<UInt64> {
      let world = try SimulatedWorld(seed: seed)
      let joined = world.laptops.indices.filter { world.laptops[$0].hasJoined }
      for index in joined {
        let people = world.laptops[index].people
        guard people.count == 1, people[0] != SimulatedWorld.supervisor,
          world.homes[people[0], default: []].count > 1,
          let first = joined.first(where: { $0 != index })
        else { continue }
        return (world, people[0], index, first)
      }
    }
    throw SimulationFailure(description: "no world has two such laptops")
  }

  @Test func `What was taken from a laptop it may be sent by an office that forgot it`() throws {
    let (world, person, index, other) = try world()
    let (laptop, first) = (world.laptops[index], world.laptops[other])
    let villages = world.homes[person, default: []]
    let mine = { [world] () throws -> Set in
      let version = try world.directory(of: laptop.store).version
      return try world.mayBeSent(to: laptop, knowing: version)
    }
    try world.syncWhole(laptop)
    try world.backUpOffice()
    try world.assign(person, to: [villages[0]])
    #expect(laptop.scope == [villages[0]])
    #expect(try mine() == [villages[0]])
    try world.syncWhole(first)
    let news = try world.directory(of: first.store).version
    try world.putOfficeBack(isSaid: true)
    // Neither the office nor the laptop knows any more, or knows yet.
    #expect(try mine() == Set(villages))
    #expect(try world.mayBeSent(to: laptop, knowing: news).isEmpty)
    try world.syncWhole(first)
    #expect(try mine() == [villages[0]])
  }

  @Test func `What a laptop holds of villages that never were its people's is found`() throws {
    let (world, person, index, _) = try world()
    let laptop = world.laptops[index]
    let village = world.homes[person, default: []][0]
    let writer = try world.addLaptop(for: person)
    let wish = Wish(Path(field: TinySurvey.Field.name), .text("baru"))
    _ = try writer.store.save(
      Edit(form: 1, village: village, record: nil, person: person, wishes: [wish]))
    try world.join(writer)
    try world.syncWhole(writer)
    try world.syncWhole(laptop)
    try world.checkTheirs(of: laptop)
    laptop.everInScope.remove(village)
    #expect(throws: SimulationFailure.self) { try world.checkTheirs(of: laptop) }
    // What it wrote itself it may hold wherever that is.
    writer.everInScope = []
    try world.checkTheirs(of: writer)
  }

  @Test func `The last that heard a word of the office is not put back before it has passed it on`()
    throws
  {
    let (world, person, _, other) = try world()
    let first = world.laptops[other]
    try world.syncWhole(first)
    try world.takeImage(of: first)
    try world.backUpOffice()
    try world.assign(person, to: [world.homes[person, default: []][0]])
    let news = try world.directory(of: world.office.store).version
    try world.syncWhole(first)
    try world.putOfficeBack(isSaid: false)
    #expect(try world.directory(of: world.office.store).version < news)
    try world.putBack(first)
    #expect(try world.directory(of: world.office.store).version == news)
    #expect(try world.directory(of: first.store).version < news)
  }
}
