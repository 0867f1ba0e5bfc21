import Forms
import Model

extension Preset {
  /// The first entries of the directory of a survey that is made from this preset.
  ///
  /// - Parameters:
  ///   - id: a random number that tells surveys apart.
  ///   - name: the name people read.
  ///   - key: the public half of the office's key; empty where there is no office.
  public func founding(id: UInt64, name: String, key: [UInt8] = []) -> [DirectoryEntry] {
    [
      .survey(
        Survey(
          id: id, name: name, preset: self.name, zoneMinutes: zone.offsetMinutes,
          zoneName: zone.name, key: key)),
      .villages(villagesSheet),
      .form(
        id: form.id, survey: form.sheets.survey, choices: form.sheets.choices,
        settings: form.sheets.settings),
    ]
  }
}
