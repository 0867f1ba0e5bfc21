import Bytes
import Causality

/// In what capacity a person wrote.
public enum Act: UInt8, Hashable, Sendable {
  /// An ordinary answer.
  case edit = 1
  /// A decision of a supervisor over the siblings shown.
  case resolution = 2
  /// The office's own doing, such as a carry.
  case office = 3
}

/// Who answers for a change, and when and with what rights it was made.
public struct Authorship: Hashable, Sendable {
  /// The person.
  public var person: PersonID
  /// The laptop.
  public var device: DeviceID
  /// The moment, by the laptop's hybrid clock.
  public var stamp: Stamp
  /// What speaks for the clock; `nil` if the laptop never heard a trusted time.
  public var evidence: ClockEvidence?
  /// The version of the directory that the rights are judged by.
  public var directory: UInt64
  /// The capacity.
  public var act: Act

  /// Makes an authorship.
  public init(
    person: PersonID, device: DeviceID, stamp: Stamp, evidence: ClockEvidence? = nil,
    directory: UInt64 = 0, act: Act = .edit
  ) {
    self.person = person
    self.device = device
    self.stamp = stamp
    self.evidence = evidence
    self.directory = directory
    self.act = act
  }

  /// Whether the change's own evidence contradicts its stamp, or evidence is left out by a laptop
  /// that has heard the office: it knows the directory, and with that came a trusted time.
  public var isSuspect: Bool {
    if let evidence { return evidence.isSuspect(stamp) }
    return directory > 0 && device != .standalone
  }
}

/// One answer of a change: where it is put, and which siblings there it replaces.
public struct PlacedAnswer: Hashable, Sendable {
  /// The place.
  public let path: Path
  /// The names of the siblings that it replaces, all at this place, in ascending order.
  public let replaces: [Name]
  /// The answer.
  public let answer: Answer

  /// Makes a placed answer; the names are put in order.
  public init(path: Path, replaces: [Name] = [], answer: Answer) {
    self.path = path
    self.replaces = replaces.count > 1 ? Array(Set(replaces)).sorted() : replaces
    self.answer = answer
  }
}

/// What a change does.
public enum ChangeBody: Hashable, Sendable {
  /// Answers put in place, in ascending order of their places, one for each.
  case answers([PlacedAnswer])
  /// A record brought over from another village, with the origins of its answers. With
  /// `villageOnly` it tells a copy that is not the home where the record went.
  case carry(RecordState, villageOnly: Bool)
  /// A kind that this version does not know: kept and relayed as it came.
  case unknown(kind: UInt8, bytes: [UInt8])
}

/// What happened at one dot, without the dot: the part of a change that its author writes.
///
/// The bytes of this form are what the journal keeps, what frames carry and what the hash covers,
/// so that a replica relays exactly what it was given, also what it does not understand.
public struct ChangeContent: Hashable, Sendable {
  /// The form of the record.
  public var form: UInt32
  /// The record; `nil` in the change that creates it, whose hash becomes the identifier.
  public var record: RecordID?
  /// Who answers for it.
  public var author: Authorship
  /// What the author's replica held of the village, where that differs from his previous change
  /// there; without it the vector is the previous one, own changes added.
  public var context: VersionVector?
  /// Names that must be held before this is applied and that it does not replace: the life of the
  /// record and of the rows it touches.
  public var cites: [Name]
  /// What it does.
  public var body: ChangeBody
  /// Why, in a person's words; resolutions have one.
  public var reason: String?
  /// The name that the answers keep when a branch is re-issued under new dots.
  public var origin: Name?

  /// The most answers in one change.
  public static let answerLimit = 20_000
  /// The most names that one change may mention.
  public static let nameLimit = 20_000
  /// The longest reason in bytes.
  public static let reasonLimit = 4096
  /// The longest content in bytes.
  public static let limit = 4 << 20

  /// Makes content.
  public init(
    form: UInt32, record: RecordID?, author: Authorship, context: VersionVector? = nil,
    cites: [Name] = [], body: ChangeBody, reason: String? = nil, origin: Name? = nil
  ) {
    self.form = form
    self.record = record
    self.author = author
    self.context = context
    self.cites = cites.count > 1 ? Array(Set(cites)).sorted() : cites
    if case .answers(let answers) = body {
      let isOrdered = Self.isAscending(answers)
      let ordered = isOrdered ? answers : answers.sorted { $0.path < $1.path }
      precondition(
        isOrdered || Self.isAscending(ordered), "BUG: two answers of one change at one place")
      self.body = .answers(ordered)
    } else {
      self.body = body
    }
    self.reason = reason
    self.origin = origin
  }

  private static func isAscending(_ answers: [PlacedAnswer]) -> Bool {
    for index in answers.indices.dropFirst()
    where !(answers[index - 1].path < answers[index].path) {
      return false
    }
    return true
  }

  /// The answers, if the change puts any.
  public var answers: [PlacedAnswer] {
    if case .answers(let answers) = body { answers } else { [] }
  }

  /// Every name that must be accounted for before the change may be applied.
  public var prerequisites: [Name] {
    var names = cites
    for answer in answers { names.append(contentsOf: answer.replaces) }
    return names
  }
}

/// What happened at one dot, immutable.
public struct Change: Hashable, Sendable {
  /// The road it came by.
  public let dot: Dot
  /// Its hash, which covers the stream up to it.
  public let hash: ChainHash
  /// What its author wrote.
  public let content: ChangeContent

  /// Makes a change.
  public init(dot: Dot, hash: ChainHash, content: ChangeContent) {
    self.dot = dot
    self.hash = hash
    self.content = content
  }

  /// The dot with its hash.
  public var name: Name { Name(dot: dot, tag: hash.tag) }

  /// The identity of the change's answers.
  public var origin: Name { content.origin ?? name }

  /// The record it is about.
  public var record: RecordID { content.record ?? RecordID(creation: hash) }
}

extension RecordID {
  /// The identity of the record that a change with this hash creates.
  public init(creation hash: ChainHash) {
    self.init(high: hash.tag, low: UInt16(truncatingIfNeeded: hash.second >> 48))
  }

  /// Whether a name is of the change that created this record.
  public func isCreated(by name: Name) -> Bool {
    name.tag == high
  }
}
