import Causality
import GRDB
import Model
import Wire

/// Who worked on a laptop before it joined a survey in which they have another word.
///
/// What was written then keeps the word it was written under; nothing is renumbered or rewritten.
/// But it is that person's work, so on their own laptop it is listed among their records and counts
/// for their day.
public struct FormerPerson: Hashable, Sendable {
  /// The word of then.
  public let word: PersonID
  /// The person's word in the survey.
  public let person: PersonID

  init?(_ db: Database) throws {
    guard let word = try Meta.text(db, .formerPerson).flatMap({ PersonID($0) }),
      let person = try Meta.text(db, .formerFor).flatMap({ PersonID($0) })
    else { return nil }
    self.word = word
    self.person = person
  }

  /// The replicas that the office took over from the store: whoever joins goes on as another.
  static func replicas(_ db: Database, directory: Directory) throws -> [ReplicaID] {
    directory.adoptedReplicas(by: try device(db))
  }

  private static func device(_ db: Database) throws -> DeviceID {
    DeviceID(UInt32(truncatingIfNeeded: try Meta.integer(db, .device) ?? 0))
  }

  /// Whether a change was written here under the word of then, which can be another's by now.
  ///
  /// NB: a copy of the store that joined too went on under that word, and as that replica. What this
  /// store wrote is what leads to the head that it stated; where that cannot be seen, nothing was.
  func wrote(
    _ name: Name, by author: Authorship, _ db: Database, directory: Directory
  ) throws -> Bool {
    guard author.person == word, author.device == .standalone,
      try Incarnations.isOwn(db, name.dot.replica)
    else { return false }
    let device = try Self.device(db)
    let adoptions = directory.adoptions(of: name.dot.stream, with: device)
    if adoptions.allSatisfy({ $0.device == device }) { return true }
    let last = adoptions.filter { $0.device == device }.max { $0.count < $1.count }
    guard let last, name.dot.counter <= last.count else { return false }
    let end = Dot(replica: name.dot.replica, village: name.dot.village, counter: last.count)
    let isHeld = try Streams.holds(db, name)
    if try Streams.hash(db, end)?.tag == last.head { return isHeld }
    guard let branch = try Branches.change(db, end, tag: last.head) else { return false }
    if name.dot.counter < branch.fork { return isHeld }
    return try Branches.change(db, name.dot, tag: name.tag)?.fork == branch.fork
  }

  /// Keeps who works here, before the laptop joins.
  static func keep(_ db: Database) throws {
    guard let word = try Meta.text(db, .person) else { return }
    try Meta.set(db, .formerPerson, .text(word))
  }

  /// Says who that is now: whoever first works here after joining, if the survey has nobody else of
  /// the old word.
  static func become(_ person: PersonID, _ db: Database, directory: Directory) throws {
    guard let word = try Meta.text(db, .formerPerson).flatMap({ PersonID($0) }),
      try Meta.text(db, .role) == StoreRole.laptop.rawValue,
      try Meta.text(db, .formerFor) == nil
    else { return }
    guard word == person || directory.person(word) == nil else {
      return try Meta.remove(db, .formerPerson)
    }
    try Meta.set(db, .formerFor, .text(person.description))
    try inherit(person, from: word, db)
  }

  /// What the person had begun and been shown under the old word goes on under the new one.
  private static func inherit(_ person: PersonID, from word: PersonID, _ db: Database) throws {
    if word == person { return }
    let words: [SQLValue] = [.text(person.description), .text(word.description)]
    try db.run("UPDATE draft SET person = ? WHERE person = ?", words)
    // NB: rows of the journal go on naming who wrote them.
    try Seen.settle(
      db, where: "seen IN (SELECT token FROM shown WHERE person = ?)",
      [.text(word.description)])
    try db.run(
      """
      INSERT OR IGNORE INTO shown (person, record, token)
      SELECT ?, record, token FROM shown WHERE person = ?
      """, words)
    try db.run("DELETE FROM shown WHERE person = ?", .text(word.description))
  }
}

extension Standing {
  /// Whether what was written under a word is a person's work, be it from before the laptop joined.
  public func isBy(_ person: PersonID, _ word: PersonID?) -> Bool {
    word == person || (former?.person == person && word == former?.word)
  }
}
