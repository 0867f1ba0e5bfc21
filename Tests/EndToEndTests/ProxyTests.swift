import Foundation
import Testing

/// Offices that are reached through a proxy, as the environment says.
@Suite struct `Through a proxy` {
  let town: Town

  init() throws {
    town = try Town()
    try town.open()
  }

  @Test func `Joining and syncing go through it`() throws {
    let relay = try Relay()
    try relay.relaying {
      town.variables["http_proxy"] = relay.address
      let wayan = try town.laptop("wayan", for: "wayan")
      let batik = try wayan.add("Batik Sari")
      #expect(try wayan.sync()["sent"].number == 1)
      let made = try town.laptop("made", for: "made")
      #expect(try made.look(batik)["answers"]["nama_usaha"].text == "Batik Sari")
      #expect(relay.carried >= 4)
      let before = relay.carried
      town.variables["no_proxy"] = "office.example, 127.0.0.1"
      try made.sync()
      #expect(relay.carried == before, "an office that is named in no_proxy is asked itself")
    }
  }

  @Test func `What goes wrong names the proxy, without its password`() throws {
    let wayan = try town.laptop("wayan", for: "wayan")
    _ = try wayan.add("Batik Sari")
    town.variables["http_proxy"] = "http://ketut:rahasia@127.0.0.1:1"
    for arguments in [["sync"], ["join", town.address, "K7M3-Q9X2"]] {
      let laptop = arguments[0] == "sync" ? wayan : town.newLaptop("newcomer")
      let outcome = try laptop.attempt(arguments)
      #expect(outcome.code == 3)
      #expect(outcome.err.contains("through the proxy http://127.0.0.1:1\n"), "\(outcome.err)")
      #expect(outcome.err.contains("Hint: Your work is kept here. Check that the proxy"))
      #expect(!outcome.err.contains("rahasia"))
    }
    let says = "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    let stranger = try Stranger(says: says)
    town.variables["http_proxy"] = "http://127.0.0.1:\(stranger.port)"
    try stranger.answering {
      let refusal = try wayan.refusal(3, "sync")
      #expect(refusal.contains("HTTP 407"))
      #expect(refusal.contains("through the proxy http://127.0.0.1:\(stranger.port)"))
    }
    town.variables = [:]
    #expect(try wayan.sync()["sent"].number == 1)
  }
}
