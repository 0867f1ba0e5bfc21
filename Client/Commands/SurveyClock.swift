import Forms

/// Times as people of the survey read them, and as programs do.
struct SurveyClock {
  /// Minutes east of UTC.
  let minutes: Int
  /// What people call the zone.
  let name: String
  /// The present, in milliseconds since 1970.
  let now: Int64

  /// `22 Nov 14:05 WITA`; with the year if it is not this one's.
  func text(_ instant: Int64) -> String {
    "\(day(instant)) \(time(instant)) \(name)"
  }

  /// `14:05` today, else `22 Nov 14:05`: for columns under a heading that names the zone.
  func short(_ instant: Int64) -> String {
    CivilTime.day(of: instant, zoneOffsetMinutes: minutes) == today
      ? time(instant) : "\(day(instant)) \(time(instant))"
  }

  /// `22 Nov`, with the year if it is not this one's.
  func day(_ instant: Int64) -> String {
    let date = date(instant)
    let day = "\(date.day) \(Label.month(date.month).text)"
    return date.year == self.date(now).year ? day : "\(day) \(date.year)"
  }

  /// The present day, counted from 1970-01-01.
  var today: Int32 { CivilTime.day(of: now, zoneOffsetMinutes: minutes) }

  /// The first moment of the present day.
  var midnight: Int64 { Int64(today) * 86_400_000 - Int64(minutes) * 60_000 }

  /// RFC 3339 in UTC, for programs.
  static func utc(_ instant: Int64) -> String {
    CivilTime.rfc3339(of: instant, zoneOffsetMinutes: 0).replacing("+00:00", with: "Z")
  }

  private func date(_ instant: Int64) -> CivilDate {
    CivilDate(daysSince1970: CivilTime.day(of: instant, zoneOffsetMinutes: minutes))
  }

  private func time(_ instant: Int64) -> String {
    let text = CivilTime.text(of: instant, zoneOffsetMinutes: minutes)
    return String(text.dropFirst(text.count > 10 ? 11 : 0).prefix(5))
  }
}
