import Forms
import Model
import Store
import Worlds

extension Samples {
  static func tables() -> [[UInt8]] {
    [
      "a,b,c\n1,2,3\n", "a;b\n\"x;\"\"y\";2\n", "a\tb\r\n1\t\"2\n3\"\r\n", "\u{feff}satu\n\"\"\n",
      "a,b\n1\n1,2,3\n1,2", "\"a\"x,b\n", "a,\"b",
    ].map { Array($0.utf8) }
  }

  static func forms() -> [[UInt8]] {
    let tiny = TinySurvey.sheets()
    let header =
      "type,name,label,hint,required,relevant,constraint,constraint_message,appearance,"
      + "bind::kulkul:id,bind::kulkul:rule,bind::kulkul:group,bind::kulkul:key,"
      + "bind::kulkul:private,bind::kulkul:warning,bind::kulkul:warning_message\n"
    let lines = [
      "text,nama,Nama,,yes,,string-length(.) < 9,panjang,,16,ask,,,,,",
      "integer,umur,Umur,,,${nama} != '',. > 0,,,17,latest then max,,,yes,. < 99,tua",
      "begin_group,g,G,,,,,,,18,best-fix,lokasi,,,,", "decimal,lat,Lat,,,,,,,19,,,,,,",
      "decimal,lon,Lon,,,,,,,20,,,,,,", "end_group,,,,,,,,,,,,,,,",
      "begin_repeat,tahun,T,,,,,,,30,,,th,,,", "integer,th,Th,,,,,,,31,,,,,,",
      "select_one l,jenis,J,,,,,,,32,ask,,,,,", "end_repeat,,,,,,,,,,,,,,,",
      "date,tgl,Tgl,,,,. <= today(),,,40,first,,,,,", "datetime,jam,Jam,,,,,,,41,,,,,,",
      "select_multiple l,pilih,P,,,,count-selected(.) > 1,,,42,union,,,,,",
      "note,n,${nama},,,,,,,,,,,,,",
    ]
    let choices = "list_name,name,label\nl,a,A\nl,b,B\n"
    let settings = "form_title,form_id,version\nUji,uji,1\n"
    let tables = [
      [tiny.survey, tiny.choices, tiny.settings],
      [header + lines.joined(separator: "\n"), choices, settings],
    ]
    return tables.map(joined)
      + lines.filter { !$0.hasPrefix("begin") && !$0.hasPrefix("end") }.map {
        joined([header + $0 + "\n", choices, settings])
      }
  }

  static func expressions() -> [[UInt8]] {
    [
      "1 + 2 * (3 - -4) div 5 mod 6", ". >= 0 and ${a} != '' or not(${bb} < 1)",
      "if(selected(${abc}, 'x'), concat('a', \"b\", .), substr(., 1, -2))",
      "regex(., '^[0-9]{2,3}(a|b)*\\d+\\.x?$')", "round(number(.) * 100, 2) = int(${a})",
      "count(${abc}) > 1 and sum(${abc}) <= count-selected(.)", "today() - date('2026-11-01') >= 1",
      "coalesce(${a}, string-length(.), string(true() = false()))", "date(.) < '2026-11-22 10:00'",
      "((((((((((1))))))))))", "regex(${a}, .)", "- - 1.5 <= .5",
      "regex(., '((?=a)[^a-c]|(?!b)\\bx{0,3})+?$')",
    ].map { joined([$0, "12ab", "2026-11-22", "x y z"]) }
  }

  static func typed() -> [[UInt8]] {
    let texts = [
      "Batik", "12", "-8.65 115.24 8", "-8.65, 115.24", "-8.65;;8", "2026-11-22",
      "2026-11-22 10:15", "merah,hijau", "+6281;+6282\\;3", "1.000", "-",
    ]
    var all: [[UInt8]] = []
    for (form, preset) in [(Samples.form, 0), (Preset.denpasar.form, 1)] as [(Form, UInt8)] {
      for index in form.registers.indices.prefix(200) {
        all.append([preset, UInt8(index)] + Array(texts[index % texts.count].utf8))
      }
    }
    return all
  }

  static func assignments() -> [[UInt8]] {
    [
      "nama=Batik Sari", "lokasi=-8.65 115.24 8\nlat=-8.65", "warna+=merah\nwarna-=hijau",
      "kunjungan+=5", "produk[new].merek=Kain\nproduk[new2].stok+=2", "produk[K7M3]-",
      "tahunan[2024].nilai=-\ntahunan[2024]+", "nama=", "alias=a;b\\;c", "desa=Renon",
      "nama_usaha=Batik\npemasaran=bazar,hotel",
    ].map { Array($0.utf8) }
  }

  static func villages() -> [[UInt8]] {
    let header = "code,bps,kecamatan_code,kecamatan,kind,name,aliases,lat,lon,area_km2\n"
    let line =
      "51.71.01.1001,5171010004,51.71.01,Denpasar Selatan,kelurahan,Serangan,Sakenan;Pulau,"
      + "-8.736259,115.232110,5.830\n"
    return [
      [header + line, "serangan", "Selatan"], ["", "dauh puri klod", "Barat"],
      ["", "51.71.04.1007", "04"],
      ["", "5171031008"], ["", "1007", "51.71.04"], ["", "pdangsambian"],
      [header, "x"],
    ].map(joined)
  }

  static func tokens() -> [[UInt8]] {
    let record = Scene.shared.record
    return [
      record.description, String(record.description.prefix(5)), "00112233445566778899",
      "51.71.03.1007", "5171031007", "latest then max", "role then first then ask",
      "ask-if-class-changes(5,20,100)", "same-or-ask(10)", "2026-11-22", "2024-02-29",
      "2026-11-22 10:15:30.123", "2026-11-22T10:15:00+08:00", "-8.650", "123456789012345678",
      "0.000000000000001", "K7M3-Q9X2", "deadBEEF", "wayan.1", "supervisor",
    ].map { Array($0.utf8) }
  }

  static func imports() -> [[UInt8]] {
    let village = TinySurvey.villages[0]
    return [
      "desa,nama,kunjungan,warna\n\(village),Batik,3,\"merah,hijau\"\nDesa 2,Kain,x,biru\n",
      "_id,_seen,nama\n\(Scene.shared.record),00112233445566778899,Batik\n,,Baru\n",
      "desa;kecamatan;lat;lon;akurasi\n\(village);;-8,65;115.24;8\n",
      "desa,produk[1].merek,produk[1].stok,tahunan[2024].nilai,alias\n\(village),a,1,2.5,x;y\n",
      "desa,lokasi,omzet,pekerja,peran,segel\n\(village),-8.65 115.24 8,10,20,x,y\n",
    ].map { Array($0.utf8) }
  }

  static func marks() -> [[UInt8]] {
    [[], [0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 9], [255, 1, 2, 3, 4, 5, 6, 7, 8]]
  }
}
