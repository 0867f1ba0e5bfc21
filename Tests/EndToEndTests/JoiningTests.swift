import Foundation
import Testing

/// Who may come in, and what becomes of the work of those who may not.
@Suite struct `Coming to the office` {
  let town: Town

  init() throws {
    town = try Town()
    try town.open()
  }

  @Test func `A laptop that worked alone joins and hands its records in`() throws {
    let wayan = town.newLaptop("wayan")
    try wayan.run("init", "--standalone", "--person", "wayan")
    let batik = try wayan.add("Batik Sari")
    let tenun = try wayan.add("Tenun Padma", in: Town.sanur)
    try wayan.edit(batik, "alamat=Jalan Tukad Barito 7")
    let joined = try wayan.json("join", town.address, try town.invite("wayan", for: "wayan"))
    #expect(joined["sent"].number == 3 && joined["unsent"].number == 0)

    let made = try town.laptop("made", for: "made")
    #expect(try made.look(batik)["answers"]["alamat"].text == "Jalan Tukad Barito 7")
    #expect(try made.look(tenun)["village"].text == Town.sanur)
    // What was made alone goes on to be edited, here and there.
    try wayan.edit(batik, "banjar=Kelod")
    try made.run("show", tenun)
    try made.edit(tenun, "banjar=Kaja")
    try town.meet(wayan, made)
    #expect(try made.look(batik)["answers"]["banjar"].text == "Kelod")
    #expect(try wayan.look(tenun)["answers"]["banjar"].text == "Kaja")
    try town.expectAgreement(wayan, made)
  }

  @Test func `A laptop that was copied while it worked alone joins, and so does its copy`() throws {
    let wayan = town.newLaptop("wayan")
    try wayan.run("init", "--standalone", "--person", "wayan")
    let batik = try wayan.add("Batik Sari")
    let copy = town.newLaptop("copy")
    try FileManager.default.copyItem(atPath: wayan.store, toPath: copy.store)
    try wayan.edit(batik, "alamat=Jalan Tukad Barito 7")
    let tenun = try wayan.add("Tenun Padma", in: Town.sanur)
    try copy.run("show", batik)
    try copy.edit(batik, "banjar=Kelod")
    let perak = try copy.add("Perak Agung")
    try wayan.run("join", town.address, try town.invite("wayan", for: "wayan"))
    let joined = try copy.json("join", town.address, try town.invite("copy", for: "wayan"))
    #expect(joined["unsent"].number == 0)
    try town.meet(wayan, copy)
    for laptop in [wayan, copy] {
      let answers = try laptop.look(batik)["answers"]
      #expect(answers["alamat"].text == "Jalan Tukad Barito 7" && answers["banjar"].text == "Kelod")
      #expect(try laptop.look(tenun)["village"].text == Town.sanur)
      #expect(try !laptop.look(perak)["village"].isAbsent)
    }
    try town.expectAgreement(wayan, copy)
    let status = try town.office("status", "--format", "json").json()
    #expect(status["quarantined"].number == 0)
  }

  @Test func `A sync with nothing new is one round trip, and says that all is at the office`()
    throws
  {
    let wayan = try town.laptop("wayan", for: "wayan")
    _ = try wayan.add("Batik Sari")
    #expect(try wayan.sync()["sent"].number == 1)
    let outcome = try wayan.run("sync")
    let words = "sent 0, received 0, no new conflicts; all your work is at the office\n"
    #expect(outcome.out + outcome.err == words)
    let quiet = try wayan.sync()
    #expect(quiet["rounds"].number == 1)
    #expect(quiet["sent"].number == 0 && quiet["received"].number == 0)
  }

  @Test func `On a shared laptop each person writes under their own name`() throws {
    let shared = town.newLaptop("shared")
    try shared.run("join", town.address, try town.invite("shared", for: "wayan,made"))
    let nobody = try shared.refusal(1, "add", "--village", Town.renon, "--set", "nama_usaha=X")
    #expect(nobody.contains("kulkul as"))
    try shared.run("as", "made")
    #expect(try shared.json("whoami")["person"].text == "made")
    let batik = try shared.add("Batik Sari")
    _ = try shared.refusal(1, "as", "ketut")
    try shared.run("show", batik, "--as", "wayan")
    try shared.run("edit", batik, "--as", "wayan", "--set", "alamat=Jalan Satu")
    try shared.sync()

    let ketut = try town.laptop("ketut", for: "ketut")
    let record = try ketut.look(batik)
    #expect(record["created_by"].text == "made" && record["changed_by"].text == "wayan")
    try town.expectAgreement(shared, ketut)
  }

  @Test func `A laptop that was turned away keeps its work, and the office keeps it aside`() throws
  {
    let wayan = try town.laptop("wayan", for: "wayan")
    let batik = try wayan.add("Batik Sari")
    try wayan.sync()
    try town.office("device", "revoke", "wayan")
    try wayan.edit(batik, "alamat=Jalan Satu")
    for _ in 0..<2 {
      let refusal = try wayan.refusal(3, "sync")
      #expect(refusal.contains("turned this laptop away") && refusal.contains("is kept here"))
    }
    #expect(try wayan.json("status")["unsent"].number == 1)
    #expect(try wayan.look(batik)["answers"]["alamat"].text == "Jalan Satu")
    try wayan.run("verify")
    let status = try town.office("status", "--format", "json").json()
    #expect(status["quarantined"].number == 1)
    #expect(status["quarantine"][0]["ground"].text == "revoked")
    try town.office("verify")

    let made = try town.laptop("made", for: "made")
    #expect(try made.look(batik)["answers"]["alamat"].isAbsent, "nobody else gets it")
  }

  @Test func `A wrong code, a used code and a word that is no code let nobody in`() throws {
    let wayan = town.newLaptop("wayan")
    #expect(try wayan.refusal(3, "join", town.address, "K7M3-Q9X2").contains("the code"))
    #expect(try wayan.refusal(2, "join", town.address, "K0M3").contains("cannot be"))
    let code = try town.invite("wayan", for: "wayan")
    try wayan.run("join", town.address, code.lowercased())
    let second = town.newLaptop("second")
    #expect(try second.refusal(3, "join", town.address, code).contains("the code"))
    #expect(try second.attempt(["status"]).err.contains("kulkul join URL CODE"))
  }

  /// What answers in the place of an office, in the nets of hotels and elsewhere.
  static let strangers = [
    "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 26\r\n\r\n<html>Please log in</html>",
    "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here\n",
    "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: 4\r\n\r\n\u{1}\u{2}\u{3}\u{4}",
    "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nhalf of it",
    "220 mail.example ESMTP\r\n",
    "",
  ]

  @Test func `A server that is no office is told apart, and gets no work`() throws {
    let wayan = try town.laptop("wayan", for: "wayan")
    _ = try wayan.add("Batik Sari")
    town.close()
    let port = try #require(UInt16(town.address.split(separator: ":")[2]))
    for says in Self.strangers {
      try Stranger(at: port, says: says).answering {
        let refusal = try wayan.refusal(3, "sync")
        #expect(refusal.contains("office"), "\(says): \(refusal)")
        let newcomer = town.newLaptop("newcomer")
        _ = try newcomer.refusal(3, "join", town.address, "K7M3-Q9X2")
        // The office may stand behind what answered, and have let the laptop in: the key that it was
        // asked with is kept for the next time.
        #expect(FileManager.default.fileExists(atPath: newcomer.store), "\(says)")
        #expect(try newcomer.attempt(["status"]).err.contains("kulkul join URL CODE"))
      }
    }
    #expect(try wayan.json("status")["unsent"].number == 1)
    try town.open()
    #expect(try wayan.sync()["sent"].number == 1)
    try town.expectAgreement(wayan)
  }
}
