/// The wall clock of a survey: how far it is ahead of UTC, and what people call it.
public struct Zone: Hashable, Sendable {
  /// How far the wall clock is ahead of UTC.
  public let offsetMinutes: Int
  /// What people call it.
  public let name: String

  /// Makes a zone.
  public init(offsetMinutes: Int, name: String) {
    self.offsetMinutes = offsetMinutes
    self.name = name
  }

  /// Central Indonesia time, which Bali keeps.
  public static let wita = Zone(offsetMinutes: 8 * 60, name: "WITA")
}

/// A survey that the program knows by itself, so that one can begin without any file.
public struct Preset: Sendable {
  /// Its name on the command line.
  public let name: String
  /// The questionnaire.
  public let form: Form
  /// The villages.
  public let villages: VillageList
  /// The villages as a table, for distribution.
  public let villagesSheet: String
  /// The wall clock.
  public let zone: Zone

  /// The small industries of Denpasar's 43 villages.
  public static let denpasar: Preset = {
    do {
      return try Preset(
        name: "denpasar",
        sheets: try FormSheets(
          survey: PackageResources.ikm_survey_csv, choices: PackageResources.ikm_choices_csv,
          settings: PackageResources.ikm_settings_csv),
        villages: PackageResources.villages_csv,
        counts: ["51.71.01": 10, "51.71.02": 11, "51.71.03": 11, "51.71.04": 11], zone: .wita)
    } catch {
      preconditionFailure("BUG: the built-in survey is malformed: \(error)")
    }
  }()

  private init(
    name: String, sheets: FormSheets, villages csv: [UInt8], counts: [String: Int], zone: Zone
  ) throws {
    self.name = name
    form = try Form(sheets)
    villages = try VillageList(csv: csv)
    try villages.require(counts)
    villagesSheet = String(decoding: csv, as: UTF8.self)
    self.zone = zone
  }
}
