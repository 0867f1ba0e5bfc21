import Foundation
import Testing

/// What protects data or order and no compiler checks: who imports whom, who writes the journal,
/// which words are banned and what to use instead.
@Suite struct TidyTests {
  /// Modules that only some folders may import.
  private static let borders: [(module: String, allowed: [String])] = [
    ("GRDB", ["Shared/Store"]), ("GRDBSQLite", ["Shared/Store"]),
    ("Hummingbird", ["Server/API"]), ("CCarrier", ["Client/Carrier"]),
    ("CZstd", ["Shared/Wire"]), ("CSQLite", ["Shared/Store"]),
    ("Commands", ["Sources/kulkul/"]), ("Courier", ["Client/Commands"]),
    ("Fieldwork", ["Client/Commands"]), ("Carrier", ["Client/"]),
    ("Office", ["Server/"]), ("API", ["Server/Commands"]),
    ("OfficeCommands", ["Sources/kulkul-server"]),
    ("Foundation", ["Benchmarks"]), ("FoundationEssentials", ["Benchmarks"]),
  ]

  /// Words that product code does without, and what stands in for them.
  private static let banned: [(word: String, instead: String)] = [
    ("Date()", "Surroundings.wall"), ("UUID()", "Surroundings.random"),
    ("SystemRandomNumberGenerator()", "Surroundings.random"), (".random(in", "Surroundings.random"),
    ("try!", "a typed error"), ("fatalError(", "preconditionFailure(\"BUG: …\")"),
    ("FIXME", "mending it"), ("TODO", "doing it"), ("Task.sleep", "an injected clock"),
    ("unowned(unsafe)", "a strong reference"),
  ]

  /// Where a banned word stands for a reason.
  private static let exceptions = ["Shared/Store/Surroundings.swift"]

  @Test func `Imports keep to their side of the borders`() throws {
    for file in try Source.product() {
      for border in Self.borders
      where file.imports.contains(border.module)
        && !border.allowed.contains(where: { file.path.hasPrefix($0) })
      {
        Issue.record("\(file.path) imports \(border.module)")
      }
    }
  }

  @Test func `Pure modules import nothing of the system`() throws {
    let pure = ["Bytes", "Causality", "Model", "Rules"]
    for file in try Source.product()
    where pure.contains(where: { file.path.hasPrefix("Shared/\($0)/") }) {
      let outside = file.imports.subtracting(pure)
      #expect(outside.isEmpty, "\(file.path) imports \(outside)")
    }
  }

  @Test func `Banned words are not used`() throws {
    for file in try Source.product() where !Self.exceptions.contains(file.path) {
      for ban in Self.banned where file.code.contains(ban.word) {
        Issue.record("\(file.path): \(ban.word) is banned, use \(ban.instead)")
      }
    }
  }

  @Test func `Only the door writes the journal`() throws {
    for file in try Source.product() where file.code.contains("INTO journal") {
      #expect(file.path == "Shared/Store/Door.swift")
    }
    // A branch that is put aside moves to a table of its own, where nothing is dropped; what a base
    // stands for is dropped in one place.
    let droppers = ["Shared/Store/Branches.swift", "Shared/Store/Cuts.swift"]
    for file in try Source.product()
    where file.code.contains("FROM journal") && !droppers.contains(file.path) {
      #expect(!file.code.contains("DELETE FROM journal"), "\(file.path) deletes changes")
    }
  }

  @Test func `Every page has one title`() throws {
    for page in try Source.files(under: ["docs", "README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
    where page.path.hasSuffix(".md") {
      var isCode = false
      var titles = 0
      for line in page.code.split(separator: "\n") {
        if line.hasPrefix("```") { isCode.toggle() }
        if !isCode && line.hasPrefix("# ") { titles += 1 }
      }
      #expect(titles == 1, "\(page.path) has \(titles) titles")
    }
  }
}

/// One file of the repository.
private struct Source {
  let path: String
  let code: String

  var imports: Set<String> {
    Set(
      code.split(separator: "\n").compactMap { line in
        let words = line.split(separator: " ")
        guard let position = words.firstIndex(of: "import"), position < 2,
          words.count > position + 1
        else { return nil }
        return words.prefix(position).allSatisfy { ["public", "@preconcurrency"].contains($0) }
          ? String(words[position + 1]) : nil
      })
  }

  static func product() throws -> [Source] {
    try files(under: ["Shared", "Client", "Server", "Sources"]).filter {
      $0.path.hasSuffix(".swift")
    }
  }

  static func files(under folders: [String]) throws -> [Source] {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    var files: [Source] = []
    for folder in folders {
      let url = root.appendingPathComponent(folder)
      var paths = [folder]
      if url.hasDirectoryPath || FileManager.default.enumerator(atPath: url.path) != nil {
        let inside = FileManager.default.enumerator(atPath: url.path)?.allObjects ?? []
        if !inside.isEmpty { paths = inside.compactMap { $0 as? String }.map { folder + "/" + $0 } }
      }
      for path in paths.sorted() where path.hasSuffix(".swift") || path.hasSuffix(".md") {
        let text = try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
        files.append(Source(path: path, code: text))
      }
    }
    return files
  }
}
