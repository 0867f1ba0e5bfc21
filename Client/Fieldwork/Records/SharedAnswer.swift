import Causality
import Forms
import Model
import Reading
import Store

/// A record as another one speaks of it.
public struct OtherRecord: Hashable, Sendable {
  /// The record.
  public let record: RecordID
  /// The shortest letters that name it here.
  public let short: String
  /// Its name, by the form's naming question; masked if that is private.
  public let name: String?
  /// The village that it lives in.
  public let home: VillageCode
  /// That village's name; `nil` if the survey has none of the code.
  public let village: String?
}

/// An answer that the form says is unique, and that other records here have as well.
public struct SharedAnswer: Hashable, Sendable {
  /// The question.
  public let question: Question
  /// The other records, the first few of them.
  public let others: [OtherRecord]
}

extension Workplace {
  /// Which unique answers of a record other records have too.
  public func shared(_ reading: RecordReading) throws -> [SharedAnswer] {
    guard let form = reading.form else { return [] }
    let asked = reading.uniqueAnswers.map { ($0, apartFrom: reading.record as RecordID?) }
    return try shared(asked, form: form).compactMap { $0 }
  }

  /// Which unique answers that a proposal newly gives records have already.
  public func shared(
    _ proposal: Proposal, only question: Question? = nil
  ) throws -> [SharedAnswer] {
    let record = proposal.view?.record
    let asked = proposal.newUniqueAnswers.filter { question == nil || $0.question == question }
    return try shared(asked.map { ($0, apartFrom: record) }, form: proposal.form)
      .compactMap { $0 }
  }

  /// For each of some answers who else has it; `nil` where nobody does.
  func shared(
    _ asked: [(answer: UniqueAnswer, apartFrom: RecordID?)], form: Form
  ) throws -> [SharedAnswer?] {
    let holders = try store.holders(form: form.id, of: asked.map(\.answer))
    let others = zip(asked, holders).map { one, records in
      Array(records.filter { $0 != one.apartFrom }.prefix(Store.holderLimit - 1))
    }
    let named = try names(of: Set(others.joined()), form: form)
    return zip(asked, others).map { one, records in
      let records = records.compactMap { named[$0] }
      return records.isEmpty
        ? nil : SharedAnswer(question: one.answer.question, others: records)
    }
  }

  private func names(
    of records: Set<RecordID>, form: Form
  ) throws -> [RecordID: OtherRecord] {
    if records.isEmpty { return [:] }
    var filter = RecordFilter()
    filter.records = records
    filter.columns = form.nameQuestion.map { [$0.name] } ?? []
    var named: [RecordID: OtherRecord] = [:]
    for row in try store.records(form: form.id, filter) {
      let name = row.columns.first.flatMap { $0 }.map { name in
        privacy.text(name, isPrivate: form.nameQuestion?.isPrivate ?? false)
      }
      named[row.record] = OtherRecord(
        record: row.record, short: try store.shortName(of: row.record), name: name, home: row.home,
        village: standing.villages[row.home]?.name)
    }
    return named
  }
}
