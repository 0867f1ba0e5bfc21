import Carrier
import Glibc
import Testing

/// When libcurl comes into the process, and what it reads of the environment.
///
/// Each test runs in a process of its own, because neither can be undone.
struct LoadingTests {
  @Test func `libcurl is opened by the first request`() async {
    await #expect(processExitsWith: .success) {
      guard mapsLibcurl() == false else {
        // Ignored because something else in the test process brought it; then nothing can be seen.
        return
      }
      let carrier = Carrier()
      #expect(mapsLibcurl() == false)

      #expect(throws: CarrierError.self) {
        try carrier.send(HTTPRequest(.get, "http://"))
      }
      #expect(mapsLibcurl() == true)
    }
  }

  @Test func `The proxy that the environment names is used`() async {
    await #expect(processExitsWith: .success) {
      try TinyServer.run { _, connection in
        connection.reply(200, Array("from the proxy".utf8))
        return .keep
      } _: { proxy in
        unsetenv("no_proxy")
        unsetenv("NO_PROXY")
        setenv("http_proxy", proxy.url, 1)
        let reply = try Carrier().send(HTTPRequest(.get, "http://kulkul.invalid/v1/sync"))

        #expect(reply.body == Array("from the proxy".utf8))
        #expect(
          proxy.requests.first?.head.hasPrefix("GET http://kulkul.invalid/v1/sync ") == true)
      }
    }
  }
}

/// Whether libcurl is mapped into this process, or nil where that cannot be known.
private func mapsLibcurl() -> Bool? {
  guard let file = fopen("/proc/self/maps", "r") else { return nil }
  defer { fclose(file) }
  var text: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = fread(&chunk, 1, chunk.count, file)
    guard count > 0 else { break }
    text += chunk[..<count]
  }
  return text.firstRange(of: Array("/libcurl".utf8)) != nil
}
