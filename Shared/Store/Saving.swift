import Bytes
import Causality
import Forms
import GRDB
import Model
import Reading
import Rules
import Wire

/// What a person wants saved in one record.
public struct Edit: Sendable {
  /// The form.
  public var form: UInt32
  /// The village that a new record is made in; of an existing one it is where the record is found.
  public var village: VillageCode
  /// The record; `nil` for a new one.
  public var record: RecordID?
  /// Who writes.
  public var person: PersonID
  /// In what capacity.
  public var act: Act
  /// What the person was shown; empty for a new record.
  public var view: RecordState
  /// Which of the answers shown were masked.
  public var masked: Masked
  /// The answers wanted.
  public var wishes: [Wish]
  /// Whether increments were made from totals, so that the same one from the same view counts once.
  public var countsOnce = false
  /// Why, in the person's words.
  public var reason: String?

  /// Makes an edit.
  public init(
    form: UInt32, village: VillageCode, record: RecordID?, person: PersonID, act: Act = .edit,
    view: RecordState = RecordState(), masked: Masked = .none, wishes: [Wish],
    reason: String? = nil
  ) {
    self.form = form
    self.village = village
    self.record = record
    self.person = person
    self.act = act
    self.view = view
    self.masked = masked
    self.wishes = wishes
    self.reason = reason
  }
}

/// Why a person may not write.
public enum EditRefusal: Error, Hashable, Sendable {
  /// The person is not in the directory.
  case unknownPerson(PersonID)
  /// The laptop does not serve the person.
  case notServed(PersonID)
  /// The role only reads, or may not settle.
  case role(PersonID, Role)
  /// The person does not work in the village.
  case village(PersonID, VillageCode)
  /// The person saw that the record was deleted: bring it back first.
  case deleted(RecordID)
  /// The person saw that the row was deleted: bring it back first.
  case deletedRow(RecordID, Model.Row)
}

/// What came of a save; durable when it is returned.
public struct Saved: Sendable {
  /// The record.
  public let record: RecordID
  /// The copy that was written to.
  public let village: VillageCode
  /// The change; `nil` if the answers said nothing new.
  public let change: Change?
  /// Places that were written to at which an answer stands that the author was not shown.
  public let unseen: [Path]
  /// Places at which others' answers stay beside the author's, by the rule.
  public let beside: [Path]
  let base: RecordState
  let baseMasked: Masked

  /// What its author has now seen: the view, and this change.
  public var view: RecordState {
    guard let change else { return base }
    var view = base
    view.apply(change.origin, by: change.content.author, change.content.answers)
    return view
  }

  /// Which of the answers that its author has now seen were masked.
  public var masked: Masked { baseMasked.standing(in: view) }
}

extension Store {
  /// Saves edits in one transaction, durable when it returns.
  ///
  /// - Parameters:
  ///   - edits: the edits, in order.
  ///   - file: the file that they come from, noted in the same transaction.
  ///   - again: whether a file that was imported before may be imported again.
  ///   - draft: the draft that they finish, which goes in the same transaction: nobody can find it
  ///     afterwards and save it once more.
  /// - Throws: ``EditRefusal`` if one of them may not be made, ``ImportedBefore`` if the file was
  ///   imported before, `StoreError.draftElsewhere` if somebody else finished the draft or went on
  ///   with it; then none is saved.
  public func save(
    _ edits: [Edit], importing file: ImportedFile? = nil, again: Bool = false,
    finishing draft: Draft? = nil
  ) throws -> [Saved] {
    let (saved, mark) = try writeOn { db, bearings in
      // NB: asked here, where no other process can be in between, and not only before.
      if let file, !again, let before = try Self.imported(db, digest: file.digest) {
        throw ImportedBefore(file: before)
      }
      var authoring = try Authoring(self, db, from: &bearings)
      var saved: [Saved] = []
      saved.reserveCapacity(edits.count)
      for edit in edits { saved.append(try save(edit, db, &authoring)) }
      try authoring.end(&bearings)
      var door = authoring.door
      let carried = try carryOn(after: &door)
      // NB: what was carried this replica wrote as well, by another pen.
      if !carried.isEmpty { bearings.written = nil }
      if let file { try Self.note(db, file) }
      if let draft { try Self.discard(db, draft) }
      if let last = saved.last { try LastRecord.note(db, last.record) }
      try pruneViews(db, now: door.now, since: &bearings.pruned)
      let mark = try writerMark(db, of: door.replica, written: &bearings.written)
      return ((saved, mark), isUpToDate: carried.isEmpty)
    }
    raiseMark(mark)
    return saved
  }

  /// Saves one edit, durable when it returns.
  public func save(_ edit: Edit, finishing draft: Draft? = nil) throws -> Saved {
    guard let saved = try save([edit], finishing: draft).first else {
      preconditionFailure("BUG: one edit was saved as none")
    }
    return saved
  }

  private func save(
    _ edit: Edit, _ db: Database, _ authoring: inout Authoring
  ) throws -> Saved {
    let context = authoring.door.context
    let table = context.table(edit.form)
    guard table.form != nil else { throw StoreError.noForm(edit.form) }
    var village = edit.village
    var copy: StoredCopy?
    var copies: [StoredCopy] = []
    if let record = edit.record {
      // NB: nearly always nobody wrote between the showing and the saving.
      copies = try table.copies(db, record, like: edit.view)
      let written = try Self.writtenCopy(of: record, among: copies, seen: edit.view)
      village = written.village
      copy = written
    }
    let current = copy?.state
    let role = try writerRole(edit, in: village, authoring)
    if let record = edit.record, !edit.wishes.isEmpty,
      !edit.wishes.contains(where: { $0.path.isLife }),
      lifeReading(of: edit.view, row: nil).liveness == .deleted
    {
      throw EditRefusal.deleted(record)
    }
    try checkRows(of: edit)
    let plan = EditPlan(
      edit.wishes, view: edit.view, masked: edit.masked, current: current, form: table.form,
      directory: context.directory, writer: Writer(person: edit.person, role: role),
      act: edit.act, isNew: edit.record == nil, countsOnce: edit.countsOnce)
    let seen = try Self.view(edit.view, with: plan.said, in: current, db)
    if plan.answers.isEmpty, let record = edit.record {
      return Saved(
        record: record, village: village, change: nil, unseen: [], beside: [], base: seen,
        baseMasked: edit.masked)
    }
    let content = ChangeContent(
      form: edit.form, record: edit.record,
      author: authoring.author(edit.person, act: edit.act), cites: plan.cites,
      body: .answers(plan.answers), reason: edit.reason)
    // NB: what its author wrote from the view before is beyond the view.
    var view: ViewToken?
    if let record = edit.record, plan.said.isEmpty {
      view = try Seen.view(db, under: edit, of: record, among: copies, now: authoring.door.now)
    }
    let change = try authoring.write(content, in: village, into: copy, seen: view)
    let saved = Saved(
      record: change.record, village: village, change: change,
      unseen: Self.unseen(change.content.answers, current: current, view: edit.view),
      beside: plan.beside, base: seen, baseMasked: edit.masked)
    if edit.record != nil && view == nil {
      // NB: what the author of a new record has seen of it is the change itself, see `latestView`.
      let after = saved.view
      _ = try noteView(
        db, context, after, masked: edit.masked.standing(in: after), of: change.record,
        form: edit.form, in: village, for: edit.person, at: authoring.door.now)
    }
    return saved
  }

  /// A view with what its author wrote from it before: a command that is given twice ends where it
  /// ended the first time.
  ///
  /// A change that a base stands for is not there to be applied again; what stands of it is, beside
  /// what still stands of the view.
  private static func view(
    _ view: RecordState, with said: [Name], in current: RecordState?, _ db: Database
  ) throws -> RecordState {
    var view = view
    var changes: [Change] = []
    for name in said {
      if let entry = try Journal.entry(db, name.dot), entry.change.name == name {
        changes.append(entry.change)
      } else if let current, let author = current.author(of: name) {
        let placed = current.registers.compactMap { register -> PlacedAnswer? in
          guard let own = register.siblings.first(where: { $0.origin == name }) else { return nil }
          let gone = view.siblings(at: register.path).map(\.origin).filter { origin in
            !register.siblings.contains { $0.origin == origin }
          }
          return PlacedAnswer(path: register.path, replaces: gone, answer: own.answer)
        }
        view.apply(name, by: author, placed)
      }
    }
    // NB: in the order in which they were written, because one may have replaced another's answer.
    for change in changes.sorted(by: { $0.content.author.stamp < $1.content.author.stamp }) {
      view.apply(change.origin, by: change.content.author, change.content.answers)
    }
    return view
  }

  /// Whoever saw that a row was deleted must bring it back before writing in it.
  private func checkRows(of edit: Edit) throws {
    guard let record = edit.record else { return }
    let lives = Set(edit.wishes.map(\.path).filter { $0.field == .life }.compactMap(\.row))
    for row in Set(edit.wishes.compactMap(\.path.row)).subtracting(lives).sorted()
    where lifeReading(of: edit.view, row: row).liveness == .deleted {
      throw EditRefusal.deletedRow(record, row)
    }
  }

  /// Places that an edit writes to at which something stands that the view did not have.
  private static func unseen(
    _ answers: [PlacedAnswer], current: RecordState?, view: RecordState
  ) -> [Path] {
    guard let current else { return [] }
    return answers.map(\.path).filter { path in
      path.field != .life
        && current.siblings(at: path).contains { !view.accounts(for: $0.origin) }
    }
  }

  private func writerRole(
    _ edit: Edit, in village: VillageCode, _ authoring: Authoring
  ) throws -> Role {
    if authoring.role == .standalone { return .supervisor }
    let context = authoring.door.context
    guard let person = context.directory.person(edit.person) else {
      throw EditRefusal.unknownPerson(edit.person)
    }
    if authoring.role == .laptop, let device = context.directory.device(authoring.device),
      !device.people.contains(edit.person)
    {
      throw EditRefusal.notServed(edit.person)
    }
    let mayAct = edit.act == .resolution ? person.role.mayResolve : person.role.mayWrite
    guard mayAct else { throw EditRefusal.role(edit.person, person.role) }
    guard person.scope.contains(village) else {
      throw EditRefusal.village(edit.person, village)
    }
    return person.role
  }

  /// The copy that an edit is written to: the one that people see, if everything that the writer
  /// was shown has come there; else the one that it was shown from.
  ///
  /// A record can have been carried away between the showing and the saving, without an answer that
  /// was saved here meanwhile. In the new village that answer could not be replaced, only waited
  /// for; in the old one it can, and the office carries the edit over as it does any late one.
  private static func writtenCopy(
    of record: RecordID, among copies: [StoredCopy], seen view: RecordState
  ) throws -> StoredCopy {
    guard let shown = RecordTable.shown(among: copies) else { throw StoreError.noRecord(record) }
    if shown.state.includes(view) { return shown }
    guard let source = copies.first(where: { $0.state.includes(view) }) else {
      throw StoreError.noView
    }
    return source
  }

  /// The copy of a record that people see.
  func shownCopy(
    _ db: Database, _ table: RecordTable, _ record: RecordID
  ) throws -> StoredCopy? {
    RecordTable.shown(among: try table.copies(db, record))
  }
}
