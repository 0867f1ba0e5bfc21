import Causality
import Forms
import Testing

struct VillageTests {
  private let villages = Preset.denpasar.villages

  private func names(_ match: VillageMatch) -> (String, [String]) {
    switch match {
    case .exact(let village, let others): (village.name, others.map(\.name))
    case .several(let villages): ("several", villages.map(\.name))
    case .none(let suggestions): ("none", suggestions.map(\.name))
    }
  }

  @Test func `There are 43 villages, Ubung among them`() throws {
    #expect(villages.villages.count == 43)
    #expect(villages.villages.count { $0.kind == .kelurahan } == 16)
    for (kecamatan, count) in [("01", 10), ("02", 11), ("03", 11), ("04", 11)] {
      #expect(villages.villages.count { $0.kecamatanCode == "51.71." + kecamatan } == count)
    }
    let ubung = try #require(VillageCode("51.71.04.1007").flatMap { villages[$0] })
    #expect(ubung.name == "Ubung" && ubung.bps == "5171031008" && ubung.kind == .kelurahan)
    #expect(villages.villages.allSatisfy { VillageKind($0.code) == $0.kind })
    #expect(Set(villages.villages.map(\.bps)).count == 43)
  }

  @Test func `Every village is found by each of its codes and by its full name`() {
    for village in villages.villages {
      let code = village.code.description
      for typed in [code, String(code.filter { $0 != "." }), String(code.dropFirst(6))] {
        #expect(villages.find(typed) == .exact(village, isPrefixOfOthers: []))
      }
      for name in [village.name] + village.aliases {
        let typed = ["  \(name.uppercased()) ", name.filter { $0 != " " }, name.lowercased()]
        for text in typed { #expect(names(villages.find(text)).0 == village.name, "\(text)") }
      }
    }
  }

  @Test func `Ten names are the beginning of others, and that is said`() {
    let short = villages.villages.filter { village in
      guard case .exact(_, let others) = villages.find(village.name) else { return false }
      return !others.isEmpty
    }

    #expect(short.count == 10)
    #expect(names(villages.find("penatih")) == ("Penatih", ["Penatih Dangin Puri"]))
    #expect(
      names(villages.find("Padangsambian"))
        == ("Padangsambian", ["Padangsambian Kelod", "Padang Sambian Kaja"]))
    #expect(names(villages.find("Ubung")) == ("Ubung", ["Ubung Kaja"]))
  }

  @Test(arguments: [
    ("dangin puri klod", "Dangin Puri Kelod"), ("Sumerta Klod", "Sumerta Kelod"),
    ("PADANG SAMBIAN KLOD", "Padangsambian Kelod"), ("padangsambian-kaja", "Padang Sambian Kaja"),
    ("UBUNG  KAJA", "Ubung Kaja"), ("tegal kerta", "Tegal Kertha"),
    (
      "kertalangu",
      "Kesiman Kertalangu"
    ), ("harum", "Tegal Harum"), ("petilan", "Kesiman Petilan"),
  ])
  func `Other spellings and a part that fits only one are that one`(typed: String, name: String) {
    #expect(names(villages.find(typed)) == (name, []))
  }

  @Test func `A part that fits several is none of them`() {
    #expect(names(villages.find("kaja")).0 == "several")
    #expect(names(villages.find("tegal")) == ("several", ["Tegal Harum", "Tegal Kertha"]))
    #expect(names(villages.find("dangin puri k")).1.count == 4)
    #expect(names(villages.find("1007")).1 == ["Pemecutan", "Ubung"])
  }

  @Test func `A kecamatan narrows the search`() {
    #expect(names(villages.find("1007", kecamatan: "Barat")).0 == "Pemecutan")
    #expect(names(villages.find("kaja", kecamatan: "denpasar timur")).0 == "Sumerta Kaja")
    #expect(names(villages.find("dangin puri", kecamatan: "51.71.02")).1 == ["Dangin Puri Kelod"])
    #expect(names(villages.find("Ubung", kecamatan: "01")) == ("none", []))
    #expect(names(villages.find("51.71.04.1007", kecamatan: "Barat")).0 == "none")
  }

  @Test func `What almost fits is suggested and never taken`() {
    #expect(names(villages.find("Ubong")) == ("none", ["Ubung"]))
    #expect(names(villages.find("sesetn")) == ("none", ["Sesetan"]))
    #expect(names(villages.find("Kuta")) == ("none", []))
    #expect(names(villages.find("")) == ("none", []))
    #expect(names(villages.find("re")) == ("none", []))
  }

  @Test func `A number of the statistics office is no code`() {
    // The ministry has no 51.71.03.1008, and its 51.71.03.1007 is another village than the office's.
    #expect(names(villages.find("5171031008")) == ("none", ["Ubung"]))
    #expect(names(villages.find("5171031007")) == ("Pemecutan", []))
  }

  @Test(arguments: [
    ("51.71.04.1007,5171031008,51.71.04,U,desa,Ubung,,-8,115,", "kind"),
    ("51.71.04.3007,5171031008,51.71.04,U,desa,Ubung,,-8,115,", "kind"),
    ("51.71.04.1007,5171031008,51.71.03,U,kelurahan,Ubung,,-8,115,", "kecamatan"),
    ("51.71.04.107,5171031008,51.71.04,U,kelurahan,Ubung,,-8,115,", "code"),
    ("51.71.04.1007,517103100,51.71.04,U,kelurahan,Ubung,,-8,115,", "bps"),
    ("51.71.04.1007,5171031008,51.71.04,U,kelurahan,Ubung,,utara,115,", "lat"),
    ("51.71.04.1007,5171031008,51.71.04,U,kelurahan,,,-8,115,", "name"),
    ("51.71.04.1007,5171031008,51.71.04,U,kelurahan,Ubung,,-8,115,besar", "area_km2"),
  ])
  func `A list with a wrong line is refused`(line: String, what: String) throws {
    let header = "code,bps,kecamatan_code,kecamatan,kind,name,aliases,lat,lon,area_km2\n"
    let code = VillageCode("51.71.04.1007") ?? VillageCode(number: 0)
    let expected: VillageError =
      switch what {
      case "kind": .wrongKind(try #require(VillageCode(String(line.prefix(13)))), line: 2)
      case "kecamatan": .wrongKecamatan(try #require(code), line: 2)
      default: .malformed(column: what, line: 2)
      }

    #expect(throws: expected) { try VillageList(csv: Array((header + line).utf8)) }
  }

  @Test func `A list without Ubung is refused`() throws {
    let lines = Preset.denpasar.villagesSheet.split(separator: "\n")
    let without = lines.filter { !$0.contains(",Ubung,") }.joined(separator: "\n")
    let list = try VillageList(csv: Array(without.utf8))
    let twice = (lines + [lines[1]]).joined(separator: "\n")

    #expect(throws: VillageError.wrongCount(found: 42, expected: 43)) {
      try list.require(["51.71.01": 10, "51.71.02": 11, "51.71.03": 11, "51.71.04": 11])
    }
    #expect(throws: VillageError.wrongCountOfKecamatan("51.71.03", found: 11, expected: 10)) {
      try list.require(["51.71.01": 10, "51.71.02": 11, "51.71.03": 10, "51.71.04": 11])
    }
    #expect(
      throws: VillageError.duplicateCode(list.villages[0].code, line: 45)
    ) { try VillageList(csv: Array(twice.utf8)) }
  }
}
