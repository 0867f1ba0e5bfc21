import Causality
import Fieldwork
import Forms
import Model
import Store
import Testing

@Suite struct ReportTests {
  @Test(
    arguments: [
      (1, 999_999_999, SizeClass.kecil), (19, 999_999_999, .kecil), (19, 1_000_000_000, .menengah),
      (20, 999_999_999, .menengah), (20, 15_000_000_000, .menengah), (20, 15_000_000_001, .besar),
      (19, 20_000_000_000, .menengah), (nil, 5, .unclassified), (3, nil, .unclassified),
    ] as [(Int64?, Int64?, SizeClass)])
  func `Sizes by the ministry`(workers: Int64?, investment: Int64?, size: SizeClass) {
    #expect(SizeScheme.permenperin64.size(workers: workers, investment: investment) == size)
  }

  @Test(
    arguments: [
      (1, .mikro), (4, .mikro), (5, .kecil), (19, .kecil), (20, .sedang), (99, .sedang),
      (100, .besar), (0, .unclassified), (nil, .unclassified),
    ] as [(Int64?, SizeClass)])
  func `Sizes by the statistics office`(workers: Int64?, size: SizeClass) {
    #expect(SizeScheme.bps.size(workers: workers, investment: nil) == size)
  }

  @Test func `The schemes disagree on one firm`() {
    #expect(SizeScheme.bps.size(workers: 6, investment: 300_000_000) == .kecil)
    #expect(SizeScheme.permenperin64.size(workers: 6, investment: 300_000_000) == .kecil)
    #expect(SizeScheme.bps.size(workers: 25, investment: 300_000_000) == .sedang)
    #expect(SizeScheme.permenperin64.size(workers: 25, investment: 300_000_000) == .menengah)
  }

  @Test func `Coverage has all 43 villages, those without records too`() throws {
    let world = try World()
    let owner = try Assignment("nama_pemilik=-").answered("I Wayan")
    let typed = [
      "hasil_kunjungan=tercacah", "nama_usaha=Batik", "alamat=Jl. Renon 1",
      "bentuk_badan=perorangan",
    ]
    let whole = try typed.map { try Assignment($0) } + [owner]
    let actions = try world.made.actions
    let tk = try Assignment("tk=4 2")
    let investment = try Assignment("investasi_tanpa_tb=300000000")
    _ = try actions.add(form: 1, in: world.renon, whole + [tk, investment])
    _ = try actions.add(form: 1, in: world.sanur, whole + [tk])
    try world.made.add("Tutup", in: world.renon)
    let gone = try world.made.add("Hapus", in: world.renon)
    _ = try actions.delete(gone, form: 1)

    let report = try Coverage(try world.made.place(), form: 1)

    #expect(report.rows.count == 43)
    #expect(report.rows.map(\.village.code) == report.rows.map(\.village.code).sorted())
    let renon = try #require(report.rows.first { $0.village.code == world.renon })
    #expect(renon.isHeld && renon.count.records == 2)
    #expect(renon.count.enumerated == 1 && renon.count.otherResults == 1)
    #expect(renon.count.sizes[.bps] == [.kecil: 1])
    #expect(report.total.records == 3 && report.outside.records == 0)
    #expect(report.total.sizes[.permenperin64] == [.kecil: 1, .unclassified: 1])
    #expect(report.rows.filter { $0.count.records == 0 }.count == 41)
    #expect(report.held.utf8.count == 20 && report.directory > 0)
  }

  @Test func `The other workers are not assumed to be none`() throws {
    let world = try World()
    let place = try world.wayan.place()
    let record = try world.wayan.add("Batik", in: world.renon)
    try world.wayan.edit(record, "tk_l=4")
    #expect(try Coverage(place, form: 1).total.sizes.isEmpty)
    #expect(try Coverage(place, form: 1).total.otherResults == 1)
  }
}
