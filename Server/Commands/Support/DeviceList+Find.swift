import Model
import Store

extension [DeviceStanding] {
  /// The device of a number or name, as people type it.
  ///
  /// - Throws: ``Failure`` if there is none, or several have the name.
  func find(_ typed: String) throws -> DeviceStanding {
    if let number = UInt32(typed), let device = first(where: { $0.id.number == number }) {
      return device
    }
    let named = filter { $0.name.lowercased() == typed.lowercased() }
    guard let device = named.first else { throw Failure.unknownDevice(typed) }
    guard named.count == 1 else { throw Failure.severalDevices(typed, named) }
    return device
  }
}

extension DeviceStanding {
  /// Whether it has joined, is invited, or was turned away.
  var state: Value {
    if isRevoked { return .term(word: "revoked", .revoked) }
    return hasJoined ? .term(word: "joined", .joined) : .term(word: "invited", .invited)
  }
}
