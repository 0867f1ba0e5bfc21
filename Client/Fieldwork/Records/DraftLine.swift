import Causality
import Forms
import Model
import Store

/// A draft as it stands in a list.
public struct DraftLine: Sendable {
  /// The draft.
  public let draft: Draft
  /// The letters that name the record that is edited; `nil` for a new one.
  public let short: String?
  /// What it is about, by the form's naming question; masked if that is private.
  public let name: String?

  /// The drafts of whoever works at a place, the latest touched first.
  public static func all(at place: Workplace) throws -> [DraftLine] {
    try place.store.drafts(of: try place.worker()).map { draft in
      let short = try draft.record.map { try place.store.shortName(of: $0) }
      return DraftLine(draft: draft, short: short, name: try name(of: draft, at: place))
    }
  }

  /// The name as the draft has it, else as the record has it.
  private static func name(of draft: Draft, at place: Workplace) throws -> String? {
    let form = try place.form(draft.form)
    guard let question = form.nameQuestion else { return nil }
    let view = try draft.record.map { try place.reading(of: $0, form: draft.form) }
    let proposal = Proposal(form: form, view: view, wishes: draft.wishes)
    return proposal.answer(to: question, row: nil).map {
      place.display(form).text($0, to: question)
    }
  }
}
