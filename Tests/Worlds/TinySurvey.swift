import Causality
import Forms
import Model

/// A survey of five villages and one form with a question for each rule, small enough that a store
/// of it is made in milliseconds.
public enum TinySurvey {
  /// The villages, in ascending order.
  public static let villages: [VillageCode] = (1...5).compactMap {
    VillageCode("51.71.01.100\($0)")
  }

  /// The first entries of the directory.
  public static func founding(
    _ form: FormSheets = sheets(), key: [UInt8] = []
  ) -> [DirectoryEntry] {
    [
      .survey(
        Survey(id: 7, name: "Uji", preset: "tiny", zoneMinutes: 480, zoneName: "WITA", key: key)),
      .villages(villagesSheet),
      .form(id: 1, survey: form.survey, choices: form.choices, settings: form.settings),
    ]
  }

  /// The form's number.
  public static let form: UInt32 = 1

  /// The numbers of the form's questions, groups and repeats.
  public enum Field {
    /// Text under `ask`.
    public static let name = FieldID(16)
    /// Text under `fixed`.
    public static let wave = FieldID(17)
    /// Text under `latest`.
    public static let outcome = FieldID(18)
    /// Text under `first`.
    public static let first = FieldID(19)
    /// A number under `max`.
    public static let most = FieldID(20)
    /// A number under `min`.
    public static let least = FieldID(21)
    /// A number under `sum`.
    public static let visits = FieldID(22)
    /// Choices, a union.
    public static let colours = FieldID(23)
    /// Text under `role`.
    public static let rank = FieldID(24)
    /// A number under `same-or-ask(10)`.
    public static let turnover = FieldID(25)
    /// A number under `ask-if-class-changes(20)`.
    public static let workers = FieldID(26)
    /// A position under `best-fix`.
    public static let fix = FieldID(27)
    /// A repeat whose rows have names of their own.
    public static let products = FieldID(31)
    /// Text under `ask` in the repeat.
    public static let brand = FieldID(32)
    /// A number under `sum` in the repeat.
    public static let stock = FieldID(33)
    /// A repeat whose rows are years.
    public static let years = FieldID(40)
    /// A number under `latest` in the yearly repeat.
    public static let value = FieldID(42)
    /// Texts, a union.
    public static let aliases = FieldID(43)
    /// Text under `role then fixed`.
    public static let seal = FieldID(44)
    /// A question that only a second version of the form has.
    public static let later = FieldID(60)
  }

  /// The choices of the question `colours`.
  public static let colours: [String] = ["merah", "kuning", "hijau"]

  /// The form's sheets.
  ///
  /// - Parameters:
  ///   - version: the form's version.
  ///   - more: further lines of the survey sheet.
  ///   - rules: rules by question that differ from the usual ones.
  public static func sheets(
    version: Int = 1, more: [String] = [], rules: [String: String] = [:]
  ) -> FormSheets {
    func line(_ type: String, _ name: String, _ id: UInt32, _ rule: String = "") -> String {
      "\(type),\(name),\(name),\(id),\(rules[name] ?? rule),,,"
    }
    var lines = [
      "type,name,label::Indonesia (id),bind::kulkul:id,bind::kulkul:rule,bind::kulkul:group,"
        + "bind::kulkul:key,constraint",
      line("text", "nama", 16, "ask"), line("text", "wave", 17, "fixed"),
      line("text", "hasil", 18, "latest"), line("text", "awal", 19, "first"),
      line("integer", "puncak", 20, "max") + "\"${dasar} = '' or . >= ${dasar}\"",
      line("integer", "dasar", 21, "min"), line("integer", "kunjungan", 22, "sum"),
      line("select_multiple warna", "warna", 23, "union"), line("text", "peran", 24, "role"),
      line("integer", "omzet", 25, "same-or-ask(10)"),
      line("integer", "pekerja", 26, "ask-if-class-changes(20)"),
      line("begin_group", "lokasi", 27, "best-fix"),
      "decimal,lat,lat,28,,lokasi,,", "decimal,lon,lon,29,,lokasi,,",
      "decimal,akurasi,akurasi,30,,lokasi,,", "end_group,,,,,,,",
      line("begin_repeat", "produk", 31), line("text", "merek", 32, "ask"),
      line("integer", "stok", 33, "sum"), "end_repeat,,,,,,,",
      "begin_repeat,tahunan,tahunan,40,,,tahun,", line("integer", "tahun", 41),
      line("decimal", "nilai", 42, "latest"), "end_repeat,,,,,,,",
      line("text", "alias", 43, "union"), line("text", "segel", 44, "role then fixed"),
    ]
    lines += more
    return FormSheets(
      survey: lines.map { $0 + "\n" }.joined(),
      choices: "list_name,name,label::Indonesia (id)\n"
        + colours.map { "warna,\($0),\($0)\n" }.joined(),
      settings: "form_title,form_id,version,default_language\nUji,uji,\(version),id\n")
  }

  private static let villagesSheet =
    "code,bps,kecamatan_code,kecamatan,kind,name,aliases,lat,lon,area_km2\n"
    + villages.enumerated().map { index, village in
      "\(village),517101000\(index),51.71.01,Selatan,kelurahan,Desa \(index + 1),,-8.7,115.2,1\n"
    }.joined()
}
