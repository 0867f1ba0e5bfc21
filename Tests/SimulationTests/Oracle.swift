import Bytes
import Causality
import Model
import Rules
import Worlds

/// One answer that somebody gave, as the oracle remembers it.
struct Given {
  let record: RecordID
  let path: Path
  let answer: Answer
  /// Where the product keeps it: used to recognise the answer, never to decide what it replaced.
  let origin: Name
  let person: PersonID
  let role: Role
  let isResolution: Bool
  let stamp: Stamp
  let isSuspect: Bool
  /// The answers at the same place that its author had been shown.
  let seen: Set<Int>
  /// Of those, the ones that it takes the place of.
  let replaced: Set<Int>
  /// Every answer of the record that its author had been shown.
  let seenAnywhere: Set<Int>
  /// Which version of the form its author had.
  let version: Int
  /// What the change says for its clock.
  let evidence: ClockEvidence?
  /// Whether a laptop wrote it that had heard the office.
  let hasHeard: Bool
}

/// What stands at a place, as the oracle would have it.
enum Outcome: Equatable {
  case nothing
  case answer(Answer)
  case open(Answer)

  var isOpen: Bool { if case .open = self { true } else { false } }
}

/// How a question is settled, in the oracle's own words.
enum Settling: Equatable {
  case ask, fixed, latest, first, most, least, sum, union, nearest
  case role(fixed: Bool)
  case within(percent: Int64)
  case sameClass(edge: Int64)

  static let usual: [FieldID: Settling] = [
    TinySurvey.Field.name: .ask, TinySurvey.Field.wave: .fixed, TinySurvey.Field.outcome: .latest,
    TinySurvey.Field.first: .first, TinySurvey.Field.most: .most, TinySurvey.Field.least: .least,
    TinySurvey.Field.visits: .sum, TinySurvey.Field.colours: .union,
    TinySurvey.Field.rank: .role(fixed: false), TinySurvey.Field.turnover: .within(percent: 10),
    TinySurvey.Field.workers: .sameClass(edge: 20), TinySurvey.Field.fix: .nearest,
    TinySurvey.Field.brand: .ask, TinySurvey.Field.stock: .sum, TinySurvey.Field.value: .latest,
    TinySurvey.Field.aliases: .union, TinySurvey.Field.seal: .role(fixed: true),
  ]
}

/// A slow, naive judge of what must have become of every answer ever given.
///
/// It keeps whole sets where the product keeps names and vectors: for each answer which answers its
/// author had been shown, by the simulator's own books. From these alone it says what stands, what
/// a rule makes of it, who is alive and where a record lives.
struct Oracle {
  private(set) var given: [Given] = []
  private var numbers: [Name: [Path: Int]] = [:]
  private(set) var places: [RecordID: [Path: [Int]]] = [:]
  private(set) var birthplaces: [RecordID: VillageCode] = [:]
  private var ages: [RecordID: Int] = [:]
  /// How questions are settled in each version of the form.
  var rules: [[FieldID: Settling]] = [Settling.usual]

  var records: [RecordID] { places.keys.sorted() }

  mutating func born(_ record: RecordID, in village: VillageCode) {
    birthplaces[record] = village
    if ages[record] == nil { ages[record] = ages.count }
  }

  /// Records from the oldest on.
  ///
  /// Identifiers are hashes of everything, so their order is another one as soon as anything is.
  func byAge(_ records: [RecordID]) -> [RecordID] {
    records.sorted { ages[$0] ?? 0 < ages[$1] ?? 0 }
  }

  /// Notes an answer.
  ///
  /// Two copies of one store can write the same change to the last bit: the same person gives the same
  /// answer from the same view, by clocks that stand alike. That is one answer, whoever brings it.
  ///
  /// - Returns: its number.
  mutating func take(_ answer: Given) -> Int {
    if let known = number(of: answer.origin, at: answer.path) { return known }
    let number = given.count
    given.append(answer)
    numbers[answer.origin, default: [:]][answer.path] = number
    places[answer.record, default: [:]][answer.path, default: []].append(number)
    return number
  }

  /// The number of an answer that the product shows.
  func number(of origin: Name, at path: Path) -> Int? {
    numbers[origin]?[path]
  }

  /// Whether anything was said under a name.
  func isKnown(_ origin: Name) -> Bool { numbers[origin] != nil }

  /// What was said in a record under some names, by place.
  func answers(in record: RecordID, of origins: [Name]) -> [Path: Set<Int>] {
    var answers: [Path: Set<Int>] = [:]
    for origin in origins {
      for (path, number) in numbers[origin] ?? [:] where given[number].record == record {
        answers[path, default: []].insert(number)
      }
    }
    return answers
  }

  /// What must stand at a place once everything has come everywhere.
  func standing(_ record: RecordID, _ path: Path) -> Set<Int> {
    let all = Set(places[record]?[path] ?? [])
    return all.subtracting(all.reduce(into: Set<Int>()) { $0.formUnion(given[$1].replaced) })
  }

  // MARK: Rules

  func settling(_ path: Path, version: Int) -> Settling {
    if path.field.isSystem { return .ask }
    return rules[min(version, rules.count - 1)][path.field] ?? .ask
  }

  /// What an ordinary answer or a decision may take the place of.
  func replaceable(
    at path: Path, in view: [Path: Set<Int>], by person: PersonID, role: Role, isResolution: Bool,
    version: Int
  ) -> Set<Int> {
    let seen = view[path] ?? []
    if isResolution { return role >= .supervisor ? seen : [] }
    let settling = settling(path, version: version)
    let mine = seen.filter { given[$0].person == person }
    if path.field == .life { return life(view, row: path.row) == .contested ? mine : seen }
    let allowed: Set<Int>
    switch settling {
    case .sum: return []
    case .fixed, .first: allowed = mine
    case .role(let isFixed):
      allowed = seen.filter {
        given[$0].role < role
          || given[$0].role == role && (!isFixed || given[$0].person == person)
      }
    default: allowed = seen
    }
    let isDisputed = outcome(seen, settling).isOpen || outcome(allowed, settling).isOpen
    return isDisputed ? allowed.intersection(mine) : allowed
  }

  /// Whether an ordinary answer only repeats what its author was shown.
  func isRepetition(
    _ answer: Answer, of seen: Set<Int>, at path: Path, by person: PersonID, version: Int
  ) -> Bool {
    let settling = settling(path, version: version)
    if path.field == .life { return false }
    if seen.isEmpty { return answer == .cleared || answer == .absent }
    if settling == .sum { return false }
    switch outcome(seen, settling) {
    case .nothing: return false
    case .answer(let shown): return shown == answer
    case .open(let shown):
      // Whoever said something else before takes it back by this, which is news.
      let mine = seen.map { given[$0] }.filter { $0.person == person }
      if mine.contains(where: { $0.answer != answer }) { return false }
      return shown == answer || !mine.isEmpty
    }
  }

  /// Settles a set of answers.
  func outcome(_ some: Set<Int>, _ settling: Settling) -> Outcome {
    let field = some.map { given[$0] }.sorted { Self.precedes($0, $1) }
    guard let last = field.last, let first = field.first else { return .nothing }
    if settling == .sum { return total(field) }
    if field.allSatisfy({ $0.answer == last.answer }) { return .answer(last.answer) }
    // Whoever decided had not seen the others: a person is asked again.
    if settling != .union, field.contains(where: { $0.isResolution && $0.role >= .supervisor }) {
      return provisional(field)
    }
    let isSuspect = field.contains(where: \.isSuspect)
    switch settling {
    case .latest: return isSuspect ? provisional(field) : .answer(last.answer)
    case .first: return isSuspect ? provisional(field) : .answer(first.answer)
    case .most, .least:
      let values = field.filter { $0.answer != .cleared }
      let sorted = values.map(\.answer).sorted { Self.number($0) < Self.number($1) }
      guard let low = sorted.first, let high = sorted.last else { return provisional(field) }
      return .answer(settling == .most ? high : low)
    case .union:
      return field.contains { $0.answer == .present } ? .answer(.present) : .answer(last.answer)
    case .role(let isFixed):
      let top = field.map(\.role).max() ?? .viewer
      let best = Set(some.filter { given[$0].role == top })
      if best.count == some.count { return provisional(field) }
      let inner = outcome(best, isFixed ? .fixed : .ask)
      return inner
    case .within(let percent):
      guard !field.contains(where: { $0.answer == .cleared }) else { return provisional(field) }
      let values = field.map { Self.number($0.answer) }
      let low = values.min() ?? 0
      let high = values.max() ?? 0
      let isNear = (high - low) * 100 <= percent * max(abs(low), abs(high))
      return isNear ? .answer(last.answer) : provisional(field)
    case .sameClass(let edge):
      guard !field.contains(where: { $0.answer == .cleared }), !isSuspect else {
        return provisional(field)
      }
      let isLarge = Set(field.map { Self.number($0.answer) >= edge })
      return isLarge.count == 1 ? .answer(last.answer) : provisional(field)
    case .nearest: return nearest(field)
    case .fixed, .ask, .sum: return provisional(field)
    }
  }

  private func provisional(_ field: [Given]) -> Outcome {
    let decision = field.last { $0.isResolution && $0.role >= .supervisor }
    let chosen = decision ?? field.last { !$0.isSuspect } ?? field.last
    return .open(chosen?.answer ?? .cleared)
  }

  private func total(_ field: [Given]) -> Outcome {
    .answer(.whole(field.reduce(0) { $0 + ($1.answer == .cleared ? 0 : Self.number($1.answer)) }))
  }

  private func nearest(_ field: [Given]) -> Outcome {
    var best: (given: Given, radius: Int64)?
    var cluster: Int64?
    for one in field where one.answer != .cleared {
      let here = Fixes.cluster(of: one.answer)
      if let cluster, cluster != here { return provisional(field) }
      cluster = here
      let radius = Fixes.radius(of: one.answer)
      if radius <= best?.radius ?? .max { best = (one, radius) }
    }
    return best.map { .answer($0.given.answer) } ?? provisional(field)
  }

  static func number(_ answer: Answer) -> Int64 {
    if case .number(let number) = answer { number.whole ?? 0 } else { 0 }
  }

  static func precedes(_ left: Given, _ right: Given) -> Bool {
    let a = left.origin
    let b = right.origin
    return (left.stamp.number, a.dot.village.number, a.dot.replica.number, a.dot.counter, a.tag)
      < (right.stamp.number, b.dot.village.number, b.dot.replica.number, b.dot.counter, b.tag)
  }

  // MARK: Life and home

  /// Whether a record or row is there, given what stands at each of its places.
  func life(_ standing: [Path: Set<Int>], row: Row?) -> Liveness {
    let lives = standing[Path(row: row, field: .life)] ?? []
    var deletes: [Given] = []
    for number in lives {
      if case .life(let life) = given[number].answer, !life.isAlive {
        deletes.append(given[number])
      }
    }
    if deletes.isEmpty { return .alive }
    var objections = Set<Int>()
    for (path, some) in standing
    where path != Path(row: row, field: .life) && (row == nil || path.row == row) {
      // Of a row inside only that it is there speaks against the delete.
      objections.formUnion(
        some.filter { number in
          if case .life(let life) = given[number].answer { life.isAlive } else { true }
        })
    }
    for delete in deletes { objections.subtract(delete.seenAnywhere) }
    return deletes.count == lives.count && objections.isEmpty ? .deleted : .contested
  }

  /// Where a record lives, and whether that is in dispute.
  func home(_ record: RecordID, _ standing: [Path: Set<Int>]) -> (VillageCode?, isOpen: Bool) {
    let moves = (standing[.village] ?? []).map { given[$0] }.sorted { Self.precedes($0, $1) }
    guard let last = moves.last else { return (birthplaces[record], false) }
    let chosen = moves.last(where: \.isResolution) ?? moves.last { !$0.isSuspect } ?? last
    let isOpen = moves.contains { $0.answer != last.answer }
    guard case .village(let village) = (isOpen ? chosen : last).answer else { return (nil, isOpen) }
    return (village, isOpen)
  }

  /// How many things in a record a person must decide.
  func conflicts(_ record: RecordID, _ standing: [Path: Set<Int>]) -> Int {
    let rows = Set(standing.keys.compactMap(\.row))
    var count = home(record, standing).isOpen ? 1 : 0
    if life(standing, row: nil) == .contested { count += 1 }
    var gone = Set<Row>()
    for row in rows {
      switch life(standing, row: row) {
      case .contested: count += 1
      case .deleted: gone.insert(row)
      case .alive: break
      }
    }
    for (path, some) in standing where !path.field.isSystem {
      if let row = path.row, gone.contains(row) { continue }
      if outcome(some, settling(path, version: rules.count - 1)).isOpen { count += 1 }
    }
    return count
  }
}

/// Positions that are either a few metres or several kilometres apart, so that a judge needs no map.
enum Fixes {
  static func make(cluster: Int, step: Int, radius: Int) -> Answer {
    let latitude = -86_500_000 - cluster * 1_000_000 - step * 100
    return .members([
      .number(Decimal(unscaled: Int64(latitude), scale: 7) ?? .zero), .whole(115),
      radius == 0 ? .cleared : .whole(Int64(radius)),
    ])
  }

  static func cluster(of answer: Answer) -> Int64 {
    guard case .number(let latitude) = answer.member(0) else { return -1 }
    return latitude.exactMillionths / 50_000
  }

  static func radius(of answer: Answer) -> Int64 {
    let radius = Oracle.number(answer.member(2))
    return radius > 0 ? radius : .max
  }
}

extension Decimal {
  /// The number in millionths, rounded towards zero.
  fileprivate var exactMillionths: Int64 {
    var digits = unscaled
    var places = Int(scale)
    while places < 6 {
      digits *= 10
      places += 1
    }
    while places > 6 {
      digits /= 10
      places -= 1
    }
    return digits
  }
}
