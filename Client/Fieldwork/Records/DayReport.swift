import Causality
import Forms
import Model
import Store

/// What `kulkul` alone says: who works where, and how the day stands.
public struct DayReport: Sendable {
  /// The survey.
  public let survey: Survey?
  /// What kind of store this is.
  public let role: StoreRole
  /// The person as the directory has them; `nil` on a laptop of its own, or if nobody works here.
  public let person: Person?
  /// The person's word.
  public let personID: PersonID?
  /// The person's villages that are held here.
  public let villages: [Village]
  /// How many records there are in those villages.
  public let records: Int
  /// How many records the person recorded today.
  public let recordedToday: Int
  /// How many others the person changed today.
  public let changedToday: Int
  /// How many changes the office has not confirmed.
  public let unsent: UInt64
  /// How much a person must decide there.
  public let toDecide: ToDecide
  /// The person's drafts, the latest touched first.
  public let drafts: [Draft]
  /// When the office was last heard, in milliseconds since 1970.
  public let heardAt: Int64?

  /// Looks at a workplace.
  public init(_ place: Workplace) throws {
    let standing = place.standing
    survey = standing.survey
    role = standing.role
    personID = place.person
    person = place.person.flatMap { standing.directory.person($0) }
    let held = place.villages
    villages = held.compactMap { standing.villages[$0] }
    let start = place.startOfToday
    var records = 0
    var recorded = 0
    var changed = 0
    for form in standing.forms.keys {
      let counts = try place.store.counts(form: form)
      records += held.reduce(0) { $0 + counts[$1, default: 0] }
      guard let person = place.person else { continue }
      var today = RecordFilter()
      today.touchedSince = start
      today.person = person
      today.former = standing.former
      for row in try place.store.records(form: form, today) {
        if standing.isBy(person, row.creator), row.created ?? 0 >= start {
          recorded += 1
        } else if row.editor == person, row.changed >= start {
          changed += 1
        }
      }
    }
    self.records = records
    toDecide = try ToDecide(place)
    recordedToday = recorded
    changedToday = changed
    unsent = role == .office ? 0 : try place.store.unsentCount()
    drafts = try place.person.map { try place.store.drafts(of: $0) } ?? []
    heardAt = standing.heardAt
  }
}
