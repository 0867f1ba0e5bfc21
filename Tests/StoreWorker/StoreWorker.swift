import Glibc
import Model
import Reading
import Store
import TestSupport
import Wire
import Worlds

/// A process that writes in a store at random, for the tests of many processes on one file.
///
/// `store-worker FILE SEED COUNT` saves so many times and prints a line for each save once it is
/// durable: the record and the dot. COUNT 0 goes on until the process is killed.
///
/// `store-worker read KIND FILE` reads something that came from outside, and prints whether it was
/// taken and how many KB more the process needed for that: a process of its own, for what others
/// need at the same time is nobody's business here.
@main enum StoreWorker {
  static func main() {
    let arguments = CommandLine.arguments
    if arguments.count == 4, arguments[1] == "read" {
      return weigh(arguments[2], content(of: arguments[3]))
    }
    guard arguments.count == 4, let seed = UInt64(arguments[2]), let count = Int(arguments[3])
    else { exit(2) }
    do {
      try work(on: arguments[1], seed: seed, count: count)
    } catch {
      say("failed \(error)")
      exit(1)
    }
  }

  /// Writes a line at once, so that what was said is said even if the process is killed next.
  private static func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = write(STDOUT_FILENO, bytes, bytes.count)
  }

  // MARK: Reading

  private static func weigh(_ kind: String, _ bytes: [UInt8]) {
    let before = peak()
    var isTaken = true
    do {
      try decode(kind, bytes)
    } catch {
      isTaken = false
    }
    say("\(isTaken ? "taken" : "refused") \(peak() - before)")
  }

  private static func decode(_ kind: String, _ bytes: [UInt8]) throws {
    switch kind {
    case "frame": _ = try Frame(bytes)
    case "request": _ = try SyncRequest(bytes)
    case "reply": _ = try SyncReply(bytes)
    case "snapshot":
      var reader = SnapshotReader(village: TinySurvey.villages[0])
      _ = try reader.next(bytes)
    case "bundle":
      var reader = try BundleReader(source(of: bytes))
      while try reader.next() != nil {}
    default: exit(2)
    }
  }

  /// The most memory that the process ever had, in KB.
  private static func peak() -> Int {
    let text = String(decoding: content(of: "/proc/self/status"), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }

  private static func content(of path: String) -> [UInt8] {
    guard let file = fopen(path, "r") else { exit(2) }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return Array(bytes[..<count])
  }

  // MARK: Writing

  private static func work(on path: String, seed: UInt64, count: Int) throws {
    let store = try Store.open(at: path)
    var random = SplitMix64(seed: seed)
    guard let person = PersonID("p\(seed)") else { exit(2) }
    var done = 0
    while count == 0 || done < count {
      let edit = try random.chance(40) ? fresh(person, &random) : later(person, store, &random)
      let saved = try store.save(edit ?? fresh(person, &random))
      guard let change = saved.change else { continue }
      say("saved \(saved.record) \(change.dot)")
      done += 1
    }
    try store.close()
  }

  private static func fresh(_ person: PersonID, _ random: inout SplitMix64) -> Edit {
    Edit(
      form: 1, village: random.pick(TinySurvey.villages), record: nil, person: person,
      wishes: [
        Wish(Path(field: TinySurvey.Field.name), .text("n\(random.below(1000))")),
        Wish(Path(field: TinySurvey.Field.visits), .whole(1)),
      ])
  }

  private static func later(
    _ person: PersonID, _ store: Store, _ random: inout SplitMix64
  ) throws -> Edit? {
    var filter = RecordFilter()
    filter.limit = 30
    let rows = try store.records(form: 1, filter)
    guard !rows.isEmpty else { return nil }
    let shown = try store.show([(random.pick(rows).record, 1)], to: person)[0]
    let wish =
      random.chance(15)
      ? Wish(.village, .village(random.pick(TinySurvey.villages)))
      : Wish(Path(field: TinySurvey.Field.name), .text("e\(random.below(100_000))"))
    return Edit(
      form: 1, village: shown.village, record: shown.record, person: person, view: shown.state,
      wishes: [wish])
  }
}
