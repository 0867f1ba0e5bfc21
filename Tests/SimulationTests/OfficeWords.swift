import Forms
import Model
import Store
import TestSupport
import Worlds

/// What the office says: new forms and roles, and who works where.
extension SimulatedWorld {
  /// Whether the office may say something new.
  ///
  /// NB: a restored office that goes on after it heard somebody who knew no more than it did loses
  /// what it said before to others; that is tested for itself, since the oracle goes by all that was
  /// said.
  func maySpeak() throws -> Bool {
    let version = try directory(of: office.store).version
    let isHeard = try office.store.waitsSince() == nil
    return try isHeard
      && laptops.allSatisfy { try !$0.hasJoined || directory(of: $0.store).version <= version }
  }

  func changeForm() throws {
    guard formVersion < 3, try maySpeak() else { return }
    formVersion += 1
    let rules: [[String: String]] = [
      [:], ["nama": "fixed", "hasil": "ask", "wave": "ask"], ["puncak": "ask", "omzet": "latest"],
    ]
    let settings: [[FieldID: Settling]] = [
      [:],
      [
        TinySurvey.Field.name: .fixed, TinySurvey.Field.outcome: .ask, TinySurvey.Field.wave: .ask,
      ],
      [TinySurvey.Field.most: .ask, TinySurvey.Field.turnover: .latest],
    ]
    let form = TinySurvey.sheets(
      version: formVersion, more: ["text,nanti,nanti,60,ask,,,"], rules: rules[formVersion - 1])
    try office.store.extendDirectory([
      .form(id: 1, survey: form.survey, choices: form.choices, settings: form.settings)
    ])
    oracle.rules.append(
      Settling.usual.merging(settings[formVersion - 1]) { $1 }.merging([
        TinySurvey.Field.later: .ask
      ]) { $1 })
    note(0, "form version \(formVersion)")
  }

  func changeRole() throws {
    guard try maySpeak() else { return }
    let person = random.pick(homes.keys.sorted().filter { $0 != Self.supervisor })
    let role: Role = random.yes() ? .supervisor : .surveyor
    try office.store.extendDirectory([entry(person, role, homes[person] ?? [])])
    note(0, "\(person) is now \(role)")
  }

  func widenScope() throws {
    guard try maySpeak() else { return }
    let person = random.pick(homes.keys.sorted().filter { $0 != Self.supervisor })
    try assign(
      person, to: Set(homes[person] ?? []).union([random.pick(villages)]).sorted())
  }
}
