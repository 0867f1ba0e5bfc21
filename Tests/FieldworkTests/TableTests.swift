import Bytes
import Causality
import Fieldwork
import Forms
import Foundation
import Model
import Reading
import Store
import Testing

@Suite struct TableTests {
  /// A record with an answer of every kind.
  private func rich(_ world: World) throws -> RecordID {
    let record = try world.made.add(
      "Batik, \"Sari\"", in: world.renon, "alias=Sari Asih;Ibu; Sari", "catatan=satu, dua",
      "lokasi=-8.70 115.23 8 gps", "waktu_gps=2026-11-22 10:15", "pemasaran=hotel,bazar",
      "leaflet=5", "tk=3 4", "investasi_tanpa_tb=300000000", "produk[new].nama=Kain",
      "produk[new].satuan=lembar", "produk[new2].nama=Selendang",
      "kapasitas[2024].produksi=1250.5; lembar kain",
      "sertifikat[new].jenis=halal", "sertifikat[new].terbit=2025-01-31")
    let place = try world.made.place()
    _ = try Actions(place).edit(
      record, form: 1,
      [
        try Assignment("omzet[2024].nilai=-").answered("310000000"),
        try Assignment("telepon=-").answered("+62000000003;+62000000004"),
        try Assignment("nik=-").answered("5171014101800000"),
      ])
    return record
  }

  private func export(_ hand: Hand, withPrivate: Bool = true) throws -> Sheet {
    try Sheet(try hand.csv(ExportRequest(form: 1, withPrivate: withPrivate)))
  }

  @Test func `An export that is imported again writes nothing`() throws {
    let world = try World()
    _ = try rich(world)
    try world.made.add("Tahu Sari", in: world.sanur)
    let before = try world.made.laptop.store.vectors()

    for withPrivate in [true, false] {
      let table = try world.made.csv(ExportRequest(form: 1, withPrivate: withPrivate))
      let report = try world.made.load(table)
      #expect(report.unchanged == 2 && report.changed.isEmpty && report.created.isEmpty)
    }
    #expect(try world.made.laptop.store.vectors() == before)
  }

  @Test func `Where one does not work any more, only what says something new is refused`() throws {
    let world = try World()
    try world.made.add("Batik Sari", in: world.renon)
    try world.made.add("Tahu Sari", in: world.sanur)
    var sheet = try export(world.made)
    try world.person("made", .surveyor, .villages([world.renon]))
    try world.meet()

    #expect(try world.made.load(sheet.text).unchanged == 2)

    let lost = try #require(sheet.rows.indices.first { sheet[$0, "nama_usaha"] == "Tahu Sari" })
    sheet[lost, "nama_usaha"] = "Tahu Baru"
    #expect(throws: ImportError.self) { try world.made.load(sheet.text) }
    let report = try world.made.load(sheet.text, skipBad: true)
    #expect(report.unchanged == 1 && report.skipped.map(\.column) == ["_id"])
  }

  @Test func `An export without its letters is a copy of every answer`() throws {
    let world = try World()
    let record = try rich(world)
    var sheet = try export(world.made)
    sheet[0, "_id"] = ""
    sheet[0, "_seen"] = ""

    let report = try world.made.load(sheet.text)

    let copy = try #require(report.created.first)
    let (old, new) = (try world.made.reading(record), try world.made.reading(copy))
    for register in try world.made.place().form(1).registers where register.repeat == nil {
      for question in register.questions {
        #expect(old.answer(to: question) == new.answer(to: question), "\(question.name)")
        if question.hasElements {
          #expect(old.elements(of: question) == new.elements(of: question), "\(question.name)")
        }
      }
    }
    var again = try export(world.made)
    for row in [0, 1] {
      for column in ["_id", "_seen"] { again[row, column] = "" }
      for column in again.header where column.hasSuffix("._row") { again[row, column] = "" }
    }
    #expect(Set(again.rows[0]) == Set(again.rows[1]))
  }

  @Test func `Private answers are left out unless they are asked for`() throws {
    let world = try World()
    _ = try rich(world)
    let sheet = try export(world.made, withPrivate: false)
    for name in ["nik", "telepon", "nama_pemilik", "omzet[2024].nilai"] {
      #expect(!sheet.header.contains(name))
    }
    #expect(try export(world.made)[0, "omzet[2024].nilai"] == "310000000")
  }

  @Test func `Only the cells that were changed are written`() throws {
    let world = try World()
    let record = try rich(world)
    var sheet = try export(world.made)
    sheet[0, "banjar"] = "Pande"
    sheet[0, "catatan"] = ""
    sheet[0, "pemasaran"] = "hotel,medsos"
    sheet[0, "akurasi_m"] = "5"
    sheet[0, "leaflet"] = "8"
    sheet[0, "produk[1].nama"] = "Endek"
    sheet[0, "kapasitas[2024].produksi_jumlah"] = "1300"

    let report = try world.made.load(sheet.text)

    #expect(report.changed == [record])
    for (name, value) in [
      ("banjar", "Pande"), ("catatan", ""), ("pemasaran", "medsos,hotel"), ("akurasi_m", "5"),
      ("lat", "-8.7"), ("leaflet", "8"), ("nama_usaha", "Batik, \"Sari\""),
    ] { #expect(try world.made.answer(record, name) == value, "\(name)") }
    let history = try History(try world.made.place(), of: record, form: 1)
    let places = try #require(history.entries.last).lines.map { line in
      line.place.name + (line.place.element ?? "")
    }
    #expect(
      Set(places) == [
        "banjar", "catatansatu, dua", "pemasaranBazaar", "pemasaranSocial media", "lokasi",
        "leaflet", "nama", "produksi",
      ])
  }

  @Test func `A group in conflict is imported whole or not at all`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "tk=1 2")
    try world.meet()
    try world.wayan.lookAndEdit(record, "tk=12 0")
    try world.made.lookAndEdit(record, "tk=19 2")
    try world.meet()
    var sheet = try export(world.wayan)
    #expect(sheet[0, "tk_l"] == "19" && sheet[0, "tk_p"] == "2")
    sheet[0, "tk_l"] = "13"

    let error = try #require(throws: ImportError.self) { try world.wayan.load(sheet.text) }
    guard case .rows(let problems, of: 1) = error, case .answer(let found) = problems[0].fact
    else { throw error }
    #expect(problems.map(\.column) == ["tk_p"])
    #expect(found.problem == .openGroup(group: "tk"))

    sheet[0, "tk_p"] = "1"
    #expect(try world.wayan.load(sheet.text).changed == [record])
    #expect(try world.wayan.reading(record).conflictCount == 1)
  }

  @Test func `A total that is imported again with another cell corrected adds nothing`() throws {
    let world = try World()
    let record = try world.made.add("Batik Sari", in: world.renon, "leaflet=5")
    var sheet = try export(world.made)
    sheet[0, "leaflet"] = "8"
    sheet[0, "banjar"] = "Pande"
    try world.made.load(sheet.text)
    sheet[0, "catatan"] = "dua"
    try world.made.load(sheet.text)
    #expect(try world.made.answer(record, "leaflet") == "8")
    #expect(try world.made.answer(record, "catatan") == "dua")
    // What was counted elsewhere meanwhile counts beside it.
    try world.made.lookAndEdit(record, "leaflet+=3")
    #expect(try world.made.answer(record, "leaflet") == "11")
  }

  /// Nobody knows whether what was added since is in the new total.
  @Test func `A total that is corrected after it was imported is not counted on top`() throws {
    let world = try World()
    let record = try world.made.add("Batik Sari", in: world.renon, "leaflet=10")
    var sheet = try export(world.made)
    sheet[0, "leaflet"] = "15"
    try world.made.load(sheet.text)
    #expect(try world.made.answer(record, "leaflet") == "15")
    sheet[0, "leaflet"] = "12"
    sheet[0, "banjar"] = "Pande"
    do {
      try world.made.load(sheet.text)
      Issue.record("it is counted on top")
    } catch ImportError.rows(let problems, let count) {
      #expect(problems.map(\.column) == ["leaflet"])
      guard case .countedSince? = problems.first?.fact else {
        throw ImportError.rows(problems, of: count)
      }
    }
    #expect(try world.made.answer(record, "leaflet") == "15")
    sheet = try export(world.made)
    sheet[0, "leaflet"] = "12"
    try world.made.load(sheet.text)
    #expect(try world.made.answer(record, "leaflet") == "12")
  }

  @Test func `New rows of a table that is imported again are the rows of the first time`() throws {
    let world = try World()
    let record = try rich(world)
    func rows(_ hand: Hand) throws -> Int {
      let repeated = try #require(try hand.place().form(1).repeat(named: "produk"))
      return try hand.reading(record).rows(of: repeated).count
    }
    var sheet = try export(world.made)
    sheet[0, "produk[2]._row"] = ""
    sheet[0, "produk[2].nama"] = "Endek"
    try world.made.load(sheet.text)
    #expect(try rows(world.made) == 3)

    sheet[0, "banjar"] = "Pande"
    sheet[0, "produk[2].satuan"] = "lembar"
    try world.made.load(sheet.text)
    #expect(try rows(world.made) == 3)

    // Another person's row in the same slot of the same export is another row.
    sheet[0, "produk[2].nama"] = "Songket"
    try world.ketut.load(sheet.text)
    #expect(try rows(world.ketut) == 4)
  }

  @Test func `An import is an edit from exactly the view that was exported`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon, "banjar=Pande")
    try world.meet()
    var sheet = try Sheet(try world.wayan.csv())
    try world.made.lookAndEdit(record, "nama_usaha=Batik Sekar Sari", "banjar=Kelod")
    try world.meet()
    _ = try world.wayan.show(record)
    sheet[0, "nama_usaha"] = "Batik Sari Asih"

    let report = try world.wayan.load(sheet.text)

    #expect(report.unseen.map(\.place.description) == ["nama_usaha"])
    #expect(try world.wayan.reading(record).conflictCount == 1)
    #expect(try world.wayan.answer(record, "banjar") == "Kelod")
  }

  @Test func `Rows that say too little or too much about a record are refused`() throws {
    let world = try World()
    let record = try world.wayan.add("Batik Sari", in: world.renon)
    let other = try world.wayan.add("Tahu Sari", in: world.renon)
    let token = try world.wayan.show(record).token
    func facts(_ rows: String) throws -> String {
      let error = try #require(throws: ImportError.self) {
        try world.wayan.load("_id,_seen,desa,kecamatan,hasil_kunjungan,nama_usaha\n" + rows)
      }
      guard case .rows(let problems, _) = error else { throw error }
      return problems.map { "\($0.line) \($0.column ?? "") \($0.fact)" }.joined(separator: "; ")
    }

    #expect(try facts("\(record),,,,tutup,x\n") == "2 _seen notSeen")
    #expect(try facts(",\(token),51.71.01.1005,,tutup,x\n") == "2 _seen seenWithoutRecord")
    #expect(try facts("\(record),00112233445566778899,,,,x\n") == "2 _seen unknownView")
    #expect(try facts("\(other),\(token),,,,x\n") == "2 _seen viewOfOther")
    #expect(try facts("QQQQQ,\(token),,,,x\n") == "2 _id unknownRecord")
    #expect(
      try facts("\(record),\(token),,,tutup,x\n\(record),\(token),,,tutup,y\n")
        == "3 _id repeated(firstLine: 2)")
    #expect(
      try facts("\(record),\(token),51.71.01.1006,,tutup,x\n")
        == "2 desa villageChanged(from: 51.71.01.1005)")
    #expect(try facts(",,,,tutup,x\n") == "2 desa noVillage")
    #expect(try facts(",,Renon,,tutup,x\n") == "2 kecamatan needsKecamatan")
    #expect(try facts(",,51.71.01.1006,,tutup,x\n").hasPrefix("2 desa foreignVillage"))
    #expect(try facts(",,Rennon,Selatan,tutup,x\n").hasPrefix("2 desa unknownVillage"))
    #expect(try facts(",,51.71.01.1005,,bubar,x\n").contains("unknownChoice"))
    #expect(try facts(",,51.71.01.1005,,,x\n").contains("finding"))
    #expect(try facts(",,51.71.01.1005,,tutup\n").contains("wrongCount"))
  }

  @Test func `Nothing is imported unless bad rows may be skipped`() throws {
    let world = try World()
    let table = """
      desa,kecamatan,hasil_kunjungan,nama_usaha,tahun_mulai,kode_pos
      Renon,Denpasar Selatan,tutup,Satu,2001,80225
      Renon,Denpasar Selatan,tutup,Dua,1700,80225
      51.71.01.1005,,tutup,Tiga,2002,123

      """
    let error = try #require(throws: ImportError.self) { try world.wayan.load(table) }
    guard case .rows(let problems, of: 3) = error else { throw error }
    #expect(problems.map(\.line) == [3] && problems.map(\.column) == ["tahun_mulai"])
    #expect(try Listing(try world.wayan.place()).lines().isEmpty)

    let report = try world.wayan.load(table, skipBad: true)

    #expect(report.created.count == 2 && report.skipped.count == 1)
    #expect(report.warnings.map(\.line) == [4])
    #expect(
      String(decoding: report.skippedRows, as: UTF8.self)
        == "desa,kecamatan,hasil_kunjungan,nama_usaha,tahun_mulai,kode_pos\n"
        + "Renon,Denpasar Selatan,tutup,Dua,1700,80225\n")
  }

  @Test func `Rows of another width are kept with the others that are left out`() throws {
    let world = try World()
    let header = "desa,hasil_kunjungan,nama_usaha\n"
    let good = "51.71.01.1005,tutup,Satu\n"
    let wide = "51.71.01.1005,tutup,Dua,\"x, y\"\n"
    let bad = "51.71.01.1005,bubar,Tiga\n"
    let narrow = "51.71.01.1005\n"
    for rows in [[good, wide, bad, narrow], [good, wide], [narrow]] {
      let report = try world.wayan.load(header + rows.joined(), skipBad: true)
      let wrong = rows.filter { $0 != good }
      #expect(Set(report.skipped.map(\.line)).count == wrong.count)
      #expect(String(decoding: report.skippedRows, as: UTF8.self) == header + wrong.joined())
    }
  }

  @Test func `A part of a village's name is taken where it fits one, and said`() throws {
    let world = try World()
    let report = try world.ketut.load(
      """
      desa,kecamatan,hasil_kunjungan,nama_usaha
      Panj,Selatan,tutup,Satu
      pemecutan klod,Denpasar Barat,tutup,Dua
      03.1007,,tutup,Tiga

      """)
    #expect(report.warnings.map(\.line) == [2] && report.warnings.map(\.column) == ["desa"])
    let homes = try report.created.map { try world.ketut.reading($0).home.description }
    #expect(homes == ["51.71.01.1004", "51.71.03.2002", "51.71.03.1007"])
  }

  @Test func `The same file twice is noticed`() throws {
    let world = try World()
    let table = "desa,hasil_kunjungan,nama_usaha\n51.71.01.1005,tutup,Satu\n"
    try world.wayan.load(table)

    let error = try #require(throws: ImportError.self) { try world.wayan.load(table) }
    guard case .imported(let file) = error else { throw error }
    #expect(file.name == "t.csv" && file.records == 1)
    #expect(try world.wayan.load(table, again: true).created.count == 1)
  }

  @Test func `Files that are no tables of answers are refused`() throws {
    let world = try World()
    func fact(_ table: String) throws -> String {
      "\(try #require(throws: ImportError.self) { try world.wayan.load(table) })"
    }
    #expect(try fact("") == "empty")
    #expect(try fact("desa,nama_usaha\n") == "empty")
    #expect(try fact("desa,nama_usah\nx,y\n").hasPrefix("unknownColumn(\"nama_usah\""))
    #expect(try fact("desa,banjar,banjar\nx,y,z\n") == "doubleColumn(\"banjar\")")
    #expect(try fact("desa,tk,tk_l\nx,y,z\n") == "doubleColumn(\"tk\")")
    #expect(
      try fact("_id,_seen,produk[1].nama\nx,y,z\n") == "missingColumn(\"produk[1]._row\")")
    #expect(try fact("desa,banjar\nx,\"y\n").hasPrefix("table"))
    let bytes = Array("desa,banjar\n".utf8) + [0xff, 0x0a]
    #expect(throws: ImportError.self) {
      try Importer(try world.wayan.place()).run(bytes, ImportRequest(form: 1, name: "x"))
    }
  }

  @Test func `The example in the documentation can be imported`() throws {
    let world = try World()
    let url = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/examples/ikm.csv")
    let bytes = [UInt8](try Data(contentsOf: url))

    let report = try Importer(try world.ketut.place()).run(
      bytes, ImportRequest(form: 1, name: "ikm.csv"))

    #expect(report.created.count == 6)
    // Each has a sample NIK, which earns a warning; those without an interview have none.
    #expect(report.warnings.count >= 5)
  }

  @Test func `JSON is one object whose records say what was seen`() throws {
    let world = try World()
    let record = try rich(world)
    var bytes: [UInt8] = []
    let report = try Exporter(try world.made.place()).json(
      ExportRequest(form: 1), to: { bytes += $0 })

    #expect(report.records == 1)
    let whole = try #require(
      try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    #expect(whole["version"] as? Int == 1 && whole["kind"] as? String == "export")
    let coverage = try Coverage(try world.made.place(), form: 1)
    #expect(whole["held"] as? String == coverage.held)
    #expect(whole["directory"] as? UInt64 == coverage.directory)
    let one = try #require((whole["records"] as? [[String: Any]])?.first)
    #expect(one["id"] as? String == record.description)
    #expect(one["seen"] as? String == (try world.made.show(record).token.description))
    #expect((one["created"] as? String)?.hasSuffix("Z") == true)
    let answers = try #require(one["answers"] as? [String: Any])
    #expect(answers["nama_usaha"] as? String == "Batik, \"Sari\"")
    #expect(answers["pemasaran"] as? [String] == ["bazar", "hotel"])
    let fix = try #require(answers["lokasi"] as? [String: Any])
    #expect(fix["waktu_gps"] as? String == "2026-11-22T02:15:00Z")
    #expect((answers["produk"] as? [[String: Any]])?.count == 2)
    #expect((answers["kapasitas"] as? [[String: Any]])?.first?["tahun"] as? Int == 2024)
    #expect(answers["nik"] == nil && answers["telepon"] == nil)
  }
}
