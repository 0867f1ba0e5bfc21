/// Runs one history through one engine and keeps the books.
public struct Trial {
  private let history: History
  private var engine: any Engine
  private var books: Bookkeeping
  private var now = History.beginning
  private var records: Set<Int> = []

  /// What an engine makes of a history.
  public static func run(_ history: History, _ kind: EngineKind, rules: RuleBook = .ask) -> Tally {
    var trial = Trial(history, kind, rules)
    trial.run()
    return trial.tally
  }

  private init(_ history: History, _ kind: EngineKind, _ rules: RuleBook) {
    self.history = history
    let laptops = history.clockErrors.count
    engine = kind.make(laptops: laptops, clockErrors: history.clockErrors, rules: rules)
    books = Bookkeeping(laptops: laptops)
  }

  private mutating func run() {
    let laptops = history.clockErrors.indices
    register(0, History.registration, on: 0)
    for laptop in laptops { sync(laptop) }
    for event in history.events {
      now += 60_000
      happen(event)
    }
    for _ in 0..<2 {
      for laptop in laptops { sync(laptop) }
    }
  }

  private mutating func happen(_ event: Event) {
    switch event {
    case .session(let laptop, let record, let touches): session(touches, in: record, on: laptop)
    case .register(let laptop, let record, let touches): register(record, touches, on: laptop)
    case .sync(let laptop): sync(laptop)
    case .newestArrives(let laptop):
      guard type(of: engine).sendsSaves else { return sync(laptop) }
      engine.newestArrives(from: laptop, now: now)
      books.newestArrives(from: laptop)
    case .meet(let left, let right):
      guard type(of: engine).canMeet, left != right else { return }
      engine.meet(left, right, now: now)
      books.meet(left, right)
    case .newForm(let laptop): engine.newForm(laptop)
    case .wait(let minutes): now += minutes * 60_000
    }
  }

  private mutating func register(_ record: Int, _ touches: [Touch], on laptop: Int) {
    records.insert(record)
    books.note(touches, in: record, on: laptop, screen: Screen())
    engine.save(touches, in: record, isNew: true, on: laptop, now: now)
  }

  private mutating func session(_ wanted: [Touch], in record: Int, on laptop: Int) {
    let screen = engine.screen(record, on: laptop)
    guard screen.isThere else { return }
    let touches = wanted.filter { Self.isPossible($0, screen: screen) }
    if touches.isEmpty && !wanted.isEmpty { return }
    books.note(touches, in: record, on: laptop, screen: screen)
    engine.save(touches, in: record, isNew: false, on: laptop, now: now)
  }

  /// Whether a person in front of this screen can do that: nobody answers in a row that is not
  /// there, and whoever finds the answer given leaves the question alone.
  private static func isPossible(_ touch: Touch, screen: Screen) -> Bool {
    switch touch {
    case .delete, .addRow: true
    case .deleteRow(let row): screen.rows.contains(row)
    case .answer(let place, let value):
      (place.row.isEmpty || screen.rows.contains(place.row))
        && screen.current[place]?.contains(value) != true
    }
  }

  private mutating func sync(_ laptop: Int) {
    engine.sync(laptop, now: now)
    books.sync(laptop)
  }

  private var tally: Tally {
    var screens: [Int: Screen] = [:]
    for record in records { screens[record] = engine.screen(record, on: nil) }
    return Tally(books, screens: screens, asks: engine.asks(), doubles: engine.doubles())
  }
}
