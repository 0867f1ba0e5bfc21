import Bytes
import Causality
import Fieldwork
import Model
import Store
import Wire

/// The reading of one bundle, told while it goes and summed up in words.
struct BundleReadRun {
  let bench: Workbench
  let file: String

  func run(_ format: Format) throws {
    let watch = try ConflictWatch(bench)
    let read = try bench.readingBundle(file) { try bench.store.readBundle($0, progress: $1) }
    try bench.refresh()
    let new = try watch.news(bench)
    let due = try ToDecide(try bench.place(person: try bench.personIfClear()))
    var report = Report(
      "bundle_read",
      fields: [
        ("file", .string(file)), ("received", .count(read.received)),
        ("left_out", .int(Int64(read.leftOut))), ("waiting", .count(read.waiting)),
        ("directory", .count(read.directory)), ("new_conflicts", .count(new)),
        ("conflicts", .count(due.conflicts)), ("checks", .count(due.checks)),
        ("refusals", .array(read.refusals.map(\.json))),
        ("damage", .optional(read.damage?.word)),
      ])
    report.blocks = [.line(BundleWords.read(read, newConflicts: new).text)]
    bench.print(report, format)
    if read.leftOut > 0 { bench.say(.bundle(.leftOnStick)) }
    for refusal in read.refusals {
      bench.say(
        .bundle(.refusal(refusal.ground, village: bench.name(of: refusal.stream.village))))
    }
    if new > 0 { bench.say(.seeConflicts) }
    if let damage = read.damage { throw Failure.bundle(.file(file, damage)) }
    if !read.refusals.isEmpty { throw Failure.bundle(.notTaken(read.refusals.count)) }
  }
}

extension Workbench {
  /// Reads a bundle; what is wrong with the file is said with its name.
  func readingBundle<Value>(
    _ file: String,
    _ body: (_ source: @escaping (Int) throws -> [UInt8], _ progress: (Int) -> Void) throws -> Value
  ) throws -> Value {
    try Files.read(file) { source, size in
      defer { console.clearProgress() }
      do {
        return try body(source) { console.progress(BundleWords.reading($0, of: size).text) }
      } catch let error as BundleError {
        throw Failure.bundle(.file(file, error))
      }
    }
  }
}

/// The conflicts around a person's villages, as they were before something came.
struct ConflictWatch {
  private let known: Set<String>

  init(_ bench: Workbench) throws {
    known = Set(try Self.keys(bench))
  }

  /// How many there are that were not there then.
  func news(_ bench: Workbench) throws -> Int {
    try Self.keys(bench).count { !known.contains($0) }
  }

  private static func keys(_ bench: Workbench) throws -> [String] {
    guard bench.standing.role == .laptop else { return [] }
    return try ConflictDesk(try bench.place(person: try bench.personIfClear())).list()
      .filter { !$0.isCheck }
      .map { "\($0.line.record) \($0.place) \($0.place.element ?? "") \($0.kind.rawValue)" }
  }
}

extension Refusal {
  /// For programs.
  var json: JSON {
    .object([
      ("village", .string(stream.village.description)),
      ("replica", .string(stream.replica.description)),
      ("counter", .int(Int64(counter))), ("ground", .string("\(ground)")),
    ])
  }
}

extension BundleError {
  /// The word that programs get.
  var word: String {
    switch self {
    case .foreign: "foreign"
    case .newer: "newer"
    case .cut: "cut"
    case .damaged: "damaged"
    }
  }
}
