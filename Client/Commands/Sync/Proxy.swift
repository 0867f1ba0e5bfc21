import Carrier
import Courier

/// The proxy that requests to an address go through, as the environment says.
///
/// libcurl finds it by itself; what is found here is only said, where a request came to nothing: an
/// office that cannot be reached is looked for in another place than a proxy that cannot.
struct Proxy {
  /// Its address, without a name and password that may be in it.
  let shown: String

  /// The variables that name proxies, and whoever needs none.
  static let variables = [
    "http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY",
  ]

  init?(for address: String, _ environment: Environment) {
    let parts = address.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count >= 3 else { return nil }
    // NB: HTTP_PROXY in capitals is not asked: a web server sets it from what strangers send.
    let names = parts[0].lowercased() == "https:" ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]
    let found = (names + ["all_proxy", "ALL_PROXY"]).compactMap { environment[$0] }.first
    guard let found, !Self.isExempt(Self.host(of: String(parts[2])), environment) else {
      return nil
    }
    let scheme = found.firstRange(of: "://")
    let start = found.lastIndex(of: "@").map { found.index(after: $0) }
    shown =
      start.map { (scheme.map { found[..<$0.upperBound] } ?? "") + found[$0...] }.map(String.init)
      ?? found
  }

  private static func host(of authority: String) -> String {
    let place = authority.split(separator: "@").last.map(String.init) ?? authority
    if place.hasPrefix("[") { return String(place.dropFirst().prefix { $0 != "]" }) }
    return String(place.prefix { $0 != ":" }).lowercased()
  }

  private static func isExempt(_ host: String, _ environment: Environment) -> Bool {
    guard let list = environment["no_proxy"] ?? environment["NO_PROXY"] else { return false }
    return list.split { $0 == "," || $0 == " " }.contains { entry in
      let name = entry.lowercased().drop { $0 == "." }
      return name == "*" || host == name || host.hasSuffix("." + name)
    }
  }

  /// Whether an error may be the proxy's doing.
  static func mayCause(_ error: any Error) -> Bool {
    switch error {
    case CarrierError.libraryMissing, CarrierError.badAddress, CarrierError.badHeader,
      CarrierError.cancelled, CarrierError.tooLarge:
      false
    case is CarrierError, CourierError.foreignServer: true
    default: false
    }
  }
}

extension Workbench {
  /// Does something that asks an office; what goes wrong on the way names the proxy, if there is one.
  func asking<Value>(_ address: String?, _ body: () throws -> Value) throws -> Value {
    do {
      return try body()
    } catch {
      guard let address, Proxy.mayCause(error), let proxy = Proxy(for: address, environment) else {
        throw error
      }
      throw Failure.throughProxy(proxy.shown, Failure(error))
    }
  }
}
