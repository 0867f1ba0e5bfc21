import Causality
import Crypto
import Model
import Store

extension BenchLaptop {
  /// A laptop of a survey that works by itself for now; its office is gone.
  static func alone(in place: Place) throws -> BenchLaptop {
    let office = try BenchOffice(path: nil, surroundings: place.surroundings)
    guard let person = PersonID("surveyor") else { preconditionFailure("BUG: a bad word") }
    try office.assign([person]) { _ in .all }
    return try office.laptop(
      for: person, path: place.path("laptop.db"), surroundings: place.surroundings)
  }
}
