import Bytes
import Forms
import Model
import Reading
import Rules

/// Finds the rows that are meant by what stands between brackets, and mints new ones.
struct RowFinder {
  /// How many letters the identifier of a new row has.
  static let letterCount = 8

  /// Which rows may be meant.
  enum Pool {
    /// Those that are there, and new ones.
    case present
    /// Those that are there.
    case existing
    /// Those that were removed.
    case deleted
    /// All that there ever were.
    case all
  }

  private let planner: AnswerPlanner
  private var minted: [String: Text] = [:]

  init(_ planner: AnswerPlanner) {
    self.planner = planner
  }

  /// The identifier of a new row.
  static func mint(_ random: () -> UInt64) -> Text {
    let number = UInt128(random()) << 16 | UInt128(random() & 0xffff)
    return Text(Letters.text(of: number, bits: 80, count: letterCount))
  }

  mutating func row(
    _ typed: String, of repeated: Repeat, in target: String, among pool: Pool
  ) throws(AssignmentError) -> Text {
    if let key = repeated.key.flatMap({ planner.form.question(named: "\(repeated.name)/\($0)") }) {
      return try keyed(typed, key, of: repeated, in: target, among: pool)
    }
    if case .present = pool, isNew(typed) {
      let label = "\(repeated.name) \(typed)"
      if let known = minted[label] { return known }
      let letters = RowFinder.mint(planner.random)
      minted[label] = letters
      return letters
    }
    let rows = rows(of: repeated, among: pool)
    let wanted = typed.uppercased()
    let found = rows.filter { $0.string.hasPrefix(wanted) }
    func fail(_ problem: AssignmentError.Problem) -> AssignmentError {
      AssignmentError(name: target, problem: problem)
    }
    guard let first = found.first, !wanted.isEmpty else {
      throw fail(.noSuchRow(rows: rows.map(\.string)))
    }
    if found.count > 1, !found.contains(Text(wanted)) {
      throw fail(.severalRows(rows: found.map(\.string)))
    }
    return found.contains(Text(wanted)) ? Text(wanted) : first
  }

  private func keyed(
    _ typed: String, _ key: Question, of repeated: Repeat, in target: String,
    among pool: Pool
  ) throws(AssignmentError) -> Text {
    func fail(_ problem: AssignmentError.Problem) -> AssignmentError {
      AssignmentError(name: target, problem: problem)
    }
    let answer: Answer
    do {
      answer = try Typed.parse(
        typed, as: key, form: planner.form, zoneOffsetMinutes: planner.zoneMinutes)
    } catch {
      throw fail(isNew(typed) ? .needsKey(question: key.name) : .badKey(question: key.name, error))
    }
    guard let name = Typed.rowName(of: answer, key: key) else {
      throw fail(.needsKey(question: key.name))
    }
    if case .present = pool { return name }
    let rows = rows(of: repeated, among: pool)
    guard rows.contains(name) else { throw fail(.noSuchRow(rows: rows.map(\.string))) }
    return name
  }

  private func rows(of repeated: Repeat, among pool: Pool) -> [Text] {
    let all = (planner.view?.rows ?? []).filter { $0.row.group == repeated.id }
    switch pool {
    case .present, .existing: return all.filter { $0.life.liveness != .deleted }.map(\.row.id)
    case .deleted: return all.filter { $0.life.liveness != .alive }.map(\.row.id)
    case .all: return all.map(\.row.id)
    }
  }

  /// Whether it stands for a new row: `new`, `new2` and so on.
  private func isNew(_ typed: String) -> Bool {
    typed.lowercased().hasPrefix("new")
      && typed.utf8.dropFirst(3).allSatisfy { (48...57).contains($0) }
  }
}
