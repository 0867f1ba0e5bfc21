import Causality
import Forms
import Model
import Reading
import Store

/// A person at a store, with the language they read and what they may see.
///
/// Everything in this module is done at a workplace. It knows no terminal and holds no sentences:
/// it gives data, and errors that are facts; whoever stands above finds the words.
public struct Workplace: Sendable {
  /// The store.
  public let store: Store
  /// Who the store is, as of when the workplace was made.
  public let standing: Standing
  /// Who works here; `nil` if nobody has said so.
  public let person: PersonID?
  /// The language in which labels and choices are shown.
  public let language: String
  /// Whether private answers are shown.
  public let privacy: Privacy

  /// Makes a workplace.
  ///
  /// - Parameters:
  ///   - store: the store.
  ///   - person: who works; whoever `as` named when `nil`.
  ///   - language: the language of labels and choices.
  ///   - privacy: whether private answers are shown.
  public init(
    _ store: Store, person: PersonID? = nil, language: String = "id", privacy: Privacy = .masked
  ) throws {
    self.store = store
    standing = try store.standing()
    self.person = person ?? standing.person
    self.language = language
    self.privacy = privacy
  }

  /// How far the survey's wall clock is ahead of UTC.
  public var zoneMinutes: Int { standing.survey?.zoneMinutes ?? Zone.wita.offsetMinutes }

  /// The present time, in milliseconds since 1970.
  public var now: Int64 { store.surroundings.wall() }

  /// The day that the survey's wall clock shows, counted from 1970-01-01.
  public var today: Int32 { CivilTime.day(of: now, zoneOffsetMinutes: zoneMinutes) }

  /// The moment at which today began on the survey's wall clock, in milliseconds since 1970.
  public var startOfToday: Int64 {
    Int64(today) * 86_400_000 - Int64(zoneMinutes) * 60_000
  }

  /// Who works here.
  ///
  /// - Throws: ``WorkError/nobody`` if that is not known.
  public func worker() throws -> PersonID {
    guard let person else { throw WorkError.nobody }
    return person
  }

  /// A form by its number.
  public func form(_ number: UInt32) throws -> Form {
    guard let form = standing.forms[number] else { throw StoreError.noForm(number) }
    return form
  }

  /// A form by its name, or the only one there is.
  public func form(named name: String?) throws -> Form {
    guard let form = standing.form(named: name) else {
      throw WorkError.unknownForm(
        name, forms: standing.forms.sorted { $0.key < $1.key }.map(\.value.name))
    }
    return form
  }

  /// A checker for today.
  public func checker(_ form: Form) -> FormChecker {
    FormChecker(form: form, today: today, zoneOffsetMinutes: zoneMinutes)
  }

  /// How answers to a form are shown here.
  public func display(_ form: Form) -> Display {
    Display(form: form, language: language, zoneMinutes: zoneMinutes, privacy: privacy)
  }

  /// Whether answers to a question are shown here, and so may be searched.
  func mayShow(_ question: Question) -> Bool { privacy == .revealed || !question.isPrivate }

  /// Whether the person works in a village; on a laptop of its own everyone works everywhere.
  public func mayWrite(in village: VillageCode) -> Bool {
    guard standing.villages[village] != nil else { return false }
    if standing.role == .standalone { return true }
    return person.flatMap { standing.directory.person($0) }?.scope.contains(village) ?? false
  }
}

/// What keeps anyone from working at all.
public enum WorkError: Error, Hashable, Sendable {
  /// Nobody has said who works here.
  case nobody
  /// There is no form of that name, or with no name given there are several.
  case unknownForm(String?, forms: [String])
  /// The person was never shown the record, so nothing says what they may replace.
  case notShown(RecordID)
  /// No view with this token is kept here.
  case unknownView(ViewToken)
  /// The view is of another record.
  case viewOfOther(ViewToken, RecordID)
}
