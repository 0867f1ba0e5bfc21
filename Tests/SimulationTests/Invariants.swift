/// What a world is held to, whatever befalls it: one case for each promise.
///
/// How often each was looked at is counted, for a promise that nothing was ever held against is kept
/// by nobody.
enum Invariant: String, CaseIterable {
  // What people said.
  case kept = "no answer is lost"
  case seen = "answers are replaced by who saw them"
  case standing = "what nothing replaced stands"
  case given = "nothing is shown that nobody gave"
  case written = "an edit writes what is news"
  case admitted = "nobody is kept from writing what they may"
  case shownOnce = "each record is shown once"
  case home = "records are at home"
  case life = "lives are as people left them"
  case verdicts = "verdicts are as the rules say"
  case columns = "columns say what the record says"
  case conflicts = "conflicts are counted as they are"

  // What replicas hold.
  case dots = "two changes at one dot are of copies"
  case causal = "what was replaced is accounted for"
  case bytes = "who holds the same has the same bytes"
  case vectors = "all come to hold the same"
  case verified = "stores verify"
  case signed = "dropped history is what was signed"

  // Who is given what.
  case theirs = "nobody is given what is not theirs"
  case ofTheirs = "nobody holds what was never theirs"
  case letGo = "a lost village is let go"

  // What comes of a sync.
  case ends = "a sync ends"
  case atRest = "after two passes a third has no news"
  case acknowledged = "what was acknowledged is not taken back"
  case sent = "nothing is unsent"
  case waiting = "nothing waits"
  case honest = "no honest change is refused"
  case quarantine = "nothing is put aside where nobody lied"
  case taken = "a supervisor can take what was turned away"
  case unreverted = "nothing is reverted where nobody lied"
  case forged = "what is forged changes nothing"
  case damaged = "what is damaged changes nothing"
  case bombs = "what unpacks to too much changes nothing"
}

extension SimulatedWorld {
  /// Looks whether a promise is kept, and counts that it was looked at.
  func hold(
    _ invariant: Invariant, _ isKept: @autoclosure () throws -> Bool,
    _ text: @autoclosure () throws -> String
  ) throws {
    held[invariant, default: 0] += 1
    guard try isKept() else { throw fail(try text()) }
  }
}

extension Invariant {
  /// Under which name it is counted that the promise was looked at.
  var count: String { "held \(rawValue)" }
}
