import Causality
import Forms
import GRDB
import Model
import Reading
import Rules
import Wire

/// The office's check of every change that a laptop brings.
///
/// Person, device, role and village are judged by the directory version that the change cites, so
/// that a surveyor who lost a village can still hand in what he owes; never by the laptop's clock.
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
      return author.device == .standalone && author.directory == 0 ? nil : .foreignDevice
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

  /// Whether the siblings that each answer replaces are such that its author may replace them.
  private func mayReplace(_ change: Change, role: Role, door: Door) throws -> Bool {
    let table = door.context.table(change.content.form)
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
      let register = table.form?.register(field: placed.path.field)
      let rule = placed.path.field.isSystem ? .ask : register?.rule ?? .ask
      let rank = table.form.flatMap { register?.rank(in: $0) }
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
