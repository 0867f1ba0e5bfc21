/// What was counted over one history or many.
public struct Tally: Hashable, Sendable {
  /// Answers that people gave.
  public var answers = 0
  /// Answers that are lost because somebody's counts who had not seen them.
  public var overwritten = 0
  /// Answers that are lost under a deletion by somebody who had not seen them.
  public var deletedUnseen = 0
  /// Deletions that are lost because what they deleted is there again, unasked.
  public var undone = 0
  /// Answers that do not count and that a conflict shows to somebody.
  public var inConflict = 0
  /// Answers that a rule of the form set aside.
  public var setAside = 0
  /// What people are asked.
  public var asked = 0
  /// In how many records.
  public var recordsAsked = 0
  /// Of what is asked, what nobody had to be asked.
  public var askedForNothing = 0
  /// Of what is asked, what somebody has answered since who had seen every side.
  public var settledSince = 0

  /// Records of which somebody is told that another has an answer which should be one record's alone.
  public var doubles = 0

  /// Makes an empty tally.
  public init() {}

  /// Answers that are lost.
  public var lost: Int { overwritten + deletedUnseen + undone }

  /// In a few letters: `L1` one answer lost, `A1` asked, `F1` asked for nothing, `D1` displaced and
  /// shown in a conflict, `U2` two records said to share an answer that should be unique; a dot for
  /// none of these.
  public var brief: String {
    let real = asked - askedForNothing
    let counts = [
      ("L", lost), ("A", real), ("F", askedForNothing), ("D", inConflict), ("U", doubles),
    ]
    let words = counts.filter { $0.1 > 0 }.map { "\($0.0)\($0.1)" }
    return words.isEmpty ? "." : words.joined(separator: " ")
  }

  /// Adds another tally.
  public static func += (left: inout Tally, right: Tally) {
    left.answers += right.answers
    left.overwritten += right.overwritten
    left.deletedUnseen += right.deletedUnseen
    left.undone += right.undone
    left.inConflict += right.inConflict
    left.setAside += right.setAside
    left.asked += right.asked
    left.recordsAsked += right.recordsAsked
    left.askedForNothing += right.askedForNothing
    left.settledSince += right.settledSince
    left.doubles += right.doubles
  }

  init(_ books: Bookkeeping, screens: [Int: Screen], asks: [Ask], doubles: Set<Int>) {
    let fates = books.fates(screens: screens, asks: asks)
    func count(_ fate: Fate) -> Int { fates.count { $0 == fate } }
    answers = fates.count
    overwritten = count(.overwritten)
    deletedUnseen = count(.deletedUnseen)
    undone = count(.undone)
    inConflict = count(.inConflict)
    setAside = count(.setAside)
    asked = asks.count
    recordsAsked = Set(asks.map(\.record)).count
    self.doubles = doubles.count
    let needs = asks.map { books.need(of: $0) }
    askedForNothing = needs.count { $0 == .none }
    settledSince = needs.count { $0 == .settledSince }
  }
}
