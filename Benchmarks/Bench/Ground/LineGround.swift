import Foundation
import Model
import Store
import Workload

/// What is carried over an emulated line, left in a folder for programs to carry.
public enum LineGround {
  /// Makes an office, a laptop that has recorded the whole workload and handed nothing in, and one that
  /// has nothing yet; both know the office by an address that nobody need listen at.
  public static func make(in folder: String, records count: Int, address: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let place = try Place(at: folder)
    let office = try BenchOffice(path: folder + "/office.db", surroundings: place.surroundings)
    let people = ["giver", "taker"].compactMap { PersonID($0) }
    try office.assign(people) { _ in .all }
    for person in people {
      let laptop = try office.laptop(
        for: person, path: "\(folder)/\(person).db", surroundings: place.surroundings,
        address: address)
      if person == people.first { _ = try laptop.store.save(laptop.creations(0..<count)) }
      try laptop.store.close()
    }
    try office.store.close()
  }
}
