import Causality
import Forms
import GRDB
import Model
import Reading
import Rules
import Wire

/// The office's check of every change that a laptop brings.
///
/// Person, device, role, village and the form's rules are judged by the directory version that the
/// change cites, so that a surveyor who lost a village can still hand in what he owes, and a new
/// form refuses nothing that was written under the old one; never by the laptop's clock.
/// What was written before a laptop joined is judged as what it was: the work of its own office.
struct OfficeAdmission: Admission {
  let device: DeviceID

  func of(_ device: DeviceID) -> any Admission {
    OfficeAdmission(device: device)
  }

  func ground(against change: Change, door: Door) throws -> Refusal.Ground? {
    let author = change.content.author
    let directory = door.context.directory
    let owner = try Store.owner(door.db, of: change.dot.replica)
    if let owner, owner != device, directory.device(owner)?.isRevoked == true { return .revoked }
    if let owner, owner != device, author.device != owner { return .foreignDevice }
    if let adoption = directory.adoption(of: change.dot.stream),
      change.dot.counter <= adoption.count
    {
      guard author.device == .standalone, author.directory == 0 else { return .foreignDevice }
      return try isOwnWork(change, door: door) ? nil : .naming
    }
    let writer = owner ?? device
    guard author.device == writer, author.directory > 0, author.directory <= directory.version
    else { return .foreignDevice }
    if author.act == .office || author.person == .office { return .role }
    guard case .answers = change.content.body, change.content.origin == nil else { return .role }
    let version = author.directory
    guard let person = directory.person(author.person, at: version) else { return .unknownPerson }
    let served =
      directory.device(writer, at: version) ?? directory.device(writer)
    guard let served, served.people.contains(author.person) else { return .foreignDevice }
    let mayAct = author.act == .resolution ? person.role.mayResolve : person.role.mayWrite
    guard mayAct else { return .role }
    guard person.scope.contains(change.dot.village) else { return .village }
    guard try mayReplace(change, role: person.role, door: door) else { return .naming }
    if owner == nil { try Store.bind(door.db, change.dot.replica, to: device) }
    return nil
  }

  /// Whether a change from before the laptop joined is about a record of that laptop's own alone.
  ///
  /// Then nobody else had a hand in it. The laptop says itself how much it
  /// brings, so under that cover it must not reach what others wrote.
  private func isOwnWork(_ change: Change, door: Door) throws -> Bool {
    let content = change.content
    let replica = change.dot.replica
    guard content.origin == nil, content.prerequisites.allSatisfy({ $0.dot.replica == replica })
    else { return false }
    guard content.record != nil else { return true }
    let table = door.context.table(content.form)
    var state = try table.copy(door.db, change.record, in: change.dot.village)?.state
    switch content.body {
    case .answers: break
    case .carry(let cargo, let villageOnly):
      guard cargo.origins.allSatisfy({ $0.name.dot.replica == replica }) else { return false }
      if !villageOnly { state = cargo }
    case .unknown: return false
    }
    return state?.origins.contains {
      change.record.isCreated(by: $0.name) && $0.name.dot.replica == replica
    } ?? false
  }

  /// Whether the siblings that each answer replaces are such that its author may replace them.
  private func mayReplace(_ change: Change, role: Role, door: Door) throws -> Bool {
    let table = door.context.table(change.content.form)
    let form = door.context.form(change.content.form, at: change.content.author.directory)
    let writer = Writer(person: change.content.author.person, role: role)
    var state: RecordState?
    for placed in change.content.answers {
      if placed.replaces.isEmpty || placed.path.field == .life { continue }
      if state == nil {
        state =
          try table.copy(door.db, change.record, in: change.dot.village)?.state ?? RecordState()
      }
      guard let state else { continue }
      var replaced: [Contender] = []
      for name in placed.replaces {
        guard let contender = try contender(name, at: placed.path, state: state, door: door)
        else { continue }
        replaced.append(contender)
      }
      let register = form?.register(field: placed.path.field)
      let rule = placed.path.field.isSystem ? .ask : register?.rule ?? .ask
      let rank = form.flatMap { register?.rank(in: $0) }
      let isAllowed = Rules.mayReplace(
        replaced, rule: rule, writer: writer, act: change.content.author.act, rank: rank)
      if !isAllowed { return false }
    }
    return true
  }

  /// The answer that a name stands for: still standing, or already replaced and in the journal.
  private func contender(
    _ name: Name, at path: Path, state: RecordState, door: Door
  ) throws -> Contender? {
    let directory = door.context.directory
    if let sibling = state.siblings(at: path).first(where: { $0.origin == name }),
      let author = state.author(of: name)
    {
      return Contender(sibling, author: author, role: directory.role(of: author))
    }
    guard let entry = try Journal.entry(door.db, name.dot), entry.change.name == name,
      let placed = entry.change.content.answers.first(where: { $0.path == path })
    else { return nil }
    let author = entry.change.content.author
    return Contender(
      Sibling(origin: name, answer: placed.answer), author: author,
      role: directory.role(of: author))
  }
}
