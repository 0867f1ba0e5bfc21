/// One answer that somebody gave.
struct Given {
  let record: Int
  let place: Place
  let value: String
  /// The answers that its author had before their eyes, anywhere in the record.
  let saw: Set<Int>
  /// The answers that stood behind what its author saw, as that person was told.
  let wasToldOf: Set<Int>
}

/// What became of an answer.
enum Fate: Hashable {
  /// It counts.
  case current
  /// Someone who had seen it put another in its place, or deleted what it was in.
  case replaced
  /// It does not count, and a conflict shows it to somebody.
  case inConflict
  /// It does not count by a rule of the form, and stands behind the answer that does; or did,
  /// until someone answered who was told so.
  case setAside
  /// Nothing of the above: an answer of someone who had not seen it counts in its place.
  case overwritten
  /// Nothing of the above: it is in a record or row that was deleted by someone who had not seen it.
  case deletedUnseen
  /// It was a deletion, and what it deleted is there again without anybody's having seen that.
  case undone

  /// Whether the answer is lost.
  var isLost: Bool {
    switch self {
    case .current, .replaced, .inConflict, .setAside: false
    case .overwritten, .deletedUnseen, .undone: true
    }
  }
}

/// Who gave which answers, and what each had seen: the same books for every engine.
///
/// The books know nothing of clocks, versions or merge rules. A person has seen an answer if it had
/// reached the laptop, by the syncs of the history, and if its value was on the screen that the
/// engine would have shown. At the end an engine is asked for nothing but the office's screen and
/// the lists of what people are asked.
struct Bookkeeping {
  private(set) var given: [Given] = []
  private var known: [Set<Int>]
  private var knownToOffice: Set<Int> = []
  /// For each laptop its saves that the office has not got, each with its answers.
  private var unsent: [[Set<Int>]]

  init(laptops: Int) {
    known = Array(repeating: [], count: laptops)
    unsent = Array(repeating: [], count: laptops)
  }

  mutating func note(_ touches: [Touch], in record: Int, on laptop: Int, screen: Screen) {
    var saw: Set<Int> = []
    var wasToldOf: Set<Int> = []
    for id in known[laptop] where given[id].record == record {
      let answer = given[id]
      if screen.shows(answer.value, at: answer.place) { saw.insert(id) }
      if screen.behind[answer.place]?.contains(answer.value) == true { wasToldOf.insert(id) }
    }
    let saved = given.count..<given.count + touches.count
    for touch in touches {
      given.append(
        Given(
          record: record, place: touch.place, value: touch.value, saw: saw,
          wasToldOf: wasToldOf.subtracting(saw)))
    }
    known[laptop].formUnion(saved)
    if !saved.isEmpty { unsent[laptop].append(Set(saved)) }
  }

  mutating func sync(_ laptop: Int) {
    knownToOffice.formUnion(known[laptop])
    known[laptop] = knownToOffice
    unsent[laptop] = []
  }

  mutating func newestArrives(from laptop: Int) {
    if let newest = unsent[laptop].popLast() { knownToOffice.formUnion(newest) }
  }

  mutating func meet(_ left: Int, _ right: Int) {
    known[left].formUnion(known[right])
    known[right] = known[left]
  }
}

extension Bookkeeping {
  /// What became of every answer, by the office's screens and the lists of what is asked.
  func fates(screens: [Int: Screen], asks: [Ask]) -> [Fate] {
    given.indices.map { id in
      let answer = given[id]
      let asked = asks.filter { $0.record == answer.record }
      return fate(of: id, screen: screens[answer.record] ?? Screen(), asks: asked)
    }
  }

  private func fate(of id: Int, screen: Screen, asks: [Ask]) -> Fate {
    let answer = given[id]
    let row = answer.place.row
    let isRowGone = !row.isEmpty && !screen.rows.contains(row)
    let isGone = !screen.isThere || isRowGone
    if answer.place.isLife {
      if isGone { return .current }
      return asks.contains { $0.shows(answer.value, at: answer.place) } ? .inConflict : .undone
    }
    if !isGone, screen.current[answer.place]?.contains(answer.value) == true { return .current }
    let later = given.filter { other in
      guard other.record == answer.record else { return false }
      if other.place.isLife { return isGone && [row, ""].contains(other.place.row) }
      return other.place == answer.place && other.value != answer.value
    }
    if later.contains(where: { $0.saw.contains(id) }) { return .replaced }
    if asks.contains(where: { $0.shows(answer.value, at: answer.place) }) { return .inConflict }
    let isBehind = !isGone && screen.behind[answer.place]?.contains(answer.value) == true
    if isBehind || later.contains(where: { $0.wasToldOf.contains(id) }) { return .setAside }
    return isGone && later.contains(where: \.place.isLife) ? .deletedUnseen : .overwritten
  }
}

/// What is to be said of something that people are asked.
enum Need: Hashable {
  /// Two people gave different answers to one question, neither having seen the other's; or one
  /// deleted what the other answered in.
  case real
  /// That was so, but someone has answered since who had seen every side.
  case settledSince
  /// It was never so: all gave the same answer, or answered different questions.
  case none
}

extension Bookkeeping {
  /// Whether people had to be asked.
  func need(of ask: Ask) -> Need {
    let ids = given.indices.filter { id in
      given[id].record == ask.record && isAbout(ask, given[id].place)
    }
    let pasts = pasts()
    func isConflict(_ left: Int, _ right: Int) -> Bool {
      !pasts[left].contains(right) && !pasts[right].contains(left)
        && contradict(given[left].place, given[left].value, given[right])
        && isAsked(ask, given[left].place, given[right].place)
    }
    func hasConflict(among some: [Int]) -> Bool {
      some.contains { left in some.contains { isConflict(left, $0) } }
    }
    if !hasConflict(among: ids) { return .none }
    // What somebody answered later who had seen it is not in the way any more.
    let newest = ids.filter { id in !ids.contains { pasts[$0].contains(id) } }
    return hasConflict(among: newest) ? .real : .settledSince
  }

  /// Whether an answer has to do with what is asked.
  private func isAbout(_ ask: Ask, _ place: Place) -> Bool {
    if ask.isWhole { return place.row == ask.row && !place.isLife }
    return ask.sides.keys.contains { asked in
      asked.isLife
        ? asked.row.isEmpty || place.row == asked.row || place == .life(row: "")
        : asked.asksTheSame(as: place)
    }
  }

  /// Whether a question covers what two answers contradict each other in.
  private func isAsked(_ ask: Ask, _ left: Place, _ right: Place) -> Bool {
    if left.isLife != right.isLife {
      let life = left.isLife ? left : right
      let other = left.isLife ? right : left
      if ask.isWhole { return other.row == ask.row }
      return ask.sides.keys.contains { place in
        place.isLife
          && (place.row.isEmpty ? life.row.isEmpty : place.row == other.row)
      }
    }
    if ask.isWhole { return left.row == ask.row }
    return ask.sides.keys.contains { !$0.isLife && $0.asksTheSame(as: left) }
  }

  /// Whether two answers cannot both count.
  private func contradict(_ place: Place, _ value: String, _ other: Given) -> Bool {
    if place.isLife != other.place.isLife {
      let life = place.isLife ? place : other.place
      return life.row.isEmpty || place.row == other.place.row
    }
    guard place.asksTheSame(as: other.place) else { return false }
    return place != other.place || value != other.value
  }

  /// For each answer those that it came after: seen by its author, or by someone whose answer to the
  /// same question its author saw.
  private func pasts() -> [Set<Int>] {
    var pasts: [Set<Int>] = []
    for answer in given {
      var past: Set<Int> = []
      for id in answer.saw.union(answer.wasToldOf).sorted() {
        let isAnswered = answer.place.isLife || given[id].place.asksTheSame(as: answer.place)
        if isAnswered { past.formUnion(pasts[id].union([id])) }
      }
      pasts.append(past)
    }
    return pasts
  }
}
