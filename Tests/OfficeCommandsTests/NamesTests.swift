import Model
import Testing

@testable import OfficeCommands

@Suite struct `Names as an office types them` {
  @Test func `Spaces are put in order`() throws {
    #expect(try Names.name("  Ni  Wayan Sari ") == "Ni Wayan Sari")
    #expect(try Names.name("Désa Ünïcode ᬩᬮᬶ") == "Désa Ünïcode ᬩᬮᬶ")
  }

  @Test(arguments: [
    "", "   ", "a\nb", "a\u{1B}[31m", "a\u{202E}b", String(repeating: "x", count: 121),
  ])
  func `What could mislead or break a list is refused`(_ typed: String) {
    #expect(throws: Failure.self) { try Names.name(typed) }
  }

  @Test func `People are those of the directory, each once`() throws {
    let wayan = try #require(PersonID("wayan"))
    let directory = Directory([
      .person(Person(id: wayan, name: "Wayan", role: .surveyor, scope: .all))
    ])
    #expect(try Names.people(["wayan, wayan", "wayan"], in: directory) == [wayan])
    #expect(throws: Failure.self) { try Names.people(["made"], in: directory) }
    #expect(throws: Failure.self) { try Names.people(["Wayan"], in: directory) }
  }
}
