import Causality
import Crypto
import Foundation
import Model
import Office
import Store
import Wire
import Workload

/// What the office takes when a thousand laptops bring two hundred changes each: two of them at a
/// time, each with a village of its own.
///
/// Each run's requests are others, signed anew before the clock starts, so that the office checks
/// every signature.
enum Bursts: Row {
  static let name = "bursts"

  static func measure(_ bench: Bench) throws -> [Figure] {
    let laptops = min(1000, bench.count / 4)
    let crowd = try Durability.skipping { try Crowd(laptops: laptops, changes: 200, bench) }
    var rates: [Double] = []
    var perProcessor: [Double] = []
    var middle: [Double] = []
    var late: [Double] = []
    for run in 0..<bench.runs {
      bench.say("bursts, run \(run + 1) of \(bench.runs)")
      let took = try Durability.skipping { try crowd.handIn() }
      rates.append(took.changes / took.wall)
      perProcessor.append(took.changes / took.processor)
      middle.append(took.percentile(0.5))
      late.append(took.percentile(0.99))
    }
    let real = try (0..<bench.runs).map { run in
      bench.say("bursts with the waits, run \(run + 1) of \(bench.runs)")
      return try crowd.handIn()
    }
    return [
      Figure(
        name, "changes taken in, two at a time", Spread(rates), "changes/s",
        reach: .atLeast(50_000)),
      Figure(name, "the same by processor time", Spread(perProcessor), "changes/s"),
      Figure(name, "a sync, p50", Spread(middle), "ms"),
      Figure(name, "a sync, p99", Spread(late), "ms"),
      Figure(
        name, "changes taken in, with the waits for the disk",
        Spread(real.map { $0.changes / $0.wall }), "changes/s"),
      Figure(name, "a sync with the waits, p50", Spread(real.map { $0.percentile(0.5) }), "ms"),
      Figure(name, "a sync with the waits, p99", Spread(real.map { $0.percentile(0.99) }), "ms"),
    ]
  }
}

/// Many laptops that are about to hand in what they wrote, and the office before they do.
private final class Crowd {
  private let place: Place
  private let officePath: String
  private var requests: [Request] = []
  private let changes: Int

  /// What one laptop is about to send, and what it signs with.
  private struct Request {
    let words: SyncRequest
    let key: Curve25519.Signing.PrivateKey
  }

  private var turns = 0

  init(laptops: Int, changes: Int, _ bench: Bench) throws {
    self.changes = laptops * changes
    place = try Place()
    officePath = place.path("office.db")
    let office = try BenchOffice(
      path: officePath, surroundings: place.surroundings, villages: Self.sheet(laptops))
    let people = (0..<laptops).compactMap { PersonID("surveyor\($0)") }
    let villages = Self.codes(laptops)
    try office.assign(people) { .villages([villages[$0]]) }
    for (number, person) in people.enumerated() {
      if number % 200 == 0 { bench.say("bursts: laptop \(number) of \(laptops)") }
      let laptop = try office.laptop(
        for: person, path: nil, surroundings: place.surroundings)
      _ = try laptop.store.save(
        laptop.creations(number * changes..<(number + 1) * changes).map { edit in
          var edit = edit
          edit.village = villages[number]
          return edit
        })
      requests.append(Request(words: try laptop.nextRequest(), key: laptop.key))
      try laptop.store.close()
    }
    try office.store.close()
  }

  private static func codes(_ count: Int) -> [VillageCode] {
    (0..<count).compactMap { VillageCode("51.71.\(10 + $0 / 100).\(1000 + $0 % 100)") }
  }

  private static func sheet(_ count: Int) -> String {
    "code,bps,kecamatan_code,kecamatan,kind,name,aliases,lat,lon,area_km2\n"
      + codes(count).enumerated().map { index, code in
        let district = String(code.description.prefix(8))
        return "\(code),\(5_171_000_000 + index),\(district),District \(district.suffix(2)),"
          + "kelurahan,Village \(index),,-8.7,115.2,1\n"
      }.joined()
  }

  /// The requests as bytes that were never sent before: each time they ask for a byte less of changes,
  /// of which the office has none for them.
  private func signAnew() throws -> [(bytes: [UInt8], proof: Proof)] {
    turns += 1
    return try requests.map { request in
      var words = request.words
      words.budget -= turns
      let bytes = words.bytes
      return (bytes, try BenchLaptop.proof(of: bytes, by: words.device, request.key))
    }
  }

  /// All of them hand in, two at a time, to a fresh copy of the office.
  func handIn() throws -> Burst {
    let path = place.path("office.db")
    try FileManager.default.copyItem(atPath: officePath, toPath: path)
    defer { Place.remove(path) }
    let office = BenchOffice(try Store.open(at: path, surroundings: place.surroundings))
    let times = Times(requests.count)
    let (desk, requests) = (office.desk, try signAnew())
    var wall = 0.0
    let processor = try Processor.seconds {
      wall = try Clock.seconds {
        DispatchQueue.concurrentPerform(iterations: 2) { half in
          for index in stride(from: half, to: requests.count, by: 2) {
            let start = Clock.now()
            do {
              _ = try desk.round(requests[index].bytes, proof: requests[index].proof)
            } catch { times.fail(error) }
            times.note(index, Clock.now() - start)
          }
        }
        if let error = times.failure { throw error }
      }
    }
    try office.store.close()
    return Burst(
      changes: Double(changes), wall: wall, processor: processor, times: times.seconds.sorted())
  }
}

/// What a burst came to; times in seconds.
private struct Burst {
  let changes: Double
  let wall: Double
  let processor: Double
  let times: [Double]

  /// Milliseconds within which so many of the syncs ended.
  func percentile(_ share: Double) -> Double {
    times[min(times.count - 1, Int(Double(times.count) * share))] * 1000
  }
}

/// How long each request took, noted from two threads.
private final class Times: @unchecked Sendable {
  private let lock = NSLock()
  private(set) var seconds: [Double]
  private(set) var failure: (any Error)?

  init(_ count: Int) { seconds = Array(repeating: 0, count: count) }

  func note(_ index: Int, _ time: Double) { lock.withLock { seconds[index] = time } }

  func fail(_ error: any Error) { lock.withLock { failure = error } }
}
