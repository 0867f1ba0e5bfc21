/// Instants as people write them: on the wall clock of the survey's zone.
///
/// An instant is kept in UTC; Denpasar reads it at UTC+8, a guest from Java types it at UTC+7. A
/// zone is a fixed offset here, because Indonesia has no summer time and a table of zones would be
/// another thing on which laptops can disagree.
public enum CivilTime {
  /// The milliseconds of a day.
  static let day: Int64 = 86_400_000

  /// Reads `2026-11-22 10:15`, with or without seconds, on the wall clock of a zone, or RFC 3339
  /// with its own offset, as milliseconds since 1970 in UTC; `nil` if it is neither.
  public static func instant(_ text: String, zoneOffsetMinutes: Int) -> Int64? {
    var scanner = DigitScanner(text)
    guard let date = scanner.date(), scanner.pass(" Tt") != nil,
      let hour = scanner.number(2), hour < 24, scanner.pass(":") != nil,
      let minute = scanner.number(2), minute < 60
    else { return nil }
    var milliseconds = (hour * 60 + minute) * 60_000
    if scanner.pass(":") != nil {
      guard let second = scanner.number(2), second < 60 else { return nil }
      milliseconds += second * 1000
      if scanner.pass(".") != nil {
        guard let fraction = thousandths(&scanner) else { return nil }
        milliseconds += fraction
      }
    }
    var offset = zoneOffsetMinutes
    if scanner.pass("Zz") != nil {
      offset = 0
    } else if let sign = scanner.pass("+-") {
      guard let hours = scanner.number(2), hours < 24, scanner.pass(":") != nil,
        let minutes = scanner.number(2), minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (sign == UInt8(ascii: "-") ? -1 : 1)
    }
    guard scanner.isAtEnd else { return nil }
    return Int64(date.daysSince1970) * day + Int64(milliseconds) - Int64(offset) * 60_000
  }

  /// The instant as `2026-11-22 10:15` on the wall clock of a zone, with seconds if there are any.
  public static func text(of instant: Int64, zoneOffsetMinutes: Int) -> String {
    let wall = wallClock(of: instant, zoneOffsetMinutes: zoneOffsetMinutes)
    return text(ofWallClock: wall, separator: " ", seconds: wall % 60_000 != 0)
  }

  /// The instant as `2026-11-22T10:15:00+08:00`.
  public static func rfc3339(of instant: Int64, zoneOffsetMinutes: Int) -> String {
    let wall = wallClock(of: instant, zoneOffsetMinutes: zoneOffsetMinutes)
    let minutes = abs(zoneOffsetMinutes)
    return text(ofWallClock: wall, separator: "T", seconds: true)
      + (zoneOffsetMinutes < 0 ? "-" : "+") + digits(minutes / 60, 2) + ":"
      + digits(minutes % 60, 2)
  }

  /// What the wall clock of a zone shows at an instant, in milliseconds since 1970-01-01 00:00.
  public static func wallClock(of instant: Int64, zoneOffsetMinutes: Int) -> Int64 {
    let (sum, overflows) = instant.addingReportingOverflow(Int64(zoneOffsetMinutes) * 60_000)
    return overflows ? instant : sum
  }

  /// The day that the wall clock of a zone shows at an instant, counted from 1970-01-01.
  public static func day(of instant: Int64, zoneOffsetMinutes: Int) -> Int32 {
    let wall = wallClock(of: instant, zoneOffsetMinutes: zoneOffsetMinutes)
    return Int32(clamping: wall / day - (wall % day < 0 ? 1 : 0))
  }

  static func text(ofWallClock wall: Int64, separator: String, seconds: Bool) -> String {
    let days = wall / day - (wall % day < 0 ? 1 : 0)
    let rest = Int((wall % day + day) % day)
    var text = CivilDate(daysSince1970: Int32(clamping: days)).description + separator
    text += digits(rest / 3_600_000, 2) + ":" + digits(rest / 60_000 % 60, 2)
    guard seconds else { return text }
    text += ":" + digits(rest / 1000 % 60, 2)
    return rest % 1000 == 0 ? text : text + "." + digits(rest % 1000, 3)
  }

  /// One to nine digits after the point, cut to three.
  private static func thousandths(_ scanner: inout DigitScanner) -> Int? {
    var digits = 0
    var fraction = 0
    while digits < 9, let digit = scanner.number(1) {
      if digits < 3 { fraction = fraction * 10 + digit }
      digits += 1
    }
    guard digits > 0 else { return nil }
    for _ in min(digits, 3)..<3 { fraction *= 10 }
    return fraction
  }
}
