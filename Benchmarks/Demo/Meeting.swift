import Causality
import Forms
import Foundation

/// What two neighbours do to the same records while neither sees a network.
///
/// Laptop *w* recorded village *w* and serves it together with laptop *w − 1*. Both take the same ten
/// records of it by name; each slot gives another rule work.
struct Meeting {
  let scene: Scene
  /// How many records of each village two neighbours meet at.
  static let slots = 10

  private static let columns = [
    "_id", "_seen", "nama_usaha", "wave", "alamat", "banjar", "lat", "lon", "akurasi_m",
    "metode_gps", "waktu_gps", "tk_l", "tk_p", "pendidikan", "pemasaran", "investasi_tanpa_tb",
    "omzet[2025].nilai",
  ]

  /// One laptop's offline work on the villages it serves.
  func work(on laptop: Int) throws {
    let name = "edits-\(laptop).csv"
    let table = scene.file(name)
    try scene.kulkul(laptop, "export", "--with-private", "-o", table.path)
    var sheet = try Sheet([UInt8](try Data(contentsOf: table)))
    var changed: [Int] = []
    for village in [laptop, (laptop + 1) % scene.laptops] {
      let isOwn = village == laptop
      for (slot, row) in meetingRows(of: village, in: sheet).enumerated()
      where edit(&sheet, row, slot: slot, village: village, isOwn: isOwn) {
        changed.append(row)
      }
    }
    let text = sheet.csv(rows: changed, columns: Self.columns)
    try Data(text.utf8).write(to: table)
    try scene.kulkul(laptop, "import", table.path)
    for village in [laptop, (laptop + 1) % scene.laptops] {
      try countAndDelete(sheet, village: village, laptop: laptop)
    }
  }

  /// The records that the neighbours of a village meet at, by name.
  private func meetingRows(of village: Int, in sheet: Sheet) -> [Int] {
    let code = scene.villages[village].code.description
    let here = sheet.rows.indices.filter {
      sheet[$0, "desa"] == code && sheet[$0, "hasil_kunjungan"] == "tercacah"
    }
    return Array(here.sorted { sheet[$0, "_id"] < sheet[$1, "_id"] }.prefix(Self.slots + 2))
  }

  /// Changes a record's cells; whether any was changed.
  private func edit(
    _ sheet: inout Sheet, _ row: Int, slot: Int, village: Int, isOwn: Bool
  ) -> Bool {
    switch slot {
    case 0: sheet[row, "alamat"] += isOwn ? " A" : " B"
    case 1: sheet[row, isOwn ? "alamat" : "banjar"] += " lama"
    case 2: moveFix(&sheet, row, by: isOwn ? 100 : 200, accuracy: isOwn ? "4" : "9")
    case 3: sheet[row, "tk_l"] = isOwn ? "3" : "4"
    case 4: sheet[row, "pendidikan"] = isOwn ? "sd" : "s2"
    case 5: sheet[row, "pemasaran"] += isOwn ? ",pameran" : ",lainnya"
    case 6: scale(&sheet, row, "omzet[2025].nilai", percent: isOwn ? 102 : 104)
    case 7: scale(&sheet, row, "investasi_tanpa_tb", percent: isOwn ? 101 : 103)
    case 9: return dispute(&sheet, row, village: village, isOwn: isOwn)
    default: return false
    }
    return true
  }

  /// What no rule settles: about thirty of these in the whole city, each kind also in six villages.
  private func dispute(
    _ sheet: inout Sheet, _ row: Int, village: Int, isOwn: Bool
  ) -> Bool {
    guard village < 30 else { return false }
    switch village % 6 {
    case 1: sheet[row, "wave"] = isOwn ? "2026-2" : "2026-3"
    case 2: scale(&sheet, row, "omzet[2025].nilai", percent: isOwn ? 101 : 150)
    case 3: moveFix(&sheet, row, by: isOwn ? 0 : 9000, accuracy: isOwn ? "5" : "6")
    case 4: sheet[row, "tk_l"] = isOwn ? "4" : "30"
    default: sheet[row, "nama_usaha"] += isOwn ? " Jaya" : " Abadi"
    }
    return true
  }

  private func moveFix(_ sheet: inout Sheet, _ row: Int, by millionths: Int, accuracy: String) {
    guard let latitude = Double(sheet[row, "lat"]) else { return }
    sheet[row, "lat"] = String(format: "%.6f", latitude + Double(millionths) / 1_000_000)
    sheet[row, "akurasi_m"] = accuracy
  }

  private func scale(_ sheet: inout Sheet, _ row: Int, _ column: String, percent: Int) {
    guard let number = Int(sheet[row, column]) else { return }
    sheet[row, column] = String(number / 100 * percent)
  }

  /// What is done by command: leaflets are counted, a record is deleted here and edited there, one
  /// is moved.
  private func countAndDelete(_ sheet: Sheet, village: Int, laptop: Int) throws {
    let rows = meetingRows(of: village, in: sheet)
    let isOwn = village == laptop
    if rows.count > 8, village % 4 == 0 {
      let record = sheet[rows[8], "_id"]
      try scene.kulkul(laptop, "show", record)
      try scene.kulkul(laptop, "edit", record, "--set", "leaflet+=\(isOwn ? 5 : 7)")
    }
    if rows.count > 10, village == 3 || village == 31 {
      let record = sheet[rows[10], "_id"]
      try scene.kulkul(laptop, "show", record)
      if isOwn {
        try scene.kulkul(laptop, "delete", record)
      } else {
        try scene.kulkul(laptop, "edit", record, "--set", "banjar=Masih Ada")
      }
    }
    if rows.count > 11, isOwn, village == 5 || village == 20 {
      let record = sheet[rows[11], "_id"]
      let target = scene.villages[(village + 1) % scene.laptops].code.description
      try scene.kulkul(laptop, "show", record)
      try scene.kulkul(laptop, "move", record, target)
    }
  }
}
