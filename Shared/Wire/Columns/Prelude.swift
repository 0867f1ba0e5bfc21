import Bytes
import Causality
import Model

/// What both sides know before the first change of a frame.
///
/// A frame of ten edits is too short to learn from. So each walk begins as if it had just gone
/// through the same invented changes, which are made here: a few new records, edits of them, and
/// words that are common in the names and addresses of Balinese businesses. Nothing of it is
/// anybody's. It is a part of the format: another prelude has another number in the frame.
enum Prelude {

  /// The words, in their order.
  static let words = """
    abian adi agung air alat ana anak ang aneka api apotek ari arta arya asih asri atas ayam ayu \
    babi bagus bahan bakar bakery bakso bali ban bangli bangunan banjar baru barat baris basah batik \
    batu bawah bayu bebek bekas bengkel bentar berkah besar besi bibit bintang bisa blahbatuh blok \
    botol buah buana budi buka buku bulan bumi bunga bupati busana cahaya canang candra cat catering \
    celuk cetak cici cuci cv daging dan danau dangin dari daur dauh depan depot desa desak dewa dewi \
    dharma di dua dupa eka elektronik emas empat es foto furniture galeri gang gatot gede genteng \
    gianyar gudang gunung gusti hari harum hasil hayam hidup hijau hotel ida ikan imam img indah \
    indra industri ini ins int intan internet istri jahe jahit jalan jalur jamu janur jati jaya jepun \
    jero jl jpg juga jual kabel kaca kadek kain kaja kakak kaki kali kantor kapal karang karya kayu \
    kebaya kebun kecil kelod kelontong ketut kerajinan keramik kering keripik kerja kertas kesuma \
    kidul kios kiri koki komang kompyang kopi koperasi kos kota kotak kue kulit kuliner kuning kursi \
    kursus kusuma laba lada lain lama lampu lantang lantai laundry laut lele lestari lilin lima \
    listrik logam lokal los luh lukis lulur maha mahkota maju makan makanan malam mandiri mangga \
    manis mas masak mawar mebel media merah merta mesin mie minuman minyak mitra mobil model motor \
    muda mulia musik nangka nasi ni no nomor nur nyoman obat oka oleh oli ompog ongkos optik pagi \
    pakaian paku pala pande pandan panggang pantai paon para pasar patung payung pecatu pedagang \
    pelinggih pemilik penjor perak perorangan pertama pesona pipa pintu pisang plastik ponsel pos \
    potong produksi pt pulau pulsa pura puri puspa pusat putra putri putu rai raja raya reparasi \
    restoran roti rotan rt rumah rw sabun salon sambal sari sate satu sayur sedang sederhana segar \
    sejahtera sekolah selatan semua seni sentosa sepatu sepeda serba servis sewa siang siap sinar sri \
    studio suara suci suka sukses sumber surveyor surya susu suta suwung swadaya swalayan tahu taman tambak \
    tanah tangan tani tari tas tebu tegal tekstil teh telur tempe tengah tenun tepi tepung tiga timur \
    tinggi tirta toko topeng tua tukad tukang tulis tunggal ubud ud udang ukir ulam umum upakara usaha \
    utama utara vila wangi wanita warung wayan wijaya wisata yasa yoga yuda
    """

  /// Texts as questions have them.
  private static let texts: [[String]] = [
    ["Warung Made 12", "Sari Jaya 7", "Toko Bali Indah", "UD Karya 3", "Kios Nyoman 45"],
    ["Wayan Putra", "Ni Luh Sari", "Made Agung", "I Ketut Arta", "Kadek Dewi"],
    ["Jl. Gunung Agung", "Jl. Tukad Badung 21", "Jl. Pulau Kawe", "Gang Mawar 4", "Jl. Nangka"],
    ["Kaja", "Tegal", "Celuk", "Kelod", "Pande"],
    ["081234567890", "085738110245", "087861934472", "089640071358", "082145902617"],
    ["K01", "B12", "K07", "A3", "INT004"],
    ["2026-03-14", "2025-11-02", "2026-07-29", "2024-05-08", "2026-01-21"],
    ["R7KQ2MZX4T", "P3VN8WHB6Y", "5171032004880002", "5171046112750001", "938264071553827"],
    ["IMG_20af93c4.jpg", "IMG_7be1058d.jpg", "DSC_00412.jpg", "IMG_c6d83f1e.jpg", "foto 2.jpg"],
    ["UD", "CV", "PERORANGAN", "KOPERASI", "LAIN"],
    ["13134", "47112", "10710", "56102", "14111"],
    [
      "pemilik tidak di rumah, datang lagi sore", "usaha pindah ke jalan utama tahun lalu",
      "toko tutup hari minggu dan hari raya", "produksi menurun karena bahan baku mahal",
      "alamat sudah diperbaiki menurut kantor desa",
    ],
    ["warung 21", "kopi 480", "batik 7", "perak 316", "sate 95"],
  ]

  private static let wholes: [Int64] = [
    0, 1, 3, 7, 12, 24, 48, 96, 150, 420, 1987, 2014, 3600, 25_000, 61_508, 350_000, 12_000_000,
  ]

  static let stream: StreamID = {
    guard let village = VillageCode(number: 1) else { preconditionFailure("BUG: one is a village") }
    return StreamID(village: village, replica: ReplicaID(1))
  }()

  /// The invented changes, as bytes.
  static var contents: [[UInt8]] {
    guard let person = PersonID("surveyor1") else { preconditionFailure("BUG: a bad word") }
    let village = stream.village
    var random = Draws()
    var contents: [[UInt8]] = []
    var names: [(RecordID, Name)] = []
    var milliseconds: Int64 = 1_767_225_600_000
    func add(_ record: RecordID?, _ names: [Name], _ answers: [PlacedAnswer]) {
      milliseconds += 20_000 + Int64(random.next() % 400_000)
      let author = Authorship(
        person: person, device: DeviceID(7), stamp: Stamp(milliseconds: milliseconds),
        evidence: ClockEvidence(
          trusted: 1_767_225_000_000,
          elapsed: milliseconds - 1_767_225_000_000 + Int64(random.next() % 3)),
        directory: 40)
      contents.append(
        ChangeContent(
          form: 1, record: record, author: author, cites: names, body: .answers(answers)
        ).bytes(village: village))
    }
    for counter in 0..<8 {
      var answers = [PlacedAnswer(path: .life, answer: .life(.alive))]
      for field in 0..<28 {
        answers.append(
          PlacedAnswer(path: path(field), answer: answer(field, counter, &random)))
      }
      add(nil, [], answers)
      let tag = random.next()
      names.append(
        (
          RecordID(high: tag, low: UInt16(truncatingIfNeeded: random.next())),
          Name(
            dot: Dot(
              replica: ReplicaID(1), village: village, counter: UInt64(counter * 5 + 1)), tag: tag)
        ))
    }
    for index in 0..<16 {
      let (record, name) = names[index * 5 % 8]
      var fields = (0..<(index % 4 == 0 ? 1 : 3)).map { _ in Int(random.next() % 28) }
      fields = Array(Set(fields)).sorted()
      add(
        record, [name],
        fields.map {
          PlacedAnswer(
            path: path($0), replaces: [name], answer: answer($0, Int(random.next() % 5), &random))
        })
    }
    return contents
  }

  private static func path(_ field: Int) -> Path { Path(field: FieldID(UInt32(16 + field))) }

  private static func answer(_ field: Int, _ index: Int, _ random: inout Draws) -> Answer {
    if field % 2 == 0 { return .text(texts[field / 2 % texts.count][index % 5]) }
    if field % 14 == 13 {
      return .number(
        Decimal(unscaled: -8_640_000 - Int64(random.next() % 50_000), scale: 6) ?? .zero)
    }
    return .whole(wholes[Int(random.next() % UInt64(wholes.count))])
  }

  /// Numbers that are the same everywhere.
  private struct Draws {
    private var state: UInt64 = 1

    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }
}
