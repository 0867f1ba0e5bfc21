import Forms
import Testing

/// What expressions see in these tests: a few answers, and rows of a repeat.
private struct Answers: ExpressionContext {
  var this = XPathValue.string("")
  var today: Int32 = 20_779  // 2026-11-22
  var answers: [String: [XPathValue]] = [
    "kosong": [.string("")], "lima": [.number(5)], "nama": [.string("Wayan")],
    "merah": [.string("merah putih")], "lahir": [.date(3652)], "omzet": [.number(1), .number(2)],
    "sebagian": [.number(1), .string("")], "tiada": [], "waktu": [.dateTime(1_795_341_600_000)],
    "nik": [.string("5171014101800000")],
  ]

  func values(of question: String) -> [XPathValue] { answers[question] ?? [.empty] }
}

struct ExpressionTests {
  private func value(_ text: String, this: XPathValue = .empty) throws -> XPathValue {
    try Expression(text).evaluate(in: Answers(this: this))
  }

  @Test(
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("7 - 2 - 1", 4), ("8 div 4 div 2", 1),
      ("7 mod 4 * 2", 6), ("-2 * -3", 6), ("--2", 2), ("- 2 + 5", 3), ("5-3", 2), ("5 -3", 2),
      ("-7 mod 4", -3), ("7 mod -4", 3), ("1.5 mod 0.5", 0), (".5 + 5.", 5.5),
      ("1 div 0", .infinity),
      ("int(-1.7)", -1), ("int('x') + 1", .nan), ("round(2.5)", 3), ("round(-2.5)", -2),
      ("round(2.345, 2)", 2.35), ("round(1250, -2)", 1300), ("number('')", .nan),
      ("number(' 12 ')", 12), ("number('-1.5')", -1.5), ("number('1e3')", .nan),
      ("number('+1')", .nan), ("number('1 2')", .nan), ("number(true())", 1),
      ("${lima} * 2 - ${lima}", 5), ("${kosong} + 1", .nan), ("string-length('Bali')", 4),
      ("string-length('m\u{b3}')", 2), ("count(${omzet})", 2), ("count(${lima})", 1),
      ("count(${tiada})", 0), ("sum(${omzet})", 3), ("sum(${sebagian})", 1), ("sum(${tiada})", 0),
      ("count-selected(${merah})", 2), ("count-selected('')", 0), ("number(today())", 20_779),
      ("today() - date('2026-11-01')", 21), ("number(date('1970-01-02'))", 1),
      ("number(${waktu})", 20_779.416666666668), ("coalesce(${kosong}, ${lima})", 5),
      ("if(1 = 1, 2, 3) + 1", 3), ("${merah} mod 2", .nan), ("1 + (2 > 1)", 2),
    ] as [(String, Double)])
  func `Numbers come out right`(text: String, expected: Double) throws {
    let number = try value(text).number
    #expect(number == expected || (number.isNaN && expected.isNaN), "\(number)")
  }

  @Test(arguments: [
    // Levels: or, and, equality, order, sums.
    ("true() or false() and false()", true), ("(true() or false()) and false()", false),
    ("1 = 1 and 2 = 3 or 4 = 4", true), ("1 < 2 = true()", true), ("2 + 2 = 4", true),
    ("3 > 2 > 1", false), ("1 = 1 = true()", true),
    // Texts and numbers.
    ("'a' = 'a'", true), ("'a' = 'A'", false), ("'1.0' = '1'", false), ("'1.0' = 1", true),
    ("'e\u{301}' = '\u{e9}'", false), ("'10' > '9'", true), ("'a' < 'b'", false),
    ("'a' != 1", true), ("'' = 0", false), ("'' != 0", true), ("0 = false()", true),
    ("'' = false()", true), ("'false' = true()", true),
    // No answer.
    ("${kosong} = ''", true), ("${kosong} != ''", false), ("${lima} = ''", false),
    ("${lima} != ''", true), ("${kosong} >= 0", false), ("${kosong} < 1", false),
    ("not(${kosong} >= 0)", true), ("${kosong}", false), ("${lima}", true), ("0", false),
    ("'0'", true), ("number('x')", false), ("number('x') = number('x')", false),
    ("number('x') != number('x')", true),
    // Rows: one of them is enough.
    ("${omzet} = 2", true), ("${omzet} != 2", true), ("${omzet} > 2", false),
    ("2 > ${omzet}", true),
    ("${tiada} = ''", true), ("${tiada}", false), ("${omzet}", true),
    // Dates.
    ("${lahir} = '1980-01-01'", true), ("${lahir} = date('1980-01-01')", true),
    ("${lahir} < today()", true), ("${lahir} >= '1980-01-01'", true), ("'x' < today()", false),
    ("date('2026-02-29') = ''", true), ("date(0) = '1970-01-01'", true),
    ("${waktu} > today()", true), ("${waktu} = '2026-11-22 10:00'", true),
    ("date(${waktu}) = today()", true), ("${waktu} != ''", true),
    // Functions.
    ("selected(${merah}, 'merah')", true), ("selected(${merah}, 'mer')", false),
    ("selected('', 'merah')", false), ("selected(${merah}, '')", false),
    ("regex(${nik}, '^[0-9]{16}$')", true), ("regex('123', '[0-9]')", false),
    ("regex('123', '^[0-9]+')", true), ("regex('12\u{664}', '\\d+')", false),
    ("regex('', '.*')", true), ("regex(${nama}, 'w.*')", false), ("regex(5, '5')", true),
    ("regex('a', concat('[', ''))", false), ("regex('a', concat('[a', ']'))", true),
    ("not('')", true), ("true() and 'x'", true),
  ])
  func `Comparisons and conditions come out right`(text: String, expected: Bool) throws {
    #expect(try value(text).boolean == expected)
  }

  @Test(arguments: [
    ("string(1)", "1"), ("string(-0.5)", "-0.5"), ("string(1 div 3)", "0.3333333333333333"),
    ("string(1000000 * 1000000000000000)", "1000000000000000000000"),
    ("string(0 - 1 div 10000000)", "-0.0000001"), ("string(0 div 0)", "NaN"),
    ("string(-1 div 0)", "-Infinity"), ("string(- 0)", "0"),
    (
      "string(1.5 * 1000000000000000000)",
      "1500000000000000000"
    ),
    ("string(true())", "true"), ("string(today())", "2026-11-22"), ("string(${tiada})", ""),
    ("string(${omzet})", "1"), ("concat('a', 1, ${kosong}, true())", "a1true"),
    ("substr(${nik}, 6, 8)", "41"), ("substr(${nik}, 12)", "0000"), ("substr('Bali', -2)", "li"),
    ("substr('Bali', 1, -1)", "al"), ("substr('Bali', 3, 1)", ""), ("substr('Bali', 2, 99)", "li"),
    ("substr('Bali', 'x')", "Bali"), ("coalesce('', ${nama})", "Wayan"),
    ("coalesce('', ${kosong})", ""), ("if(${lima} > 3, 'ya', 'tidak')", "ya"), ("\"it's\"", "it's"),
    ("substr(string(today()), 0, 4)", "2026"), ("string(${waktu})", "2026-11-22T10:00:00"),
    ("string(${lima})", "5"),
  ])
  func `Texts come out right`(text: String, expected: String) throws {
    #expect(try value(text).string == expected)
  }

  @Test func `The point is the answer itself`() throws {
    #expect(try value(". >= 0 and . <= 9", this: .number(5)).boolean)
    #expect(try value(".-1", this: .number(5)).number == 4)
    #expect(try !value("regex(., '^80[0-9]{3}$')", this: .string("8011")).boolean)
  }

  @Test func `The example in the documentation holds`() throws {
    let adult = try Expression("${age} >= 17 and . != ''")

    #expect(adult.references == ["age"])
    #expect(try Expression("${a} + ${b} + ${a}").references == ["a", "b"])
  }
}

struct ExpressionErrorTests {
  private func error(_ text: String) -> ExpressionError? {
    do {
      _ = try Expression(text)
      return nil
    } catch {
      return error
    }
  }

  @Test(
    arguments: [
      ("", .empty), ("  ", .empty), ("1 +", .unexpected("", at: 4)), ("(1", .unexpected("", at: 3)),
      ("1)", .unexpected(")", at: 2)), ("1 2", .unexpected("2", at: 3)),
      ("* 2", .unexpected("*", at: 1)),
      ("'abc", .unterminatedText(at: 1)), ("${", .malformedReference(at: 1)),
      ("${a b}", .malformedReference(at: 1)), ("$a", .malformedReference(at: 1)),
      ("${}", .malformedReference(at: 1)), ("1 ! 2", .unexpectedCharacter("!", at: 3)),
      ("\u{2018}a\u{2019}", .unexpectedCharacter("\u{2018}", at: 1)),
      ("/data/a", .unexpectedCharacter("/", at: 1)), ("..", .unexpected(".", at: 2)),
      ("pulldata('a')", .unknownFunction("pulldata", at: 1)),
      ("1 + nama", .unexpected("nama", at: 5)), ("div 2", .unexpected("div", at: 1)),
      ("1 foo 2", .unexpected("foo", at: 3)), ("a.b", .unexpected("a", at: 1)),
      ("not()", .wrongCount(function: "not", found: 0, expected: 1...1, at: 1)),
      ("1 + if(1, 2)", .wrongCount(function: "if", found: 2, expected: 3...3, at: 5)),
      ("today(1)", .wrongCount(function: "today", found: 1, expected: 0...0, at: 1)),
      ("not(1,)", .unexpected(")", at: 7)), ("sum(1)", .wantsReference(function: "sum", at: 5)),
      ("regex(., '[')", .malformedPattern("[", at: 10)),
      ("regex(., '(?<=a)b')", .malformedPattern("(?<=a)b", at: 10)),
      ("regex(., '(a)\\1')", .malformedPattern("(a)\\1", at: 10)),
      ("regex(., 'a{2,1}')", .malformedPattern("a{2,1}", at: 10)),
      ("m\u{b3} + 1", .unexpectedCharacter("\u{b3}", at: 2)),
    ] as [(String, ExpressionError)])
  func `What cannot be read is said with its place`(text: String, expected: ExpressionError) {
    #expect(error(text) == expected)
  }

  @Test func `Nesting is bounded, length is not nesting`() throws {
    let deep = Expression.depthLimit
    func nested(_ open: String, _ close: String, _ count: Int) -> String {
      String(repeating: open, count: count) + "1" + String(repeating: close, count: count)
    }

    for (open, close) in [("(", ")"), ("-", ""), ("not(", ")"), ("if(", ",1,1)")] {
      #expect(error(nested(open, close, deep)) == nil)
      #expect(error(nested(open, close, deep + 1)) == .tooDeep(at: open.count * deep + 1))
    }
    #expect(error(String(repeating: "(", count: Expression.lengthLimit + 1)) == .tooLong)
    let chain = try Expression("0" + String(repeating: "+1", count: 4000))
    #expect(chain.evaluate(in: Answers()).number == 4000)
  }

  @Test func `No text stops the parser or what it made`() {
    let words = [
      "1", ".", "'a'", "${a}", "(", ")", ",", "+", "-", "*", "div", "mod", "and", "or", "=", "<",
      "not(", "if(", "substr(", "round(", "date(", "int(", "${omzet}", "999999999999999999999", "$",
    ]
    var seed: UInt64 = 7
    var read = 0
    for _ in 0..<3000 {
      var text = ""
      for _ in 0..<Int(seed >> 61) + 1 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        text += words[Int(seed >> 33) % words.count] + " "
      }
      do {
        _ = try Expression(text).evaluate(in: Answers()).string
        read += 1
      } catch {
        // Ignored because only that there is an answer of some kind matters here.
      }
    }
    #expect(read > 100)
  }
}
