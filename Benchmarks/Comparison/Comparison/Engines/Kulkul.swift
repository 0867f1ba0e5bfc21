import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Workload

/// Kulkul itself: nothing here merges or decides, all of it is the product's own code.
///
/// Edits are planned by `EditPlan` from the view, applied by `RecordState.apply`, brought together
/// by `RecordState.merge` and read by `RecordReading`, which settles by the form's rules. What
/// stands in for the store and the journal is as plain as can be: a list of changes in the order in
/// which they came, a version vector, and an inbox for what comes before what it names.
struct Kulkul: Engine {
  static let canMeet = true
  static let sendsSaves = true

  private struct Replica {
    var states: [RecordID: RecordState] = [:]
    var changes: [Change] = []
    var vector = VersionVector()
    var inbox: [Change] = []
    var form: Form

    /// Takes a change in, or keeps it until what it needs is held.
    mutating func take(_ change: Change) {
      if change.dot.counter <= vector.count(of: change.dot.replica) { return }
      if !inbox.contains(change) { inbox.append(change) }
      while let ready = inbox.firstIndex(where: isReady) { apply(inbox.remove(at: ready)) }
    }

    private func isReady(_ change: Change) -> Bool {
      let state = states[change.record] ?? RecordState()
      return change.dot.counter == vector.count(of: change.dot.replica) + 1
        && change.content.prerequisites.allSatisfy { state.accounts(for: $0) }
    }

    private mutating func apply(_ change: Change) {
      states[change.record, default: RecordState()].apply(
        change.origin, by: change.content.author, change.content.answers)
      keep(change)
    }

    /// Notes that a change is accounted for.
    mutating func keep(_ change: Change) {
      if change.dot.counter <= vector.count(of: change.dot.replica) { return }
      changes.append(change)
      vector.raise(
        VersionVector.Entry(
          replica: change.dot.replica, count: change.dot.counter, head: change.hash.tag))
    }

    /// Merges another replica's states, as a newcomer does with a snapshot.
    mutating func merge(_ other: Replica) {
      for (record, state) in other.states { states[record, default: RecordState()].merge(state) }
      for change in other.changes { keep(change) }
    }
  }

  private let clockErrors: [Int64]
  private let directory: Directory
  private let forms: [Form]
  private let village: VillageCode
  private var laptops: [Replica]
  private var office: Replica
  private var records: [Int: RecordID] = [:]
  private var clocks: [HybridClock]
  /// The office's time at each laptop's last sync; it was enrolled when the history began.
  private var trusted: [Int64]

  init(laptops count: Int, clockErrors: [Int64], rules: RuleBook) {
    self.clockErrors = clockErrors
    forms = SurveyForm.versions(rules)
    directory = Directory(
      (0..<count).map { laptop in
        .person(
          Person(
            id: Self.person(laptop), name: "Surveyor \(laptop + 1)", role: .surveyor, scope: .all))
      })
    guard let village = VillageCode("51.71.03.1007") else { preconditionFailure("BUG: a bad code") }
    self.village = village
    laptops = Array(repeating: Replica(form: forms[0]), count: count)
    office = Replica(form: forms[1])
    clocks = Array(repeating: HybridClock(), count: count)
    trusted = Array(repeating: History.beginning, count: count)
  }

  private static func person(_ laptop: Int) -> PersonID {
    guard let person = PersonID("surveyor\(laptop + 1)") else {
      preconditionFailure("BUG: a bad word")
    }
    return person
  }

  private func reading(_ record: Int, on laptop: Int?) -> RecordReading? {
    let replica = laptop.map { laptops[$0] } ?? office
    guard let id = records[record], let state = replica.states[id] else { return nil }
    return RecordReading(
      record: id, state: state, copy: village, form: replica.form, directory: directory)
  }

  mutating func save(
    _ touches: [Touch], in record: Int, isNew: Bool, on laptop: Int, now: Int64
  ) {
    let id = isNew ? nil : records[record]
    let view = id.flatMap { laptops[laptop].states[$0] } ?? RecordState()
    let plan = EditPlan(
      SurveyForm.wishes(touches, view: view, screen: screen(record, on: laptop)), view: view,
      current: view, form: laptops[laptop].form, directory: directory,
      writer: Writer(person: Self.person(laptop), role: .surveyor), act: .edit, isNew: isNew)
    if plan.answers.isEmpty { return }
    let content = ChangeContent(
      form: 1, record: id, author: author(laptop, now: now), cites: plan.cites,
      body: .answers(plan.answers))
    let replica = ReplicaID(UInt64(laptop) + 1)
    let counter = laptops[laptop].vector.count(of: replica) + 1
    let dot = Dot(replica: replica, village: village, counter: counter)
    // A number that no other change has stands for the hash.
    var mixer = SplitMix(replica.number << 32 | counter)
    let hash = ChainHash(mixer.next(), mixer.next(), mixer.next(), mixer.next())
    let change = Change(dot: dot, hash: hash, content: content)
    records[record] = change.record
    laptops[laptop].take(change)
  }

  private mutating func author(_ laptop: Int, now: Int64) -> Authorship {
    let wall = now + clockErrors[laptop]
    for change in laptops[laptop].changes {
      clocks[laptop].notice(change.content.author.stamp, wall: wall)
    }
    return Authorship(
      person: Self.person(laptop), device: DeviceID(UInt32(laptop) + 1),
      stamp: clocks[laptop].stamp(wall: wall),
      evidence: ClockEvidence(trusted: trusted[laptop], elapsed: now - trusted[laptop]),
      directory: directory.version)
  }

  mutating func sync(_ laptop: Int, now: Int64) {
    for change in laptops[laptop].changes { office.take(change) }
    laptops[laptop].merge(office)
    trusted[laptop] = now
  }

  mutating func newestArrives(from laptop: Int, now: Int64) {
    if let newest = laptops[laptop].changes.last { office.take(newest) }
  }

  mutating func meet(_ left: Int, _ right: Int, now: Int64) {
    for change in laptops[left].changes { laptops[right].take(change) }
    for change in laptops[right].changes { laptops[left].take(change) }
  }

  mutating func newForm(_ laptop: Int) {
    laptops[laptop].form = forms[1]
  }
}

extension Kulkul {
  func screen(_ record: Int, on laptop: Int?) -> Screen {
    var screen = Screen()
    guard let reading = reading(record, on: laptop), reading.life.liveness != .deleted else {
      return screen
    }
    screen.isThere = true
    for choice in Channel.all { screen.current[.choice(choice)] = [Channel.empty] }
    let gone = Set(reading.rows.filter { $0.life.liveness == .deleted }.map(\.row))
    for row in reading.rows where row.life.liveness != .deleted {
      screen.rows.insert(row.row.id.string)
    }
    for register in reading.registers {
      if let row = register.path.row, gone.contains(row) { continue }
      guard let place = SurveyForm.place(of: register.path),
        let answer = register.verdict.answer
      else { continue }
      let all = register.contenders.map { SurveyForm.text($0.answer, at: register.path) }
      guard place != .cell(.photo, row: "") else {
        let reference = register.path.element.string
        if answer == .present { screen.current[place, default: []].append(reference) }
        continue
      }
      let counting = SurveyForm.text(answer, at: register.path)
      screen.current[place] = [counting]
      if case .open(_, let sides) = register.verdict {
        screen.sides[place] = sides.map { SurveyForm.text($0.answer, at: register.path) }
      } else if all.contains(where: { $0 != counting }) {
        screen.behind[place] = all.filter { $0 != counting }
      }
    }
    return screen
  }

  func asks() -> [Ask] {
    var asks: [Ask] = []
    for record in records.keys.sorted() {
      guard let reading = reading(record, on: nil), reading.life.liveness != .deleted else {
        continue
      }
      let before = asks.count
      for register in reading.openRegisters {
        guard let place = SurveyForm.place(of: register.path),
          case .open(_, let sides) = register.verdict
        else { continue }
        asks.append(
          Ask(
            record: record,
            sides: [place: sides.map { SurveyForm.text($0.answer, at: register.path) }]))
      }
      for row in reading.rows where row.life.liveness == .contested {
        asks.append(
          Ask(record: record, sides: [.life(row: row.row.id.string): [deletedValue]]))
      }
      if reading.life.liveness == .contested {
        asks.append(Ask(record: record, sides: [.life(row: ""): [deletedValue]]))
      }
      precondition(
        asks.count - before == reading.conflictCount, "BUG: not everything to decide is counted")
    }
    return asks
  }

  func doubles() -> Set<Int> {
    var holders: [UniqueAnswer: Set<Int>] = [:]
    for record in records.keys {
      let answers = reading(record, on: nil)?.uniqueAnswers ?? []
      for answer in answers { holders[answer, default: []].insert(record) }
    }
    return holders.values.filter { $0.count > 1 }.reduce(into: []) { $0.formUnion($1) }
  }
}
