import Bytes
import Causality
import Forms
import Model
import Rules

/// What stands at one place of a record, and what the rules make of it.
public struct RegisterReading: Sendable {
  /// The place.
  public let path: Path
  /// The register of the form; `nil` where the form does not know the place.
  public let register: Register?
  /// What the rules make of it.
  public let verdict: Verdict
  /// Everything that stands there, where more than one answer does.
  public let contenders: [Contender]
}

/// One row of a repeat.
public struct RowReading: Sendable {
  /// The row.
  public let row: Row
  /// Whether it is there.
  public let life: LifeReading
  /// When it was added, by the stamp of its life.
  public let added: Stamp
}

/// A record read under a form and the directory's roles: answers, conflicts, rows, life and home.
///
/// This is the only way from a state to what people see. It stores nothing and decides nothing that
/// the state, the form and the directory do not already say, so the same three give the same
/// reading on every replica.
public struct RecordReading: Sendable {
  /// The record.
  public let record: RecordID
  /// What it was read from.
  public let state: RecordState
  /// Which of its answers were masked when it was shown; what is read of them is the same.
  public let masked: Masked
  /// The form; `nil` if the directory does not have it yet.
  public let form: Form?
  /// Every place but lives and the record's own fields, in order of path.
  public let registers: [RegisterReading]
  /// Whether the record is there.
  public let life: LifeReading
  /// The verdict on where it lives; unanswered if it was never moved.
  public let homeVerdict: Verdict
  /// Where it lives.
  public let home: VillageCode
  /// The rows of the repeats, in the order in which people see them.
  public let rows: [RowReading]

  /// Reads a record.
  ///
  /// - Parameters:
  ///   - record: the record.
  ///   - state: what stands in it.
  ///   - masked: which of its answers were shown masked.
  ///   - copy: the village that the state is of.
  ///   - form: its form.
  ///   - directory: whose roles count.
  /// - Complexity: O(places + siblings · log siblings).
  public init(
    record: RecordID, state: RecordState, masked: Masked = .none, copy: VillageCode, form: Form?,
    directory: Directory
  ) {
    self.record = record
    self.state = state
    self.masked = masked
    self.form = form
    var registers: [RegisterReading] = []
    registers.reserveCapacity(state.registers.count)
    var rows: [Row] = []
    for place in state.registers {
      if place.path.isInRow, let row = place.path.row, rows.last != row { rows.append(row) }
      if place.path.field.isSystem { continue }
      let register = form?.register(field: place.path.field)
      let rule = register?.rule ?? .ask
      let verdict: Verdict
      var contenders: [Contender] = []
      if place.siblings.count == 1, rule != .sum {
        // NB: nearly every place has one answer, which every rule but `sum` settles alike.
        let only = place.siblings[0]
        verdict = .settled(
          Settlement(answer: only.answer, rule: rule, behind: 1, winner: only.origin))
      } else {
        contenders = Self.contenders(Array(place.siblings), state: state, directory: directory)
        verdict = settle(contenders, by: rule, rank: form.flatMap { register?.rank(in: $0) })
      }
      registers.append(
        RegisterReading(
          path: place.path, register: register, verdict: verdict, contenders: contenders))
    }
    self.registers = registers
    life = lifeReading(of: state, row: nil)
    homeVerdict = Home.verdict(of: state)
    home = Home.village(of: state, record: record, copy: copy)
    self.rows = Self.order(rows, state: state, form: form)
  }

  /// The siblings at a place with what the rules need to know of them.
  public static func contenders(
    _ siblings: [Sibling], state: RecordState, directory: Directory
  ) -> [Contender] {
    siblings.compactMap { sibling in
      state.author(of: sibling.origin).map {
        Contender(sibling, author: $0, role: directory.role(of: $0))
      }
    }
  }

  /// What the rules make of a place.
  public func verdict(at path: Path) -> Verdict {
    reading(at: path)?.verdict ?? .unanswered
  }

  /// The reading of a place.
  ///
  /// - Complexity: O(log places).
  public func reading(at path: Path) -> RegisterReading? {
    var low = 0
    var high = registers.count
    while low < high {
      let middle = (low + high) / 2
      if registers[middle].path < path { low = middle + 1 } else { high = middle }
    }
    return low < registers.count && registers[low].path == path ? registers[low] : nil
  }

  /// The answer to a question, of a group its member; `nil` if it was never asked.
  public func answer(to question: Question, row: Text? = nil) -> Answer? {
    if question.isKey { return row.map { RowKey.answer($0, to: question) } }
    guard let register = form?.register(of: question),
      let whole = verdict(at: register.path(row: row)).answer
    else { return nil }
    return register.answer(whole, to: question)
  }

  /// The elements of a question that has a place for each.
  public func elements(of question: Question, row: Text? = nil) -> [Text] {
    guard let form, let register = form.register(of: question) else { return [] }
    let place = register.path(row: row)
    let present = registers.filter {
      $0.path.field == place.field && $0.path.row == place.row && $0.verdict.answer == .present
    }.map(\.path.element)
    guard let list = question.type.list else { return present }
    let ranked = present.map { (form.rank(of: $0.string, in: list) ?? Int.max, $0) }
    return ranked.sorted { $0 < $1 }.map(\.1)
  }

  /// The rows of a repeat that are there, contested ones included.
  public func rows(of repeated: Repeat) -> [Text] {
    rows.filter { $0.row.group == repeated.id && $0.life.liveness != .deleted }.map(\.row.id)
  }

  /// Places that a person must decide, those in deleted rows left out.
  public var openRegisters: [RegisterReading] {
    let gone = Set(rows.filter { $0.life.liveness == .deleted }.map(\.row))
    return registers.filter { reading in
      reading.verdict.isOpen && !(reading.path.row.map { gone.contains($0) } ?? false)
    }
  }

  /// How many things in the record a person must decide: open questions, the home, contested lives.
  public var conflictCount: Int {
    let contestedRows = rows.filter { $0.life.liveness == .contested }.count
    return openRegisters.count + contestedRows + (life.liveness == .contested ? 1 : 0)
      + (homeVerdict.isOpen ? 1 : 0)
  }

  private static func order(_ rows: [Row], state: RecordState, form: Form?) -> [RowReading] {
    let readings = rows.map { row in
      let stamps = state.siblings(at: Path(row: row, field: .life))
        .compactMap { state.author(of: $0.origin)?.stamp }
      return RowReading(
        row: row, life: lifeReading(of: state, row: row),
        added: stamps.min() ?? Stamp(number: 0))
    }
    let keyed = Set((form?.repeats ?? []).filter { $0.key != nil }.map(\.id))
    return readings.sorted { left, right in
      if left.row.group != right.row.group { return left.row.group < right.row.group }
      if keyed.contains(left.row.group) || left.added == right.added { return left.row < right.row }
      return left.added < right.added
    }
  }
}

extension RecordReading: AnswerSource {}

extension Register {
  /// The position of a choice in its list, by which `max` and `min` go.
  public func rank(in form: Form) -> ((Answer) -> Int?)? {
    guard case .single(let question) = kind, case .selectOne(let list) = question.type else {
      return nil
    }
    return { answer in
      guard case .text(let choice) = answer else { return nil }
      return form.rank(of: choice.string, in: list)
    }
  }
}

/// The answer that a row's own name gives to the key question of its repeat.
public enum RowKey {
  /// The key as an answer.
  public static func answer(_ id: Text, to question: Question) -> Answer {
    switch question.type {
    case .integer, .decimal: Decimal(id.string).map { .number($0) } ?? .text(id)
    case .date: CivilDate(id.string).map { .date($0.daysSince1970) } ?? .text(id)
    default: .text(id)
    }
  }
}
