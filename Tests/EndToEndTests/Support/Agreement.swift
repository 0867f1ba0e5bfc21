import Causality
import Forms
import Foundation
import Model
import Store
import Testing
import Wire

extension Town {
  /// Lets some laptops sync until none has news for another: up, carried at the office, and down.
  func meet(_ laptops: Laptop..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    for _ in 0..<2 {
      for laptop in laptops { try laptop.sync(sourceLocation: sourceLocation) }
    }
  }

  /// Expects that nothing is left to send, and that the office and every laptop hold the same
  /// changes, show the same records and find themselves sound.
  func expectAgreement(
    _ laptops: Laptop..., sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    try office("verify", sourceLocation: sourceLocation)
    let office = try Store.open(at: officeStore)
    for laptop in laptops {
      try laptop.run("verify", sourceLocation: sourceLocation)
      let held = try Store.open(at: laptop.store)
      let standing = try held.standing()
      #expect(try held.unsentCount() == 0, "\(laptop.name)", sourceLocation: sourceLocation)
      for village in standing.scope {
        #expect(
          try held.vector(of: village) == office.vector(of: village), "\(laptop.name), \(village)",
          sourceLocation: sourceLocation)
      }
      #expect(
        try Self.shown(held, in: standing.scope) == Self.shown(office, in: standing.scope),
        "\(laptop.name)", sourceLocation: sourceLocation)
      try held.close()
    }
    try office.close()
  }

  /// Expects that the office holds everything of which a laptop was told so.
  func expectPromisesKept(
    to laptop: Laptop, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (office, held) = (try Store.open(at: officeStore), try Store.open(at: laptop.store))
    for promise in try held.acknowledged() {
      let relation = promise.vector.relation(to: try office.vector(of: promise.village))
      #expect(
        relation == .equal || relation == .before, "\(promise.village): \(relation)",
        sourceLocation: sourceLocation)
    }
    try held.close()
    try office.close()
  }

  /// What a store shows of the records that live in some villages.
  private static func shown(_ store: Store, in villages: [VillageCode]) throws -> [ShownRecord] {
    let form = try #require(try store.standing().form())
    var filter = RecordFilter()
    filter.villages = villages
    filter.withDeleted = true
    filter.columns = ["nama_usaha", "alamat", "nib", "lat", "tk_l", "tk_p", "leaflet"]
    return try store.records(form: form.id, filter).map(ShownRecord.init)
      .sorted { $0.record < $1.record }
  }
}

/// What replicas must agree about in a record.
private struct ShownRecord: Equatable {
  let record: String
  let home: String
  let life: String
  let conflicts: Int
  let changed: Int64
  let columns: [String?]

  init(_ row: RecordRow) {
    record = row.record.description
    home = row.home.description
    life = "\(row.life)"
    conflicts = row.conflicts
    changed = row.changed
    columns = row.columns
  }
}
