/// Why a courier came back without an answer, beside what its carrier and the office say.
public enum CourierError: Error, Hashable, Sendable {
  /// The laptop has joined no office.
  case notJoined
  /// The laptop has joined already.
  case joinedAlready(address: String)
  /// What answered is no office of Kulkul's.
  case foreignServer(address: String, status: Int)
  /// The laptop's key does not read.
  case badKey
}
