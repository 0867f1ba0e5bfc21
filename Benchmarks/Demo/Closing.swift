import Forms
import Foundation

/// What it came to, what it took, and how to go on playing.
struct Closing {
  private let scene: Scene

  init(_ scene: Scene) {
    self.scene = scene
  }

  func run(since start: Date) throws {
    try sayCoverage()
    let seconds = Int(Date().timeIntervalSince(start).rounded())
    Narration.say(
      "It took \(seconds) s; the largest process used \(Self.megabytes) MB of memory.")
    Narration.say(
      """

      Go on with, for example:
        cd \(scene.tool.folder.path)
        export PATH=\(scene.tool.binaries.path):$PATH
        kulkul --store laptop-01.db
        kulkul list --village Renon --store supervisor.db
        kulkul-server serve --store office.db
        sqlite3 laptop-01.db 'select nama_usaha, alamat from ikm limit 5'
      """)
  }

  /// A line for every village, as narrow as a terminal.
  private func sayCoverage() throws {
    let report = try scene.server("coverage", "--format", "json").json()
    guard let villages = report["villages"] as? [[String: Any]] else {
      throw DemoError.unexpected("\(report)")
    }
    Narration.say("")
    Narration.say(
      Self.line(["code", "village", "kecamatan"], ["records", "enumerated", "other"]))
    for village in villages {
      let words = ["village", "name", "kecamatan"].map { village[$0] as? String ?? "?" }
      let counts = ["records", "enumerated", "other_results"].map {
        (village[$0] as? Int).map(String.init) ?? "?"
      }
      Narration.say(Self.line(words, counts))
    }
    Narration.say("")
  }

  private static func line(_ words: [String], _ counts: [String]) -> String {
    var line = ""
    for (word, width) in zip(words, [15, 21, 16]) {
      line += word + String(repeating: " ", count: max(0, width - word.count))
    }
    for (count, width) in zip(counts, [9, 12, 7]) {
      line += String(repeating: " ", count: max(1, width - count.count)) + count
    }
    return line
  }

  /// What the largest of all processes took, this one included.
  private static var megabytes: Int {
    let processes = [RUSAGE_SELF, RUSAGE_CHILDREN].map { who in
      var usage = rusage()
      getrusage(__rusage_who_t(who.rawValue), &usage)
      return Int(usage.ru_maxrss)
    }
    return (processes.max() ?? 0) / 1024
  }
}
