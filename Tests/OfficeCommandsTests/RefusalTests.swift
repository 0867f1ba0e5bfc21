import Foundation
import Store
import Testing

@Suite struct `What the office refuses` {
  @Test(arguments: [
    (["status"], 4, "there is no office at ~/data/kulkul-server/office.db"),
    (["status", "--store", "/etc/hostname"], 4, "/etc/hostname is not a store of Kulkul's"),
    (["--store", "no/such.db", "person", "list"], 4, "there is no office at no/such.db"),
    (["init", "--store", "/proc/none/x.db"], 4, "the folder /proc/none cannot be made"),
    (["init", "--name", ""], 1, "a name cannot be empty"),
  ])
  func `without an office`(_ arguments: [String], _ code: Int32, _ words: String) throws {
    let office = try Program()
    let outcome = try office.run(arguments)
    #expect(outcome.code == code && outcome.out.isEmpty)
    #expect(outcome.err.hasPrefix("Error: " + words))
    #expect(outcome.err.split(separator: "\n").last?.hasPrefix("Hint: ") == true)
  }

  @Test(arguments: [
    (StoreRole.standalone, "is the store of somebody who works alone"),
    (.office, "was begun and never finished"),
  ])
  func `a store that is no office's`(_ role: StoreRole, _ words: String) throws {
    let office = try Program()
    let path = office.folder.appending(path: "other.db").path(percentEncoded: false)
    try Store.create(at: path, role: role).close()
    let outcome = try office.run("device", "list", "--store", path)
    #expect(outcome.code == 4 && outcome.out.isEmpty)
    #expect(outcome.err.contains(words))
  }

  private static func add(_ person: String, _ name: String, _ village: String) -> [String] {
    ["person", "add", person, "--name", name, "--role", "viewer", "--village", village]
  }

  @Test(arguments: [
    (add("Sari", "S", "all"), "\"Sari\" cannot be a person's word"),
    (add("s", "S", "dauh"), "\"dauh\" fits 5 villages"),
    (add("s", "S", "Kuta"), "there is no village or kecamatan"),
    (add("s", " ", "all"), "a name cannot be empty"),
    (["person", "change", "sari", "--role", "viewer"], "there is no person sari"),
    (["device", "invite", "Laptop", "--for", "sari"], "there is no person sari"),
    (["device", "invite", "--again", "7"], "there is no device \"7\""),
    (["device", "revoke", "Laptop"], "there is no device \"Laptop\""),
    (["device", "change", "Laptop", "--name", "x"], "there is no device \"Laptop\""),
    (add("s", "S", "none,Renon"), "\"none\" and villages do not go together"),
    (["quarantine", "show", "K7M3Q"], "nothing called \"K7M3Q\" is kept aside"),
    (["void", "declare", "K7M3Q", "--as", "ketut", "--because", "x"], "nothing called"),
    (["inbox", "drop", "K7M3Q", "--as", "ketut", "--because", "x"], "nothing called"),
    (["quarantine", "take", "K7M3Q", "--as", "ketut"], "nothing called \"K7M3Q\""),
    (["quarantine", "drop", "K7M3Q", "--as", "ketut", "--because", "x"], "nothing called"),
  ])
  func `with one, saying what to type`(_ arguments: [String], _ words: String) throws {
    let office = try Program()
    try office.run("init")
    let outcome = try office.run(arguments)
    #expect(outcome.code == 1 && outcome.out.isEmpty)
    #expect(outcome.err.hasPrefix("Error: " + words))
    #expect(outcome.err.split(separator: "\n").last?.hasPrefix("Hint: ") == true)
  }

  @Test(arguments: [
    ["frobnicate"], ["person", "add"], ["person", "add", "s", "--name", "S", "--role", "boss"],
    ["device", "invite"], ["device", "invite", "Laptop"], ["status", "--format", "csv"],
    ["device", "invite", "Laptop", "--again", "1", "--for", "s"], ["serve", "--port", "70000"],
    ["init", "--preset", "jakarta"], ["quarantine", "take", "K7M3Q"],
    ["quarantine", "drop", "K7M3Q", "--as", "ketut"], ["device", "change"],
    ["void", "declare", "K7M3Q", "--as", "ketut"], ["inbox", "drop", "K7M3Q", "--as", "ketut"],
    ["void", "declare", "K7M3Q", "--up-to", "x", "--as", "ketut", "--because", "x"],
  ])
  func `what it does not understand`(_ arguments: [String]) throws {
    let outcome = try Program().run(arguments)
    #expect(outcome.code == 2 && outcome.out.isEmpty)
    #expect(outcome.err.hasPrefix("Error: "))
    #expect(outcome.err.contains("\nHint: Type \"kulkul-server help"))
  }

  @Test(arguments: [
    ["--help"], ["init"], ["serve"], ["status"], ["coverage"], ["verify"], ["person", "add"],
    ["person", "list"], ["person", "change"], ["device", "invite"], ["device", "list"],
    ["device", "revoke"], ["device", "change"], ["quarantine", "list"], ["quarantine", "show"],
    ["quarantine", "take"], ["quarantine", "drop"], ["void", "list"], ["void", "declare"],
    ["inbox", "list"], ["inbox", "drop"],
  ])
  func `not even help: each command has an example`(_ command: [String]) throws {
    let outcome = try Program().run(command + ["--help"])
    #expect(outcome.code == 0 && outcome.err.isEmpty)
    #expect(outcome.out.contains("Example"))
  }
}
