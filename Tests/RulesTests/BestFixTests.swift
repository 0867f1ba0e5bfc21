import Bytes
import Causality
import Model
import Rules
import Testing

/// The rule for positions and the distances under it.
@Suite struct BestFixTests {
  /// On one meridian 0.00072 degrees are 80 m.
  static let middle = said(fix("-8.65", "115.21", "3"), at: 1)
  static let north = said(fix("-8.64928", "115.21", "9"), at: 2)
  static let south = said(fix("-8.65072", "115.21", "9"), at: 3)

  @Test func `The smallest radius wins, however old`() {
    let settlement = settle([Self.middle, Self.north], by: .bestFix).settlement

    #expect(settlement?.winner == Self.middle.origin)
    #expect(settlement?.behind == 2)
  }

  @Test func `Any two that are too far apart leave it open, not only the best with the others`() {
    #expect(!settle([Self.middle, Self.south], by: .bestFix).isOpen)
    #expect(settle([Self.middle, Self.north, Self.south], by: .bestFix).isOpen)
  }

  @Test(arguments: ["0", "-4", nil])
  func `A radius that the device did not know is the worst`(accuracy: String?) {
    let unknown = said(fix("-8.6501", "115.21", accuracy), at: 9)
    let coarse = said(fix("-8.65", "115.21", "5000"), at: 1)

    #expect(settle([unknown, coarse], by: .bestFix).settled == coarse.answer)
  }

  /// Some of them are the same: a laptop that lies on a table says one position for hours.
  @Test func `More positions than can be measured are left to people`() {
    func many(_ positions: Int) -> [Contender] {
      (1...4000).map { number in
        said(fix("-8.65\(100 + number % positions)", "115.21", "9"), at: UInt64(number))
      }
    }
    #expect(!settle(many(64), by: .bestFix).isOpen)
    #expect(settle(many(65), by: .bestFix).isOpen)
  }

  @Test func `Equal radii go to the latest`() {
    let other = said(fix("-8.6501", "115.21", "3"), at: 4)
    let unknown = [said(fix("-8.6501", "115.21", "0"), at: 8), said(fix("-8.65", "115.21"), at: 7)]

    #expect(settle([other, Self.middle], by: .bestFix).settled == other.answer)
    #expect(settle(unknown, by: .bestFix).settled == unknown[0].answer)
  }

  @Test func `Fixes without coordinates lose to those with`() {
    let nowhere = Answer.group([.cleared, .cleared, .whole(1)])
    let answers = [Self.north, said(.cleared, at: 7), said(nowhere, at: 8)]

    #expect(settle(answers, by: .bestFix).settled == Self.north.answer)
    #expect(settle(Array(answers[1...]), by: .bestFix).isOpen)
  }

  @Test(arguments: [
    Answer.text("-8.65, 115.21"), .whole(1), .group([number("-8.65")]),
    .group([.cleared, number("115.21")]), .group([.text("-8.65"), number("115.21")]),
    .group([number("-8.65"), .real(bits: 0)]), fix("-8.65", "115.21", "near"),
    fix("90.000000000000001", "0", "1"), fix("-91", "0", "1"), fix("0", "180.0000001", "1"),
    fix("115.21", "-8.65", "1"), fix("999999999999999999", "-999999999999999999", "1"),
  ])
  func `What is no position is left to people`(answer: Answer) {
    #expect(settle([Self.middle, said(answer, at: 9)], by: .bestFix).isOpen)
  }

  @Test func `Further members decide nothing but make another answer`() {
    let members = [number("-8.65"), number("115.21"), number("3"), .text("gps")]
    let same = said(.members(members), at: 9)

    #expect(settle([Self.middle, same], by: .bestFix).settled == same.answer)
  }

  @Test func `The border of 100 m lies between two neighbouring coordinates`() {
    let near = said(fix("-8.6508993", "115.21", "9"), at: 2)
    let far = said(fix("-8.6508994", "115.21", "9"), at: 3)

    #expect(!settle([Self.middle, near], by: .bestFix).isOpen)
    #expect(settle([Self.middle, far], by: .bestFix).isOpen)
  }
}

/// Distances against the haversine formula, computed elsewhere on a sphere of 6,371,008.8 m.
@Suite struct PositionTests {
  static func position(_ latitude: String, _ longitude: String) -> Position? {
    guard let latitude = Decimal(latitude), let longitude = Decimal(longitude) else { return nil }
    return Position(latitude: latitude, longitude: longitude)
  }

  @Test(
    arguments: [
      ("-8.65", "115.21", "-8.6509", "115.21", 100_076),
      ("-8.65", "115.21", "-8.65", "115.2109", 98_937),
      ("-8.65", "115.21", "-8.6506", "115.2106", 93_817),
      ("-8.65", "115.21", "-8.6705", "115.2126", 2_297_347),
      ("-8.6563", "115.222", "-8.722", "115.17", 9_275_813),
      ("0", "98", "0", "98.001", 111_195), ("5.9", "95.3", "5.9", "95.301", 110_606),
      ("-11", "123", "-11.0006", "123.0007", 101_435),
    ] as [(String, String, String, String, Int64)])
  func `Distances in Indonesia are right`(
    _ a: String, _ b: String, _ c: String, _ d: String, _ millimetres: Int64
  ) throws {
    let start = try #require(Self.position(a, b))
    let end = try #require(Self.position(c, d))

    let distance = start.millimetres(to: end)

    #expect(abs(distance - millimetres) * 10_000 <= millimetres)
    #expect(end.millimetres(to: start) == distance)
  }

  @Test func `Any two places have a distance, the same both ways`() throws {
    let latitudes = ["-90", "-89.9999999", "-8.65", "-0.0000001", "0", "45", "89.9999999", "90"]
    let longitudes = ["-180", "-179.9999999", "-0.0000001", "0", "115.21", "179.9999999", "180"]
    var cases = Exhaustive()
    while cases.next() {
      let start = try #require(
        Self.position(cases.pick(of: latitudes), cases.pick(of: longitudes)))
      let end = try #require(Self.position(cases.pick(of: latitudes), cases.pick(of: longitudes)))
      let distance = start.millimetres(to: end)
      #expect(distance >= 0)
      #expect(distance < 30_000_000_000)
      #expect(end.millimetres(to: start) == distance)
      if start == end { #expect(distance == 0) }
    }
  }

  @Test func `The date line is no distance`() throws {
    let west = try #require(Self.position("-8.65", "179.9999"))
    let east = try #require(Self.position("-8.65", "-179.9999"))
    let same = try #require(Self.position("-8.65", "180"))

    #expect(abs(west.millimetres(to: east) - 21_986) < 20)
    #expect(same.millimetres(to: try #require(Self.position("-8.65", "-180"))) == 0)
  }

  @Test func `All meridians meet at the pole`() throws {
    let pole = try #require(Self.position("90", "0"))
    let other = try #require(Self.position("90", "117"))

    #expect(pole.millimetres(to: other) < 1000)
  }

  @Test func `Coordinates are rounded to the nearest unit, halves away from zero`() throws {
    let position = try #require(Self.position("-8.65000005", "115.21000004999999"))

    #expect(position.latitude == -86_500_001)
    #expect(position.longitude == 1_152_100_000)
  }
}
