import Forms
import Testing

struct CivilTests {
  @Test(
    arguments: [
      ("1970-01-01", 0), ("1969-12-31", -1), ("2000-02-29", 11016), ("2026-11-22", 20779),
      ("1900-03-01", -25508), ("0001-01-01", -719_162), ("9999-12-31", 2_932_896),
    ] as [(String, Int32)])
  func `Days are counted from 1970`(text: String, days: Int32) throws {
    let date = try #require(CivilDate(text))

    #expect(date.daysSince1970 == days)
    #expect(CivilDate(daysSince1970: days).description == text)
  }

  @Test(arguments: [
    "2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-1-1", "26-01-01",
    "2026-01-01 ", "0000-01-01", "31/12/2026", "2026-01-", "", "２026-01-01",
  ])
  func `What the calendar does not have is no day`(text: String) {
    #expect(CivilDate(text) == nil)
  }

  @Test func `Every day has one name and the next day the next one`() throws {
    var before = CivilDate(daysSince1970: -200_000)
    for days in stride(from: Int32(-199_999), to: 200_000, by: 1) {
      let date = CivilDate(daysSince1970: days)
      guard date.daysSince1970 == days, before < date else {
        Issue.record("day \(days)")
        return
      }
      before = date
    }
    for days in [Int32.min, Int32.max] {
      #expect(CivilDate(daysSince1970: days).daysSince1970 == days)
    }
  }

  @Test(
    arguments: [
      ("2026-11-22 10:00", 1_795_312_800_000), ("2026-11-22T10:00:00", 1_795_312_800_000),
      ("2026-11-22T10:00:00+08:00", 1_795_312_800_000), ("2026-11-22T02:00:00Z", 1_795_312_800_000),
      ("2026-11-22 09:00+07:00", 1_795_312_800_000), ("2026-11-22 10:00:01.25", 1_795_312_801_250),
      ("2026-11-22 10:00:00.123456789", 1_795_312_800_123), ("1970-01-01 07:59", -60_000),
    ] as [(String, Int64)])
  func `Times are read on the survey's clock or with their own offset`(
    text: String, instant: Int64
  ) {
    #expect(CivilTime.instant(text, zoneOffsetMinutes: 480) == instant)
  }

  @Test(arguments: [
    "2026-11-22", "2026-11-22 10", "2026-11-22 24:00", "2026-11-22 10:60", "2026-11-22 10:00:60",
    "2026-11-22  10:00", "2026-11-22 10:00:00.", "2026-11-22 10:00+8", "2026-02-30 10:00",
    "2026-11-22 10:00 WITA", "10:00",
  ])
  func `What no clock shows is no time`(text: String) {
    #expect(CivilTime.instant(text, zoneOffsetMinutes: 480) == nil)
  }

  @Test func `Times print on the survey's clock`() {
    #expect(CivilTime.text(of: 0, zoneOffsetMinutes: 480) == "1970-01-01 08:00")
    #expect(CivilTime.text(of: -1, zoneOffsetMinutes: 0) == "1969-12-31 23:59:59.999")
    #expect(CivilTime.rfc3339(of: 0, zoneOffsetMinutes: 480) == "1970-01-01T08:00:00+08:00")
    #expect(CivilTime.rfc3339(of: 0, zoneOffsetMinutes: -210) == "1969-12-31T20:30:00-03:30")
    #expect(CivilTime.day(of: -1, zoneOffsetMinutes: 0) == -1)
    #expect(CivilTime.day(of: 57_600_000, zoneOffsetMinutes: 480) == 1)
    for instant in [Int64.min, .max] {
      #expect(!CivilTime.rfc3339(of: instant, zoneOffsetMinutes: 480).isEmpty)
    }
  }
}
