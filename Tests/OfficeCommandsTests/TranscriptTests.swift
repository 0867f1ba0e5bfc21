import Foundation
import Testing

@Suite struct `The office on the command line` {
  @Test func `A survey begins`() throws {
    let office = try Program()
    #expect(
      try office.run("init")
        == Outcome(
          code: 0, out: "",
          err: """
            The survey "IKM Denpasar" is made: 43 villages, form ikm. It is kept in \
            ~/data/kulkul-server/office.db.
            Next: kulkul-server person add surveyor1 --name "…" --role surveyor --village Renon

            """))
    #expect(
      try office.run("init")
        == Outcome(
          code: 1, out: "",
          err: """
            Error: there is a store at ~/data/kulkul-server/office.db already
            Hint: Type "kulkul-server status" to see it, or --store FILE to begin another.

            """))
  }

  @Test func `What an office keeps is for its owner alone`() throws {
    let office = try Program()
    try office.run("init")
    for (path, mode) in [("data/kulkul-server", 0o700), ("data/kulkul-server/office.db", 0o600)] {
      let attributes = try FileManager.default.attributesOfItem(
        atPath: office.folder.appending(path: path).path(percentEncoded: false))
      #expect(attributes[.posixPermissions] as? Int == mode, "\(path)")
    }
  }

  @Test func `People and laptops`() throws {
    let office = try Program()
    try office.run("init")
    #expect(
      try office.run(
        "person", "add", "sari", "--name", "Ni Wayan Sari", "--role", "surveyor", "--village",
        "Penatih")
        == Outcome(
          code: 0, out: "",
          err: """
            sari is added: Ni Wayan Sari, surveyor.
            Penatih was taken for the village of that name, and not for Penatih Dangin Puri.
              51.71.02.1014 Penatih (Denpasar Timur)
            Next: kulkul-server device invite "Laptop 1" --for sari

            """))
    try office.run(
      "person", "add", "ketut", "--name", "Ketut Alit", "--role", "supervisor", "--village", "all")
    #expect(
      try office.run("device", "invite", "Laptop 7", "--for", "sari,ketut")
        == Outcome(
          code: 0, out: "FDNH-HSFK\n",
          err: """
            Device 1, "Laptop 7", may join for sari and ketut with the code above.
            On the laptop: kulkul join http://HOST:8043 FDNH-HSFK   (HOST: this machine's name or \
            address)
            The code works once, until 2026-12-06 14:05 WITA.

            """))
    #expect(
      try office.run("person", "list").out
        == """
        person  name           role        devices  villages
        ketut   Ketut Alit     supervisor  1        all
        sari    Ni Wayan Sari  surveyor    1        Penatih

        """)
    #expect(
      try office.run("device", "list").out
        == """
        device  name      people       state    last heard  unsent
             1  Laptop 7  sari, ketut  invited  –                –

        """)
    #expect(
      try office.run("device", "list", "--format", "json").out
        == """
        {
          "version": 1,
          "kind": "devices",
          "devices": [
            {
              "device": 1,
              "name": "Laptop 7",
              "people": ["sari", "ketut"],
              "state": "invited",
              "heard_at": null,
              "unsent": null
            }
          ]
        }

        """)
  }

  @Test func `A code that was lost is replaced, and one that was withdrawn works no more`() throws {
    let office = try Program()
    try office.run("init")
    try office.run(
      "person", "add", "sari", "--name", "Sari", "--role", "surveyor", "--village", "Renon")
    let first = try office.run("device", "invite", "Laptop 7", "--for", "sari").out
    let second = try office.run("device", "invite", "--again", "laptop 7").out
    #expect(first != second && second.count == 10)
    #expect(
      try office.run("device", "invite", "Laptop 7", "--for", "sari")
        == Outcome(
          code: 1, out: "",
          err: """
            Error: there is a device "Laptop 7" already: 1
            Hint: For a new code type "kulkul-server device invite --again 1"; for another laptop \
            choose another name.

            """))
    #expect(
      try office.run("device", "revoke", "1").err
        == "Device 1, \"Laptop 7\", had not joined; its code works no more.\n")
    #expect(try office.run("device", "list").out.contains("turned away"))
  }

  @Test func `The same chance twice makes no code twice`() throws {
    let office = try Program()
    try office.run("init")
    try office.run(
      "person", "add", "sari", "--name", "Sari", "--role", "surveyor", "--village", "Renon")
    var codes = Set<String>()
    for number in 1...3 {
      let process = office.process(["device", "invite", "Laptop \(number)", "--for", "sari"])
      process.environment?["KULKUL_TEST_SEED"] = "7"
      let pipe = Pipe()
      process.standardOutput = pipe
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      codes.insert(String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self))
    }
    #expect(codes.count == 3)
  }

  @Test func `Every village has its line, also where there is nothing`() throws {
    let office = try Program()
    try office.run("init")
    let table = try office.run("coverage").out.split(separator: "\n")
    #expect(table.count == 45)
    #expect(table.last?.hasPrefix("total") == true)
    let sheet = try office.run("coverage", "--format", "csv").out.split(separator: "\n")
    #expect(sheet.count == 44)
    #expect(sheet[1] == "51.71.01.1001,Serangan,Denpasar Selatan,0,0,0,")
    #expect(try office.run("coverage", "--format", "json").out.contains("\"total\": {"))
  }

  @Test func `A new office is sound`() throws {
    let office = try Program()
    try office.run("init")
    let outcome = try office.run("verify")
    #expect(outcome.code == 0 && outcome.err == "Everything is sound.\n")
  }

  @Test func `A laptop gets another name and other people`() throws {
    let office = try Program()
    try office.run("init")
    for person in ["sari", "putra"] {
      try office.run(
        "person", "add", person, "--name", person, "--role", "surveyor", "--village", "Renon")
    }
    try office.run("device", "invite", "Laptop 7", "--for", "sari")
    try office.run("device", "invite", "Laptop 8", "--for", "putra")
    #expect(
      try office.run("device", "change", "7", "--name", "x").err.hasPrefix(
        "Error: there is no device \"7\""))
    #expect(
      try office.run(
        "device", "change", "Laptop 7", "--name", "Laptop Renon", "--for", "sari,putra")
        == Outcome(
          code: 0, out: "",
          err: "Device 1, \"Laptop Renon\", serves sari and putra.\n"))
    #expect(
      try office.run("device", "change", "1", "--name", "Laptop Renon").err
        == "Device 1 is so already; nothing was changed.\n")
    #expect(
      try office.run("device", "change", "1", "--name", "Laptop 8")
        == Outcome(
          code: 1, out: "",
          err: """
            Error: there is a device "Laptop 8" already: 2
            Hint: For a new code type "kulkul-server device invite --again 2"; for another laptop \
            choose another name.

            """))
    #expect(
      try office.run("device", "list").out
        == """
        device  name          people       state    last heard  unsent
             1  Laptop Renon  sari, putra  invited  –                –
             2  Laptop 8      putra        invited  –                –

        """)
  }

  @Test func `Who leaves keeps what is theirs and gets no village`() throws {
    let office = try Program()
    try office.run("init")
    try office.run(
      "person", "add", "sari", "--name", "Sari", "--role", "surveyor", "--village", "Renon")
    #expect(
      try office.run("person", "change", "sari", "--village", "none").err
        == """
        sari is changed: Sari, surveyor.
          no village: once their laptops hear of it, nothing more is recorded

        """)
    #expect(
      try office.run("person", "list").out
        == """
        person  name  role      devices  villages
        sari    Sari  surveyor  –        –

        """)
  }

  @Test func `Nothing is missing`() throws {
    let office = try Program()
    try office.run("init")
    #expect(
      try office.run("void", "list") == Outcome(code: 0, out: "", err: "Nothing is missing.\n"))
    #expect(
      try office.run("void", "list", "--all", "--format", "json").out
        == """
        {
          "version": 1,
          "kind": "void",
          "missing": [],
          "waiting": []
        }

        """)
  }

  @Test func `Nothing waits`() throws {
    let office = try Program()
    try office.run("init")
    #expect(
      try office.run("inbox", "list") == Outcome(code: 0, out: "", err: "Nothing waits.\n"))
    #expect(
      try office.run("inbox", "list", "--format", "json").out
        == """
        {
          "version": 1,
          "kind": "inbox",
          "inbox": []
        }

        """)
  }

  @Test func `Nothing is kept aside`() throws {
    let office = try Program()
    try office.run("init")
    #expect(
      try office.run("quarantine", "list")
        == Outcome(code: 0, out: "", err: "Nothing is kept aside.\n"))
    #expect(
      try office.run("quarantine", "list", "--format", "json").out
        == """
        {
          "version": 1,
          "kind": "quarantine",
          "quarantine": []
        }

        """)
  }
}
