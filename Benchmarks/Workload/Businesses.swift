import Causality
import Forms
import Model

/// Invented, valid answers to the IKM questionnaire, so many as Denpasar counted in 2016.
///
/// Nobody is meant: identity numbers end in 0000, which is never issued, and telephone numbers begin
/// with a zero that none has. One seed gives the same businesses everywhere.
public enum Businesses {
  /// How many the city counted.
  public static let count = 4045

  /// The columns of the CSV.
  public static let columns = [
    "desa", "wave", "hasil_kunjungan", "banjar", "alamat", "lokasi", "nama_usaha", "alias",
    "bentuk_badan", "tahun_mulai", "kode_kbli", "subsektor", "nama_pemilik", "nik", "jk_pemilik",
    "tgl_lahir_pemilik", "pendidikan", "telepon", "tk", "investasi_tanpa_tb",
    "omzet[2024].nilai", "omzet[2025].nilai", "pemasaran", "kendala", "catatan",
  ]

  /// The village, by its position in the list, that a business is in.
  public static func village(of index: Int) -> Int {
    index % Denpasar.villages
  }

  /// The cells of a business, in the order of the columns.
  ///
  /// - Parameters:
  ///   - index: which one, from 0.
  ///   - village: the village it is in.
  public static func row(_ index: Int, in village: Village) -> [String] {
    var r = SplitMix(0x1b5 ^ (UInt64(index) &* 0xD134_2543_DE82_EF95))
    let isCounted = r.below(100) < 92
    let trade = r.pick(trades)
    let given = r.pick(Denpasar.Terms.denpasar.names)
    let family = r.pick(Denpasar.Terms.denpasar.names)
    let title = "\(trade.word) \(given) \(r.below(900) + 1)"
    let isWoman = r.below(2) == 1
    let birth = (year: 1950 + r.below(50), month: r.below(12) + 1, day: r.below(28) + 1)
    let address = "Jl. \(r.pick(streets)) \(r.below(200) + 1)"
    let latitude = offset(village.latitude.approximation, by: r.below(4001) - 2000)
    let longitude = offset(village.longitude.approximation, by: r.below(4001) - 2000)
    guard isCounted else {
      var row = [String](repeating: "", count: columns.count)
      row[0] = village.code.description
      row[1] = "2026-1"
      row[2] = r.pick(["tutup", "pindah", "tidak_ditemukan", "sementara_tidak_berproduksi"])
      row[3] = r.pick(Denpasar.Terms.denpasar.quarters)
      row[4] = address
      row[6] = title
      return row
    }
    let men = r.below(9)
    let women = men == 0 ? 1 + r.below(8) : r.below(9)
    let turnover = (20 + r.below(480)) * 1_000_000
    let days = isWoman ? birth.day + 40 : birth.day
    // NB: no two are the same, and the serial 0000 is never issued; where somebody was first
    // registered may be anywhere.
    let nik =
      "51" + Denpasar.padded(index, 4) + Denpasar.padded(days, 2) + Denpasar.padded(birth.month, 2)
      + Denpasar.padded(birth.year % 100, 2) + "0000"
    return [
      village.code.description, "2026-1", "tercacah", r.pick(Denpasar.Terms.denpasar.quarters),
      address,
      "\(latitude) \(longitude) \(3 + r.below(17))", title,
      r.below(4) == 0 ? "\(trade.word) \(family)" : "",
      r.pick(["perorangan", "tidak_berbadan", "cv", "koperasi"]), String(1980 + r.below(44)),
      "\(trade.code) 2020", trade.subsector, "\(isWoman ? "Ni" : "I") \(given) \(family)", nik,
      isWoman ? "P" : "L",
      "\(birth.year)-\(Denpasar.padded(birth.month, 2))-\(Denpasar.padded(birth.day, 2))",
      r.pick(["smp", "sma_smk", "d3", "d4_s1"]), "+620" + Denpasar.padded(r.below(1 << 31), 10),
      "\(men) \(women)", String((5 + r.below(300)) * 1_000_000), String(turnover),
      String(turnover + r.below(40) * 1_000_000),
      r.pick(["bazar", "bazar,hotel", "toko", "medsos,marketplace", "hotel,ekspor"]),
      r.pick(["", "keuangan", "pembeli", "bahan_baku,pembeli"]),
      r.below(5) == 0 ? "Dikunjungi pagi" : "",
    ]
  }

  /// The CSV of some businesses.
  public static func csv(_ indices: some Sequence<Int>, villages: [Village]) -> String {
    var writer = CSVWriter()
    writer.row(columns)
    for index in indices { writer.row(row(index, in: villages[village(of: index)])) }
    return writer.text
  }

  private struct Trade: Sendable {
    let word: String
    let code: String
    let subsector: String
  }

  private static let trades = [
    Trade(word: "Batik", code: "13134", subsector: "kriya"),
    Trade(word: "Tenun", code: "13121", subsector: "kriya"),
    Trade(word: "Perak", code: "32112", subsector: "kriya"),
    Trade(word: "Ukir", code: "16293", subsector: "kriya"),
    Trade(word: "Jahit", code: "14120", subsector: "fesyen"),
    Trade(word: "Sablon", code: "18120", subsector: "penerbitan"),
    Trade(word: "Kue", code: "10710", subsector: "kuliner"),
    Trade(word: "Kopi", code: "10761", subsector: "kuliner"),
    Trade(word: "Tahu", code: "10392", subsector: ""),
    Trade(word: "Las", code: "25111", subsector: ""),
  ]

  private static let streets = [
    "Tukad Badung", "Tukad Barito", "Gatot Subroto", "Hayam Wuruk", "Imam Bonjol", "Nangka",
    "Kenyeri", "Danau Tamblingan", "Pulau Kawe", "Gunung Agung",
  ]

  /// A coordinate so many millionths of a degree away, with six decimals.
  private static func offset(_ degrees: Double, by millionths: Int) -> String {
    Denpasar.decimal(Int64((degrees * 1_000_000).rounded()) + Int64(millionths))
  }
}
