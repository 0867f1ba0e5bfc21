import Forms
import Testing

struct CSVTests {
  private func rows(_ text: String) throws -> [[String]] { try rows(Array(text.utf8)) }

  private func rows(_ bytes: [UInt8]) throws -> [[String]] {
    var reader = CSVReader(bytes)
    var rows: [[String]] = []
    while let row = try reader.next() { rows.append(row.fields) }
    return rows
  }

  private func error(_ text: String) -> CSVError? { error(Array(text.utf8)) }

  private func error(_ bytes: [UInt8]) -> CSVError? {
    var reader = CSVReader(bytes)
    do {
      while try reader.next() != nil {}
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
      ("a,b\r\n1,2", [["a", "b"], ["1", "2"]]),
      ("a,b\r1,2\r", [["a", "b"], ["1", "2"]]),
      ("\u{feff}a,b\n", [["a", "b"]]),
      ("a;b\n1,5;2\n", [["a", "b"], ["1,5", "2"]]),
      ("a\tb\n1\t2\n", [["a", "b"], ["1", "2"]]),
      ("\"a;b;c\",d\n1,2\n", [["a;b;c", "d"], ["1", "2"]]),
      ("a,b\n\"x\"\"y\",\"\"\n", [["a", "b"], ["x\"y", ""]]),
      ("a,b\n\"1\n2\",3\n", [["a", "b"], ["1\n2", "3"]]),
      ("a,b\n,\n", [["a", "b"], ["", ""]]),
      ("\n\na,b\n\n1,2\n\n", [["a", "b"], ["1", "2"]]),
      ("a\n\"\"\n", [["a"], [""]]),
      ("a,b\n1,", [["a", "b"], ["1", ""]]),
      ("a,b\n 1 ,2", [["a", "b"], [" 1 ", "2"]]),
      ("", []), ("\n", []), ("\u{feff}", []),
    ] as [(String, [[String]])])
  func `Tables are read as they are written`(text: String, expected: [[String]]) throws {
    #expect(try rows(text) == expected)
  }

  @Test(
    arguments: [
      ("a,b\n1\n", .wrongCount(line: 2, found: 1, expected: 2)),
      ("a,b\n\"1\n2\",3\n1,2,3", .wrongCount(line: 4, found: 3, expected: 2)),
      ("a\n\"1\n\n", .unterminatedQuote(line: 2)),
      ("a\n\"\"\"", .unterminatedQuote(line: 2)),
      ("a\nx\"y\n", .strayQuote(line: 2)),
      ("a\n\"x\"y\n", .strayQuote(line: 2)),
      ("a\n\"x\" \n", .strayQuote(line: 2)),
    ] as [(String, CSVError)])
  func `Malformed tables are refused with the line`(text: String, expected: CSVError) {
    #expect(error(text) == expected)
  }

  @Test func `Bytes that are no text are refused with the line`() {
    #expect(error([97, 10, 0xff, 10]) == .notUTF8(line: 2))
    #expect(error([97, 10, 34, 0xc3, 34, 10]) == .notUTF8(line: 2))
    #expect(error([0xff, 0xfe, 97, 0]) == .notUTF8(line: 1))
  }

  @Test func `Fields and rows have limits`() throws {
    let fits = String(repeating: "x", count: CSVReader.fieldLimit)

    #expect(try rows("a\n" + fits) == [["a"], [fits]])
    #expect(try rows("a\n\"" + fits + "\"") == [["a"], [fits]])
    #expect(error("a\n" + fits + "x") == .fieldTooLong(line: 2))
    #expect(error("a\n\"" + fits + "x\"") == .fieldTooLong(line: 2))
    let commas = String(repeating: ",", count: CSVReader.columnLimit)
    #expect(error(commas) == .tooManyColumns(line: 1))
    #expect(try rows(String(commas.dropLast())).first?.count == CSVReader.columnLimit)
  }

  @Test func `Reading goes on after a row of the wrong length and after nothing else`() throws {
    var reader = CSVReader(Array("a,b\n1\n2,3\nx\"y,1\n4,5\n".utf8))

    #expect(try reader.next()?.line == 1)
    #expect(throws: CSVError.wrongCount(line: 2, found: 1, expected: 2)) { try reader.next() }
    #expect(try reader.next() == CSVRow(line: 3, fields: ["2", "3"]))
    #expect(throws: CSVError.strayQuote(line: 4)) { try reader.next() }
    #expect(try reader.next() == nil)
  }

  @Test func `Quotes are written only where they are needed`() {
    var writer = CSVWriter()
    writer.row(["a", "b c", "1,5", "x;y", "\"", "1\n2", ""])
    writer.row([""])

    #expect(writer.text == "a,b c,\"1,5\",\"x;y\",\"\"\"\",\"1\n2\",\n\"\"\n")
  }

  @Test(arguments: [",", ";", "\t"])
  func `Whatever is written is read back`(separator: String) throws {
    let pieces = ["", " ", ",", ";", "\t", "\"", "\"\"", "\r", "\n", "\r\n", "\u{feff}", "é", "a"]
    var table: [[String]] = []
    for first in pieces {
      for second in pieces { table.append([first + second, second, first + "x" + second]) }
    }
    var writer = CSVWriter(separator: separator.utf8.first ?? 44)
    for row in table { writer.row(row) }

    #expect(try rows(writer.bytes).elementsEqual(table) { $0.elementsEqual($1, by: sameBytes) })
  }

  private func sameBytes(_ left: String, _ right: String) -> Bool {
    left.utf8.elementsEqual(right.utf8)
  }

  @Test func `No bytes stop the reader`() {
    let alphabet: [UInt8] = [34, 44, 10, 13, 97, 0xff, 0xef, 0xbb, 0xbf, 59]
    var seed: UInt64 = 20_261_122
    for _ in 0..<2000 {
      var bytes: [UInt8] = []
      for _ in 0..<Int(seed >> 60) + 4 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes.append(alphabet[Int(seed >> 33) % alphabet.count])
      }
      _ = error(bytes)
    }
  }
}
