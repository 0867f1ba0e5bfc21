/// The words of the workload, and other ones.
///
/// The wire's codec knows words beforehand that are common in Balinese names and addresses, and the
/// workload's are of that kind. So there is a second set of which it knows none, to see how much comes
/// of that: everything else about the records, their lengths as well, is the same or nearly so.
extension Denpasar {
  /// What the texts of records are made of.
  public struct Terms: Sendable {
    /// Words of names, streets and notes.
    public let words: [String]
    /// Names of people.
    public let names: [String]
    /// Parts of villages.
    public let quarters: [String]
    /// Kinds of businesses before the law.
    public let legal: [String]
    /// What stands before a street.
    public let street: String
    /// What stands before the number of a category.
    public let category: String
    /// What stands before the number of an interviewer.
    public let interviewer: String
    /// What stands before the number of a photograph.
    public let photo: String
    /// What stands behind it.
    public let picture: String

    private static func list(_ text: String) -> [String] {
      text.split(separator: " ").map(String.init)
    }

    /// The workload's own.
    public static let denpasar = Terms(
      words: list(
        "warung toko kios bengkel salon laundry apotek klinik pasar gudang depot sate bakso nasi "
          + "ayam bebek kopi teh roti kue batik perak kayu batu bambu tenun jahit cuci servis motor "
          + "mobil sepeda ban oli cat besi pipa listrik lampu ponsel pulsa foto cetak buku tulis "
          + "sekolah kursus tari musik galeri seni lukis patung ukir topeng pura banjar jalan gang "
          + "timur barat"),
      names: list(
        "Wayan Made Nyoman Ketut Putu Kadek Komang Gede Luh Ni Agung Dewi Sari Rai Oka Suta Arya "
          + "Bagus Ayu Dharma"),
      quarters: list(
        "Abian Bekul Celuk Dangin Enjung Gemeh Gunung Jematang Kaja Kelod Lantang Merta Pande "
          + "Sading Tegal Titih Yangbatu Ubung"),
      legal: ["UD", "CV", "PT", "PERORANGAN", "KOPERASI", "LAIN"],
      street: "Jl.", category: "K", interviewer: "INT", photo: "IMG_", picture: ".jpg")

    /// As many of another language, none of which the codec knows.
    public static let heldOut = Terms(
      words: list(
        "kauppa kellari paja leipomo verstas pesula lasaretti tori vaja ullakko keitto puuro riisi "
          + "kana hanhi kahvia mehu pulla villaa hopea puukko kivi olki kutoa ommel huolto auto "
          + "pyora rengas voide maali rauta putki sahko lyhty luuri saldo kuva paino kirja muste "
          + "koulu tanssi laulu halli taide veistos naamio temppeli kyla katu polku talo vuori meri "
          + "joki lumi saha naula pelto lansi"),
      names: list(
        "Aino Eero Helmi Onni Sisko Veikko Taimi Urho Lempi Ilta Kauko Saima Olavi Hilja Reino "
          + "Martta Toivo Impi Armas Vieno"),
      quarters: list(
        "Alppila Boxberg Dagero Espoo Finnoo Hakunila Hertto Jollas Kallio Lassila Malmi Nihtis "
          + "Oulunkyla Pihlaja Roihu Suvela Tapiola Vallila"),
      legal: ["OY", "KY", "AY", "TOIMINIMI", "OSUUSKUN", "MUU"],
      street: "Kj.", category: "Q", interviewer: "HLO", photo: "FOT_", picture: ".png")
  }
}
