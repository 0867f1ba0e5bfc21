import Causality
import Forms
import Model
import Testing

@testable import OfficeCommands

@Suite struct `Villages as an office types them` {
  let places = Places(list: Preset.denpasar.villages)

  private func codes(_ typed: String...) throws -> [String] {
    guard case .villages(let codes) = try places.choice(typed).scope else { return ["all"] }
    return codes.map(\.description)
  }

  @Test(arguments: [
    ("51.71.03.1007", "51.71.03.1007"), ("5171031007", "51.71.03.1007"),
    ("03.1007", "51.71.03.1007"), ("pemecutan", "51.71.03.1007"),
    ("  Padang   Sambian ", "51.71.03.1010"), ("Dauh Puri Klod", "51.71.03.2004"),
    ("karya", "51.71.01.2007"),
  ])
  func `A code, a relative code, a name or a part of one is one village`(
    _ typed: String, _ code: String
  ) throws {
    #expect(try codes(typed) == [code])
  }

  @Test(arguments: ["51.71.02", "02", "Denpasar Timur", "denpasar timur", "Timur"])
  func `A kecamatan stands for its villages`(_ typed: String) throws {
    let found = try codes(typed)
    #expect(found.count == 11)
    #expect(found.allSatisfy { $0.hasPrefix("51.71.02.") })
  }

  @Test func `Every kecamatan and every village is found by its name and code`() throws {
    for village in places.list.villages {
      #expect(try codes(village.name) == [village.code.description])
      #expect(try codes(village.code.description) == [village.code.description])
      let whole = places.list.villages.filter { $0.kecamatanCode == village.kecamatanCode }
      #expect(try codes(village.kecamatan) == whole.map(\.code.description).sorted())
    }
  }

  @Test func `All is all, also of what comes later`() throws {
    #expect(try codes("Renon", "ALL") == ["all"])
  }

  @Test func `Several are put together, each once, in order`() throws {
    #expect(try codes("Sanur,Renon", "renon") == ["51.71.01.1005", "51.71.01.1006"])
  }

  @Test func `A part that fits several is refused with the list`() throws {
    let failure = #expect(throws: Failure.self) { try codes("dauh") }
    guard case .severalVillages("dauh", let villages)? = failure else {
      Issue.record("another failure: \(String(describing: failure))")
      return
    }
    #expect(villages.count == 5)
    #expect(failure?.kind == .refused)
  }

  @Test func `What is nearly a name is suggested and not taken`() throws {
    let failure = #expect(throws: Failure.self) { try codes("Renom") }
    guard case .unknownVillage("Renom", let suggestions)? = failure else {
      Issue.record("another failure: \(String(describing: failure))")
      return
    }
    #expect(suggestions.map(\.name) == ["Renon"])
  }

  @Test func `Nothing is no village, and not all of them`() {
    #expect(throws: Failure.self) { try codes("") }
    #expect(throws: Failure.self) { try codes(" ") }
    #expect(throws: Failure.self) { try codes(",") }
  }

  @Test func `A full name that others begin with is said`() throws {
    let notices = try places.choice(["Penatih"]).notices
    guard case .alsoBeginsOthers(let village, let others)? = notices.first else {
      Issue.record("\(notices)")
      return
    }
    #expect(village.name == "Penatih" && others.map(\.name) == ["Penatih Dangin Puri"])
  }

  @Test func `A whole kecamatan is shown by its name`() throws {
    #expect(places.shown(try places.choice(["Denpasar Barat"]).scope) == "Denpasar Barat (all 11)")
    #expect(
      places.shown(try places.choice(["Selatan", "Kesiman"]).scope)
        == "Denpasar Selatan (all 10), Kesiman")
    #expect(places.shown(.all) == "all")
  }
}
