import Causality
import Forms
import Model
import Rules

/// Whether the time that a change states may be believed.
public enum Trust: String, Hashable, Sendable {
  /// Evidence speaks for it.
  case trusted
  /// Evidence speaks against it.
  case suspect
  /// The laptop had never heard a trusted time.
  case unchecked

  /// Judges an authorship by its own evidence.
  public init(_ author: Authorship) {
    self = author.isSuspect ? .suspect : author.evidence == nil ? .unchecked : .trusted
  }
}

/// How many of one person's changes of a record somebody had seen.
public struct SeenCount: Hashable, Sendable {
  /// The person.
  public let person: PersonID
  /// How many of their changes were seen.
  public let seen: Int
  /// How many there are by now.
  public let all: Int
}

/// An answer that another one replaced.
public struct ReplacedAnswer: Hashable, Sendable {
  /// Whose it was; `nil` if the change is not held here.
  public let person: PersonID?
  /// What it was, private ones masked; `nil` if the change is not held here.
  public let text: String?
}

/// Who gave an answer, when and knowing what.
public struct Witness: Hashable, Sendable {
  /// The identity of the answer.
  public let origin: Name
  /// The person.
  public let person: PersonID
  /// The person's name, if the directory has it.
  public let personName: String?
  /// The laptop.
  public let device: DeviceID
  /// The laptop's name, if the directory has it.
  public let deviceName: String?
  /// When, in milliseconds since 1970, by the author's clock.
  public let time: Int64
  /// Whether that clock may be believed.
  public let trust: Trust
  /// In what capacity.
  public let act: Act
  /// The reason given.
  public let reason: String?
  /// What the author's laptop held of the record, by person; `nil` if the change is not held here,
  /// or if that was not asked.
  public let seen: [SeenCount]?
  /// What the answer replaced.
  public let replaced: [ReplacedAnswer]
}

/// One side of a conflict: everyone who gave the same answer.
public struct ConflictSide: Hashable, Sendable {
  /// Its name within the conflict: at least two letters, made of the answer itself.
  public let name: String
  /// The answer.
  public let answer: Answer
  /// The answer as it is shown, private ones masked.
  public let text: String
  /// Who gave it, the earliest first.
  public let witnesses: [Witness]
  /// Whether it stands in for a decision until there is one.
  public let isProvisional: Bool
}

/// An answer somewhere in a record, with who gave it: one that speaks against a delete, because no
/// one who deleted had seen it, or one that a check is about.
public struct GivenAnswer: Hashable, Sendable {
  /// The place.
  public let place: PlaceName
  /// The answer as it is shown, private ones masked.
  public let text: String
  /// Who gave it.
  public let witness: Witness?
}

/// What a person must decide in a conflict.
public enum ConflictMatter: Sendable {
  /// Which answer counts; also where the record lives.
  case answers([ConflictSide])
  /// Whether the record, or a row of it, is there.
  case life(deletes: [Witness], unseen: [GivenAnswer])
  /// How to make a record right again that breaks a check since a merge, and what was answered there.
  case check(Finding, given: [GivenAnswer])
  /// Which of several records have an answer rightly that only one should have.
  case shared(SharedAnswer, given: [GivenAnswer])
}

/// The kinds of things to decide, by the words that programs know.
public enum ConflictKind: String, CaseIterable, Sendable {
  /// A rule leaves open which answer counts.
  case open
  /// Deleted by one, kept or written to by another.
  case contested
  /// A check is broken since a merge, or an answer that should be unique is not.
  case derived
}

/// One thing in one record that a person must decide.
public struct ConflictItem: Sendable {
  /// The record's line in a list.
  public let line: RecordLine
  /// The place.
  public let place: PlaceName
  /// The place itself; `nil` for what is derived.
  public let path: Path?
  /// What there is to decide.
  public let matter: ConflictMatter
  /// A decision that stood before, and still stands as one of the sides.
  public let decision: Witness?
  /// Who gave answers that the decision had not seen, which reopened it.
  public let reopenedBy: [PersonID]

  /// What kind of thing there is to decide.
  public var kind: ConflictKind {
    switch matter {
    case .answers: .open
    case .life: .contested
    case .check, .shared: .derived
    }
  }
}

/// The conflicts of one record, as they are being shown.
public struct ConflictSheet: Sendable {
  /// What names this view.
  public let shown: ShownReading
  /// The conflicts.
  public let items: [ConflictItem]
}
