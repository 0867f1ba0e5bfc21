import Causality
import Forms
import GRDB
import Model
import Reading
import Rules

/// What rules did with answers that did not see each other.
public struct Rulings: Sendable {
  /// Places that each rule settled although different answers stand there, by the rule's name.
  public var settled: [String: Int] = [:]
  /// Places that each question's rule left to a person, by the rule's name.
  public var open: [String: Int] = [:]

  /// Makes an empty count.
  public init() {}
}

extension Store {
  /// Counts what the rules of a form decide at present, over all records that are shown and not
  /// deleted: a supervisor sees which rule works, and which question asks too often.
  ///
  /// - Complexity: O(places of all records).
  public func rulings(form number: UInt32) throws -> Rulings {
    try read { db in
      let context = try context(db)
      let table = context.table(number)
      guard let form = table.form else { throw StoreError.noForm(number) }
      var rulings = Rulings()
      let statement = try RawStatement(
        db, "SELECT _id, _village, _state FROM \(table.name) WHERE _shown = 1 AND _life <> 1")
      defer { statement.reset() }
      while try statement.step() {
        guard let record = RecordID(letters: statement.text(0)),
          let village = VillageCode(number: statement.bits(1))
        else { throw StoreError.inconsistent(detail: "record \(statement.text(0))") }
        let state = try RecordTable.state(statement.bytes(2), of: record)
        // NB: where one person's answers stand alone no rule had work, and most records are so.
        let people = Set(state.origins.compactMap { $0.author?.person })
        let isMet = people.count > 1 || state.registers.contains { $0.siblings.count > 1 }
        guard isMet else { continue }
        let reading = RecordReading(
          record: record, state: state, copy: village, form: form, directory: context.directory)
        rulings.add(reading)
      }
      return rulings
    }
  }
}

extension Rulings {
  fileprivate mutating func add(_ reading: RecordReading) {
    for place in reading.registers where place.contenders.count > 1 {
      let rule = place.register?.rule ?? .ask
      switch place.verdict {
      case .unanswered: break
      case .open: open[rule.description, default: 0] += 1
      case .settled(let settlement):
        let isSum = rule == .sum
        guard isSum || Set(place.contenders.map(\.answer)).count > 1 else { continue }
        settled[settlement.rule.description, default: 0] += 1
      }
    }
    addUnions(reading)
  }

  /// Counts the questions whose elements come from more than one person: all of them stand.
  private mutating func addUnions(_ reading: RecordReading) {
    var people: [Path: Set<PersonID>] = [:]
    for place in reading.registers where place.register?.hasElements == true {
      let question = Path(row: place.path.row, field: place.path.field)
      for sibling in reading.state.siblings(at: place.path) {
        guard let author = reading.state.author(of: sibling.origin) else { continue }
        people[question, default: []].insert(author.person)
      }
    }
    let shared = people.values.count { $0.count > 1 }
    if shared > 0 { settled[Rule.union.description, default: 0] += shared }
  }
}
