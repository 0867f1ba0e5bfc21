import ArgumentParser
import Bench
import Foundation

/// Measures Kulkul, by itself and beside others.
@main
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kulkul-bench",
    abstract: "Measures Kulkul beside plain SQLite in one run.",
    subcommands: [Table.self, Data.self, PeerCommand.self, Ground.self],
    defaultSubcommand: Table.self)
}

/// The table.
struct Table: ParsableCommand {
  enum Format: String, ExpressibleByArgument { case table, json }

  static let configuration = CommandConfiguration(
    abstract: "Measures the rows of the table and prints it.")

  @Option(help: "How many records the workload has.")
  var records = 4045
  @Option(help: "How often everything is measured.")
  var runs = 5
  @Option(help: "How often growth is measured at a million records.")
  var vastRuns = 1
  @Option(help: "How many records the large store has.")
  var large = 404_500
  @Option(parsing: .upToNextOption, help: "Only these rows; see --list.")
  var rows: [String] = []
  @Flag(help: "The rows that take long as well, and growth up to a million records.")
  var full = false
  @Flag(help: "Names the rows and does nothing.")
  var list = false
  @Option(help: "Where the programs kulkul and kulkul-server are; beside this one if not given.")
  var programs: String?
  @Option(help: "Another build of the programs, measured beside them.")
  var others: String?
  @Option(help: "The folder of the programs that make dist made; the newest in dist if not given.")
  var dist: String?
  @Option(help: "Where the plot of the growth goes, an SVG.")
  var plot: String?
  @Option(help: "The commit that is measured, for the table.")
  var commit = ""
  @Option(help: "How the figures are printed: table or json.")
  var format = Format.table
  @Option(help: "A file that gets the figures as JSON as well.")
  var json: String?

  func validate() throws {
    let known = Set(Rows.all.map { $0.name })
    for row in rows where !known.contains(row) {
      throw ValidationError("There is no row \(row). Type kulkul-bench --list.")
    }
    guard records >= 100, runs >= 1, vastRuns >= 1, large >= 100 else {
      throw ValidationError("A workload has 100 records at least, and is run once at least.")
    }
  }

  func run() throws {
    if list {
      for row in Rows.all { print(row.name + (row.isLong ? " (long)" : "")) }
      return
    }
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let beside = URL(fileURLWithPath: own).deletingLastPathComponent().path
    let wanted = Rows.all.filter {
      rows.isEmpty ? full || !$0.isLong : rows.contains($0.name)
    }
    let bench = Bench(
      count: records, runs: runs, vastRuns: vastRuns, large: large, programs: programs ?? beside,
      others: others, dist: dist ?? Self.handedOut(),
      plot: plot, isFull: full,
      say: { FileHandle.standardError.write(Foundation.Data(($0 + "\n").utf8)) })
    let figures = try bench.measure(wanted)
    let object = try FigureJSON.text(figures, records: records, commit: commit)
    print(
      format == .json
        ? object : FigureTable.text(figures, records: records, commit: commit), terminator: "")
    guard let json else { return }
    try object.write(toFile: json, atomically: true, encoding: .utf8)
    bench.say("The figures of every run are in \(json), as JSON.")
  }

  /// Where `make dist` leaves the programs, if it was run here.
  private static func handedOut() -> String? {
    // Ignored because there is no such folder where it was not run.
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "dist")) ?? []
    return names.sorted().map { "dist/" + $0 }.last {
      FileManager.default.isExecutableFile(atPath: $0 + "/kulkul")
    }
  }
}

/// The workload's files.
struct Data: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Writes the workload's files, for other programs to be measured on, and prints their SHA-256."
  )

  @Option(help: "How many records.")
  var records = 4045
  @Option(name: .customLong("to"), help: "The folder that the files go to.")
  var folder: String

  func run() throws {
    try WorkloadFiles.write(records: records, to: folder) { path, sum in
      // As sha256sum prints it, which can check it.
      print("\(sum)  \(path)")
    }
  }
}

/// Kulkul as one of several programs that go through the same workload.
struct PeerCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "peer",
    abstract: "Goes through the workload and prints one object of JSON, to stand beside others.")

  @Option(
    help: "The files of kulkul-bench data without their ending, such as data/n4045.")
  var data: String?
  @Option(help: "An empty folder to work in; it stays.")
  var work: String?
  @Option(help: "Opens a store that was left there, instead.")
  var open: String?

  func validate() throws {
    guard open != nil || (data != nil && work != nil) else {
      throw ValidationError("Give --data and --work, or --open.")
    }
  }

  func run() throws {
    if let open {
      print(try Peer.open(open))
    } else if let data, let work {
      print(try Peer.run(data: data, work: work))
    }
  }
}

/// The stores that are carried over an emulated line.
struct Ground: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Makes an office and two laptops, for scripts/line to carry between them.")

  @Option(help: "How many records the first laptop has.")
  var records = 4045
  @Option(help: "Where the laptops think that the office is.")
  var address: String
  @Option(name: .customLong("to"), help: "The folder that the stores go to.")
  var folder: String

  func run() throws {
    try LineGround.make(in: folder, records: records, address: address)
  }
}
