import Causality
import Forms
import Model
import Reading
import Rules
import Store

/// What came of an action.
public struct Outcome: Sendable {
  /// The record.
  public let record: RecordID
  /// Its form.
  public let form: UInt32
  /// The copy that was written to.
  public let village: VillageCode
  /// Whether anything was new; an action that says nothing new writes nothing.
  public let isChanged: Bool
  /// The places that were written.
  public let written: [PlaceName]
  /// Errors that stood before and stand still, warnings, and what other records have already.
  public let findings: Findings
  /// Places that were written at which an answer stands that the person was not shown.
  public let unseen: [PlaceName]
  /// Places at which others' answers stay beside the person's, by the rule.
  public let beside: [PlaceName]
  /// How many things in the record a person must decide now.
  public let conflicts: Int
  /// How many checks it breaks since a merge, and unique answers it has that others have too.
  public let checks: Int
  /// What names the person's view now.
  public let token: ViewToken
}

/// Why an action was not done.
public enum ActionError: Error, Sendable {
  /// Checks found errors that were not there before.
  case findings(Findings)
  /// The survey has no such village.
  case outsideSurvey(VillageCode)
  /// The record already lives there.
  case sameVillage(RecordID, VillageCode)
  /// The person was already shown that it is deleted.
  case alreadyDeleted(RecordID)
  /// As far as the person was shown, it is not deleted.
  case notDeleted(RecordID)
}

/// What a person does with records.
///
/// Every action is made from a view: the one that a token names, else what the person was last shown.
public struct Actions: Sendable {
  let place: Workplace

  /// Makes the actions of a workplace's person.
  public init(_ place: Workplace) {
    self.place = place
  }

  /// Records something new.
  public func add(
    form number: UInt32, in village: VillageCode, _ assignments: [Assignment]
  ) throws -> Outcome {
    let form = try place.form(number)
    return try add(
      form: number, in: village, try place.planner(form, view: nil).wishes(assignments))
  }

  /// Records something new that was asked question by question, and with it finishes its draft.
  public func add(
    form number: UInt32, in village: VillageCode, _ wishes: [Wish], finishing draft: Draft? = nil
  ) throws -> Outcome {
    guard place.standing.villages[village] != nil else { throw ActionError.outsideSurvey(village) }
    let form = try place.form(number)
    let findings = try check(Proposal(form: form, view: nil, wishes: wishes))
    let saved = try place.store.save(
      Edit(
        form: number, village: village, record: nil, person: try place.worker(), wishes: wishes),
      finishing: draft)
    // What a person has just written they have seen, and no more; said so, it has a token too.
    _ = try place.store.note(saved, for: try place.worker())
    return try outcome(saved, form: form, wishes: wishes, findings: findings)
  }

  /// Edits a record.
  public func edit(
    _ record: RecordID, form number: UInt32, _ assignments: [Assignment], seen: ViewToken? = nil
  ) throws -> Outcome {
    let view = try place.view(of: record, form: number, seen: seen)
    let wishes = try place.planner(try place.form(number), view: view).wishes(assignments)
    return try edit(view, form: number, wishes)
  }

  /// Edits a record with what was asked question by question, and with it finishes its draft.
  public func edit(
    _ record: RecordID, form number: UInt32, _ wishes: [Wish], seen: ViewToken? = nil,
    finishing draft: Draft? = nil
  ) throws -> Outcome {
    let view = try place.view(of: record, form: number, seen: seen)
    return try edit(view, form: number, wishes, finishing: draft)
  }

  /// Deletes a record, as far as the person has seen it.
  public func delete(
    _ record: RecordID, form number: UInt32, because reason: String? = nil,
    seen: ViewToken? = nil
  ) throws -> Outcome {
    let view = try place.view(of: record, form: number, seen: seen)
    guard view.life.liveness != .deleted else { throw ActionError.alreadyDeleted(record) }
    return try save(view, form: number, [life(view, alive: false)], because: reason)
  }

  /// Brings a record back that the person saw deleted.
  public func undelete(
    _ record: RecordID, form number: UInt32, because reason: String? = nil,
    seen: ViewToken? = nil
  ) throws -> Outcome {
    let view = try place.view(of: record, form: number, seen: seen)
    guard view.life.liveness != .alive else { throw ActionError.notDeleted(record) }
    return try save(view, form: number, [life(view, alive: true)], because: reason)
  }

  /// Moves a record to another village of the survey.
  public func move(
    _ record: RecordID, form number: UInt32, to village: VillageCode,
    because reason: String? = nil, seen: ViewToken? = nil
  ) throws -> Outcome {
    guard place.standing.villages[village] != nil else { throw ActionError.outsideSurvey(village) }
    let view = try place.view(of: record, form: number, seen: seen)
    guard view.home != village || view.homeVerdict.isOpen else {
      throw ActionError.sameVillage(record, village)
    }
    return try save(view, form: number, [Wish(.village, .village(village))], because: reason)
  }

  private func edit(
    _ view: RecordReading, form number: UInt32, _ wishes: [Wish], finishing draft: Draft? = nil
  ) throws -> Outcome {
    let form = try place.form(number)
    let findings = try check(Proposal(form: form, view: view, wishes: wishes))
    return try save(view, form: number, wishes, findings: findings, finishing: draft)
  }

  private func life(_ view: RecordReading, alive: Bool) -> Wish {
    Wish(.life, lifeAnswer(alive: alive, seeing: view.state, row: nil).answer)
  }

  private func check(_ proposal: Proposal) throws -> Findings {
    var findings = proposal.findings(place.checker(proposal.form))
    guard findings.errors.isEmpty else { throw ActionError.findings(findings) }
    findings.shared = try place.shared(proposal)
    return findings
  }
}

extension Actions {
  /// Saves wishes about a record that is there already.
  func save(
    _ view: RecordReading, form number: UInt32, _ wishes: [Wish], act: Act = .edit,
    because reason: String? = nil, findings: Findings = .none, finishing draft: Draft? = nil
  ) throws -> Outcome {
    let form = try place.form(number)
    guard let village = try place.store.peek(view.record, form: number)?.village else {
      throw StoreError.noRecord(view.record)
    }
    let saved = try place.store.save(
      Edit(
        form: number, village: village, record: view.record, person: try place.worker(),
        act: act, view: view.state, masked: view.masked, wishes: wishes, reason: reason),
      finishing: draft)
    return try outcome(saved, form: form, wishes: wishes, findings: findings)
  }

  private func outcome(
    _ saved: Saved, form: Form, wishes: [Wish], findings: Findings
  ) throws -> Outcome {
    let now = try place.reading(of: saved.record, form: form.id)
    let namer = PlaceNamer(place.display(form), now)
    let wished = Set(wishes.map(\.path))
    let written = (saved.change?.content.answers ?? []).map(\.path).filter(wished.contains)
    return Outcome(
      record: saved.record, form: form.id, village: saved.village,
      isChanged: saved.change != nil, written: written.map(namer.name), findings: findings,
      unseen: saved.unseen.map(namer.name), beside: saved.beside.map(namer.name),
      conflicts: now.conflictCount,
      checks: DerivedConflicts.count(in: now, zoneMinutes: place.zoneMinutes)
        + (try place.shared(now).count),
      token: ViewToken(of: saved.view, masked: saved.masked, record: saved.record))
  }
}
