import Foundation
import Testing

/// Runs the scripts in Python that judge the product from outside, where there is a Python.
private enum Python {
  static let isThere = (try? run(["-c", "pass"]).status) == 0

  static func run(_ arguments: [String]) throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3", "-B"] + arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
  }

  static func path(_ file: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(file).path
  }
}

@Suite(.enabled(if: Python.isThere, "there is no python3: install it to run the oracle"))
struct `The oracle in Python` {
  private let folder: String

  init() throws {
    var template = Array("/tmp/kulkul-oracle-XXXXXX".utf8CString)
    folder = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  private func judge() throws -> (status: Int32, output: String) {
    let worlds = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    return try Python.run(
      [Python.path("Tests/Oracle/oracle.py")] + worlds.map { folder + "/" + $0 })
  }

  @Test func `It finds what the product finds, in forty worlds`() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for seed in 1001...1040 as ClosedRange<UInt64> {
      let world = try SimulatedWorld(seed: seed)
      try world.run()
      try world.export(to: folder)
    }
    let (status, output) = try judge()
    #expect(status == 0 && output.contains("40 worlds"), "\(output)")
  }

  @Test(arguments: [
    // An answer that does not stand any more, one that everybody had seen, another verdict, a delete.
    ("\"standing\": \\[[0-9]+(, )?", "\"standing\": [", " is lost"),
    ("\"seen\": \\[(.)", "\"seen\": [0, $1", " stand "),
    ("\"verdict\": \"answer\"", "\"verdict\": \"open\"", " it reads open "),
    ("\"life\": \"alive\"", "\"life\": \"deleted\"", " is said to be deleted"),
  ])
  func `It is not content with anything else`(
    pattern: String, other: String, complaint: String
  ) throws {
    // What is falsified need not matter in a world: whoever is said to have seen an answer may have seen it.
    for seed in UInt64(1001)..<1021
    where try isFound(pattern, other, complaint, seed: seed) { return }
    Issue.record("it is content in every world")
  }

  /// Whether it finds a world wrong in which something is falsified, and says so in these words; a world
  /// in which little is said is passed over.
  private func isFound(
    _ pattern: String, _ other: String, _ complaint: String, seed: UInt64
  ) throws -> Bool {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let world = try SimulatedWorld(seed: seed)
    try world.run()
    guard world.oracle.given.count >= 30 else { return false }
    try world.export(to: folder)
    #expect(try judge().status == 0)
    let path = folder + "/\(world.seed).jsonl"
    let whole = try String(contentsOfFile: path, encoding: .utf8)
    let wrong = whole.replacingOccurrences(of: pattern, with: other, options: .regularExpression)
      .replacingOccurrences(of: ", ]", with: "]")
    #expect(wrong != whole)
    try wrong.write(toFile: path, atomically: true, encoding: .utf8)
    let (status, output) = try judge()
    return status != 0 && output.contains(complaint)
  }

  /// A world in plain words: one question under `latest`, a repeat, and what the office shows.
  private func judge(
    answers: [String], life: String, conflicts: Int, rows: String = "", places: String
  ) throws -> (status: Int32, output: String) {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let given = answers.enumerated().map { number, text in
      """
      {"answer": \(number), "record": "R", "version": 0, "order": [\(number)], \
      "milliseconds": \(number), "heard": false, \(text)}
      """
    }
    let lines =
      [
        #"{"form": "type,bind::kulkul:id,bind::kulkul:rule\ntext,16,latest\n"}"#,
        #"{"record": "R", "born": "51.71.01.1001"}"#,
      ] + given + [
        #"{"replica": "office", "villages": ["51.71.01.1001"]}"#,
        """
        {"shows": "R", "at": "office", "village": "51.71.01.1001", "life": "\(life)", \
        "conflicts": \(conflicts), "rows": [\(rows)], "places": [\(places)]}
        """,
      ]
    try lines.joined(separator: "\n").write(
      toFile: folder + "/1.jsonl", atomically: true, encoding: .utf8)
    return try judge()
  }

  private func answer(
    _ path: String, _ value: String, by person: String, seen: [Int] = [], isDecision: Bool = false
  ) -> String {
    """
    "path": \(path), "value": \(value), "person": "\(person)", "seen": \(seen), \
    "role": "\(isDecision ? "supervisor" : "surveyor")", "resolution": \(isDecision)
    """
  }

  @Test(arguments: [("open", "b", true), ("answer", "c", false), ("open", "c", false)])
  func `A decision is not overturned by a rule`(
    verdict: String, shown: String, isRight: Bool
  ) throws {
    let path = #"[0, "", 16, ""]"#
    let status = try judge(
      answers: [
        answer(path, #"["text", "a"]"#, by: "wayan"),
        answer(path, #"["text", "b"]"#, by: "ketut", seen: [0], isDecision: true),
        answer(path, #"["text", "c"]"#, by: "made", seen: [0]),
      ], life: "alive", conflicts: verdict == "open" ? 1 : 0,
      places: """
        {"path": \(path), "standing": [1, 2], "verdict": "\(verdict)", \
        "value": ["text", "\(shown)"]}
        """
    ).status
    #expect((status == 0) == isRight)
  }

  @Test(arguments: [("contested", true, true), ("deleted", true, false), ("deleted", false, true)])
  func `That a row is there speaks against a delete, that it is gone does not`(
    life: String, isRowAlive: Bool, isRight: Bool
  ) throws {
    let (whole, row) = (#"[0, "", 1, ""]"#, #"[30, "A", 1, ""]"#)
    let status = try judge(
      answers: [
        answer(whole, #"["life", true]"#, by: "wayan"),
        answer(whole, #"["life", false]"#, by: "made", seen: [0]),
        answer(row, #"["life", \#(isRowAlive)]"#, by: "wayan", seen: [0]),
      ], life: life, conflicts: life == "contested" ? 1 : 0,
      rows: #"{"row": [30, "A"], "life": "\#(isRowAlive ? "alive" : "deleted")"}"#,
      places: """
        {"path": \(whole), "standing": [1], "verdict": "", "value": null}, \
        {"path": \(row), "standing": [2], "verdict": "", "value": null}
        """
    ).status
    #expect((status == 0) == isRight)
  }

  @Test(arguments: [
    // Of two answers at once one is not shown; a replacement is shown; what was replaced is shown instead.
    (seen: [[], []], shown: [1], lost: Int?.some(0)), ([[], [0]], [1], nil), ([[], [0]], [0], 1),
    // Answers whose authors say that they had seen each other, so that by the rules none of them stands.
    ([[0]], [], 0), ([[1], [0]], [], 0),
  ])
  func `An answer is lost unless it is shown, or whoever replaced it had seen it`(
    seen: [[Int]], shown: [Int], lost: Int?
  ) throws {
    let path = #"[0, "", 16, ""]"#
    let people = ["wayan", "ketut"]
    let place = """
      {"path": \(path), "standing": \(shown), "verdict": "answer", \
      "value": ["text", "\(shown.first ?? 0)"]}
      """
    let (status, output) = try judge(
      answers: seen.enumerated().map { number, seen in
        answer(path, #"["text", "\#(number)"]"#, by: people[number], seen: seen)
      }, life: "alive", conflicts: 0, places: shown.isEmpty ? "" : place)
    #expect((status == 0) == (lost == nil), "\(output)")
    if let lost { #expect(output.contains("answer \(lost) by \(people[lost]) is lost")) }
  }

  @Test func `Every mutation of the table still has its place`() throws {
    let (status, output) = try Python.run([Python.path("scripts/mutate"), "--check"])
    #expect(status == 0, "\(output)")
  }

  @Test func `The scripts of long runs count what was run, and nothing else`() throws {
    let (status, output) = try Python.run([Python.path("Tests/Scripts/test_scripts.py")])
    #expect(status == 0, "\(output)")
  }
}
