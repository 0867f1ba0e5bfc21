import Bytes
import Causality
import Forms
import Model
import Reading
import Store
import Sync
import Wire
import Workload

/// What a survey that is under way costs from day to day, and what is still there.
extension Season {
  /// A sync with nothing to do, many times over.
  func doNothing(times: Int = 50) throws -> Nothing {
    guard let laptop = laptops[0] else { throw BenchError.unexpected("no laptop") }
    return try Self.doNothing(laptop, office, times: times)
  }

  static func doNothing(
    _ laptop: BenchLaptop, _ office: BenchOffice, times: Int
  ) throws -> Nothing {
    try laptop.sync(with: office)
    func mean(isAnew: Bool) throws -> Carried {
      var total = Carried()
      for _ in 0..<times {
        let carried = try laptop.sync(with: office, isAnew: isAnew)
        total.rounds = max(total.rounds, carried.rounds)
        total.up = carried.up
        total.down = carried.down
        total.office.processor += carried.office.processor / Double(times)
        total.office.wall += carried.office.wall / Double(times)
      }
      return total
    }
    let anew = try mean(isAnew: true)
    return Nothing(anew: anew, again: try mean(isAnew: false))
  }

  /// What ten edits on the first laptop come to: the request that carries them, the reply, and the
  /// processor time of the laptop and the office together.
  func handInTen(_ turn: Int) throws -> (carried: Carried, took: Took) {
    guard let laptop = laptops[0] else { throw BenchError.unexpected("no laptop") }
    return try Self.handInTen(laptop, office, records: records, turn)
  }

  static func handInTen(
    _ laptop: BenchLaptop, _ office: BenchOffice, records: [RecordID], _ turn: Int
  ) throws -> (carried: Carried, took: Took) {
    let edits = try laptop.edits(
      Denpasar.smallEdits(records.count).map { edit in
        (records[edit.record], edit.changes.map { ($0.field, vary($0.value, turn)) })
      })
    _ = try laptop.store.save(edits)
    var carried = Carried()
    var took = Took()
    try took.add { carried = try laptop.sync(with: office) }
    return (carried, took)
  }

  /// Another value each time, so that each time something is new.
  private static func vary(_ value: Denpasar.Value, _ turn: Int) -> Denpasar.Value {
    switch value {
    case .text(let text): .text(text + String(turn))
    case .integer(let number): .integer(number + Int64(turn))
    case .real(let millionths): .real(millionths + Int64(turn))
    }
  }

  /// What became of the cells that two laptops edited without seeing each other, and of those beside
  /// them that one of the two edited alone, as the office shows them.
  ///
  /// The office's store must be closed. What is shown to people is kept as what they saw, so this is
  /// read when everything else has been looked at.
  func readOverlaps() throws -> Overlaps {
    let store = try Store.open(at: office.store.path ?? "", surroundings: place.surroundings)
    let all = Denpasar.edits(count)
    let second = Dictionary(
      uniqueKeysWithValues: all.filter { $0.kind == .second }.map { ($0.record, $0) })
    let standing = try store.standing()
    var found = Overlaps()
    for edit in all where edit.kind != .second {
      let shown = try store.show([(records[edit.record], 1)], to: nil)[0]
      let reading = RecordReading(
        record: shown.record, state: shown.state, copy: shown.village, form: standing.forms[1],
        directory: standing.directory)
      func current(_ field: Int) -> Answer? {
        standing.forms[1]?.question(named: Denpasar.fields[field].name).flatMap {
          reading.answer(to: $0)
        }
      }
      let ours = cells(edit)
      guard let other = second[edit.record] else {
        for (field, answer) in ours {
          found.own += 1
          if current(field) == answer { found.ownKept += 1 }
        }
        continue
      }
      let theirs = cells(other)
      for field in Set(ours.keys).union(theirs.keys).sorted() {
        guard let mine = ours[field], let yours = theirs[field] else {
          found.single += 1
          if current(field) == ours[field] ?? theirs[field] { found.singleKept += 1 }
          continue
        }
        found.cells += 1
        let shownNow = current(field)
        let lost = shownNow == mine ? yours : mine
        if shownNow == mine { found.first += 1 }
        if shownNow == yours { found.second += 1 }
        let siblings = shown.state.siblings(at: BenchLaptop.path(field))
        if siblings.contains(where: { $0.answer == lost }) { found.lostReadable += 1 }
      }
    }
    try store.close()
    return found
  }

  private func cells(_ edit: Denpasar.Edit) -> [Int: Answer] {
    Dictionary(
      uniqueKeysWithValues: edit.changes.map { ($0.field, BenchLaptop.answer($0.value)) })
  }
}

/// What a sync with nothing to do comes to, as the mean of many.
struct Nothing {
  /// Each request another than those before, so that its signature is checked.
  let anew: Carried
  /// The same request again, whose signature the office remembers.
  let again: Carried
}

/// What became of cells that were edited by two.
struct Overlaps {
  /// Cells that both edited.
  var cells = 0
  /// In how many the first stands, in how many the second.
  var first = 0
  var second = 0
  /// Of how many the answer that does not stand can still be read in the record.
  var lostReadable = 0
  /// Cells that one of the two edited, and in how many of them that stands.
  var single = 0
  var singleKept = 0
  /// Cells that nobody else edited, and in how many of them the edit stands.
  var own = 0
  var ownKept = 0
}
