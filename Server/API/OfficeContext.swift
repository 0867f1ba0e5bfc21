import Glibc
import Hummingbird
import NIOCore

/// What the framework hands on with each request: also from where it came.
struct OfficeContext: RemoteAddressRequestContext {
  var coreContext: CoreRequestContextStorage
  let remoteAddress: SocketAddress?

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    remoteAddress = source.channel.remoteAddress
  }
}

/// The network that a request came from, as far as those who guess are told apart by it.
struct Peer: Hashable {
  /// Four bytes of an address in version 4, eight of one in version 6, which is the half that one
  /// household or firm has; none where there is no network.
  private let network: [UInt8]
  /// Whether it is this machine.
  let isLocal: Bool

  /// The network of an address; `nil` if that is none.
  private init?(address: String) {
    var octets = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, address, &octets) == 1 {
      self.init(short: octets.prefix(4))
    } else if inet_pton(AF_INET6, address, &octets) == 1 {
      if octets.starts(with: [UInt8](repeating: 0, count: 10) + [0xff, 0xff]) {
        self.init(short: octets.suffix(4))
      } else {
        self.init(
          network: Array(octets.prefix(8)),
          isLocal: octets == [UInt8](repeating: 0, count: 15) + [1])
      }
    } else {
      return nil
    }
  }

  private init(short octets: ArraySlice<UInt8>) {
    self.init(network: Array(octets), isLocal: octets.first == 127)
  }

  private init(network: [UInt8], isLocal: Bool) {
    self.network = network
    self.isLocal = isLocal
  }

  /// The network at the other end of a connection.
  init(_ address: SocketAddress?) {
    if let known = address?.ipAddress.flatMap({ Peer(address: $0) }) {
      self = known
    } else {
      self.init(network: [], isLocal: true)
    }
  }

  /// The network that a request came from, by whatever proxy.
  ///
  /// Before an office on the internet stands a proxy, and then every connection comes from it. If it
  /// is a program of this machine, it is believed what it says last of whom it forwards; whatever
  /// stands before that was said by whoever asked it.
  init(_ address: SocketAddress?, forwarded: String?) {
    self.init(address)
    guard isLocal, let last = forwarded?.split(separator: ",").last else { return }
    if let said = Peer(address: String(last.filter { $0 != " " })) { self = said }
  }

  /// The network's name.
  var name: String { network.map { String($0) }.joined(separator: ".") }
}
