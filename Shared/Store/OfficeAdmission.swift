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
  /// Names that say nothing, because what they name is void.
  var ignored: Set<Name> = []
  /// Whether it is asked of a branch, which gets dots of the office's: then it does not matter whose the
  /// stream is, so long as the changes are their own author's.
  var isOfBranch = false

  func of(_ device: DeviceID) -> any Admission {
    OfficeAdmission(device: device, isOfBranch: isOfBranch)
  }

  func ignoring(_ void: Set<Name>) -> any Admission {
    OfficeAdmission(device: device, ignored: void, isOfBranch: isOfBranch)
  }

  func ofBranch() -> any Admission {
    OfficeAdmission(device: device, ignored: ignored, isOfBranch: true)
  }

  func mayWait(_ stream: StreamID, door: Door) throws -> Bool {
    let directory = door.context.directory
    guard directory.device(device) != nil, door.context.villages[stream.village] != nil else {
      return false
    }
    if directory.adoptions(of: stream).contains(where: { $0.device == device }) { return true }
    if let owner = try Store.owner(door.db, of: stream.replica) { return owner == device }
    if try isKnown(stream.replica, door: door) { return false }
    let waiting = try door.db.first(
      "SELECT count(*) FROM inbox WHERE room = ?", .integer(Int64(device.number))
    ) { $0.integer(0) }
    // NB: what waits was perhaps recorded when the village was still theirs; by which version of the
    // directory is seen when its turn comes.
    return directory.hasServed(stream.village, from: device) && waiting ?? 0 < Self.waitingLimit
  }

  /// The most frames of one device that may wait.
  private static let waitingLimit: Int64 = 500

  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground? {
    let author = change.content.author
    let directory = door.context.directory
    let adoptions = directory.adoptions(of: change.dot.stream, with: device)
    if let last = adoptions.map(\.count).max(), change.dot.counter <= last {
      return try groundBeforeJoining(change, adoptions, upTo: last, door: door)
    }
    let owner = try Store.owner(door.db, of: change.dot.replica)
    if !isOfBranch {
      // A stream is taken from its own device alone, be it as bearer or under its seal: whoever holds it
      // could go on with it in another's name.
      if let owner, owner != device {
        return directory.device(owner)?.isRevoked == true ? .revoked : .foreignDevice
      }
      if owner == nil, try isKnown(change.dot.replica, door: door) { return .foreignDevice }
    }
    let writer = device
    guard author.device == writer, author.directory > 0, author.directory <= directory.version
    else { return .foreignDevice }
    // A replica's directory only grows, and whose is replaced by another writes as another replica;
    // whoever goes back to an older one wants rights that are gone.
    guard author.directory >= stream.directory else { return .directory }
    if author.act == .office || author.person == .office { return .role }
    guard case .answers = change.content.body, change.content.origin == nil else { return .role }
    let version = author.directory
    guard let person = directory.person(author.person, at: version) else { return .unknownPerson }
    // The directory that a laptop joined with tells of the laptop, so none cites an older one.
    guard let served = directory.device(writer, at: version), served.people.contains(author.person)
    else { return .foreignDevice }
    let mayAct = author.act == .resolution ? person.role.mayResolve : person.role.mayWrite
    guard mayAct else { return .role }
    guard person.scope.contains(change.dot.village) else { return .village }
    guard try isAboutWhatIsHere(change, door: door) else { return .naming }
    guard try mayReplace(change, role: person.role, door: door) else { return .naming }
    if owner == nil, !isOfBranch { try Store.bind(door.db, change.dot.replica, to: device) }
    return nil
  }

  /// Why a change from before the laptop joined is not taken.
  ///
  /// - Parameters:
  ///   - adoptions: those of the laptop, and of the copies of it that joined, for the change's stream.
  ///   - last: the largest of their counts.
  private func groundBeforeJoining(
    _ change: Change, _ adoptions: [Adoption], upTo last: UInt64, door: Door
  ) throws -> Refusal.Ground? {
    let author = change.content.author
    guard author.device == .standalone, author.directory == 0 else { return .foreignDevice }
    let isEnd = change.dot.counter == last
    if isEnd, !adoptions.contains(where: { $0.count == last && $0.head == change.hash.tag }) {
      return .fork
    }
    return try isOwnWork(change, door: door) ? nil : .naming
  }

  /// Whether a replica writes here already without a device of its own: then it is the office's.
  private func isKnown(_ replica: ReplicaID, door: Door) throws -> Bool {
    if try Incarnations.isOwn(door.db, replica) { return true }
    return try door.db.first(
      "SELECT 1 FROM stream WHERE replica = ? LIMIT 1", .bits(replica.number)
    ) { _ in true } ?? false
  }

  /// Whether a change is about a record whose copy is in the village, as its author was shown it.
  ///
  /// Whoever was shown a record knows the name of its life, and every honest change cites or replaces
  /// it. Without that a record of another village could be drawn here by its identifier alone. A
  /// move must lead to a village of the survey.
  func isAboutWhatIsHere(_ change: Change, door: Door) throws -> Bool {
    for case .village(let target) in change.content.answers.map(\.answer)
    where door.context.villages[target] == nil {
      return false
    }
    guard change.content.record != nil else { return change.content.prerequisites.isEmpty }
    // NB: what would show it is void, and a person at the office goes on without it.
    if !ignored.isEmpty, change.content.prerequisites.allSatisfy(ignored.contains) {
      let table = door.context.table(change.content.form)
      // But what lives elsewhere is not drawn here by its identifier.
      let copies = try table.copies(door.db, change.record)
      return copies.allSatisfy { $0.village == change.dot.village }
        || copies.contains { copy in
          Home.village(of: copy.state, record: change.record, copy: copy.village)
            == change.dot.village
        }
    }
    guard let state = try door.copy(of: change)?.state else { return false }
    return change.content.prerequisites.contains { state.accounts(for: $0) }
  }

  /// Whether a change from before the laptop joined is about a record of that laptop's own alone.
  ///
  /// Then nobody but its copies had a hand in it. The laptop says itself how much it
  /// brings, so under that cover it must not reach what others wrote.
  private func isOwnWork(_ change: Change, door: Door) throws -> Bool {
    let content = change.content
    // NB: a laptop that was copied before it joined wrote as several replicas.
    func isOwn(_ name: Name) -> Bool {
      door.context.directory.adoptions(of: name.dot.stream, with: device).contains {
        name.dot.counter <= $0.count
      }
    }
    switch content.body {
    case .answers:
      guard content.author.act != .office, content.author.person != .office else { return false }
    case .carry(let cargo, _):
      guard content.record != nil,
        cargo.origins.allSatisfy({ isOwn($0.name) })
      else { return false }
    case .unknown: return false
    }
    guard door.context.villages[change.dot.village] != nil else { return false }
    guard content.origin == nil, content.prerequisites.allSatisfy(isOwn)
    else { return false }
    guard content.record != nil else { return true }
    var state = try door.copy(of: change)?.state
    if case .carry(let cargo, villageOnly: false) = content.body { state = cargo }
    return state?.origins.contains {
      change.record.isCreated(by: $0.name) && isOwn($0.name)
    } ?? false
  }

  /// Whether the siblings that each answer replaces are such that its author may replace them.
  private func mayReplace(_ change: Change, role: Role, door: Door) throws -> Bool {
    let form = door.context.form(change.content.form, at: change.content.author.directory)
    let writer = Writer(person: change.content.author.person, role: role)
    var state: RecordState?
    for placed in change.content.answers where !placed.replaces.isEmpty {
      if state == nil {
        state = try door.copy(of: change)?.state ?? RecordState()
      }
      guard let state else { continue }
      var replaced: [Contender] = []
      for name in placed.replaces {
        guard let contender = try contender(name, at: placed.path, state: state, door: door)
        else { continue }
        replaced.append(contender)
      }
      if placed.path.field == .life {
        guard let seen = unseenByDeletes(among: replaced, by: writer, placed.path, change.content)
        else { return false }
        // NB: a verdict that is replaced may have seen what others had not; nobody is refused for what
        // nobody can tell any more. Of a creation it is known that it is no such verdict.
        let mayHaveSeen = try placed.replaces.contains { name in
          try !replaced.contains { $0.origin == name } && !change.record.isCreated(by: name)
            && isForgotten(name, door: door)
        }
        if !mayHaveSeen, try seen.contains(where: { try speaks($0, state: state, door: door) }) {
          return false
        }
        continue
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

  /// The answers that a verdict on the life of a record or row admits to, and that the deletes which
  /// it replaces had not seen; `nil` if its author may not replace what it names in any case.
  ///
  /// Where somebody deleted it and another kept it or wrote in it unseen, an ordinary verdict
  /// replaces its author's own lives alone. What was shown is not known here, only what the change
  /// itself admits: the lives it replaces, and the answers that it replaces or lists as seen. That
  /// an honest author was shown more could only have made him name less.
  private func unseenByDeletes(
    among replaced: [Contender], by writer: Writer, _ path: Path, _ content: ChangeContent
  ) -> Set<Life.Seen>? {
    if content.author.act != .edit { return [] }
    if replaced.allSatisfy({ $0.person == writer.person }) { return [] }
    let deletes = replaced.compactMap { contender -> Life? in
      if case .life(let life) = contender.answer, !life.isAlive { life } else { nil }
    }
    if deletes.isEmpty { return [] }
    guard deletes.count == replaced.count else { return nil }
    var seen = Set<Life.Seen>()
    for placed in content.answers where path.row == nil || placed.path.row == path.row {
      if placed.path == path, case .life(let life) = placed.answer { seen.formUnion(life.seen) }
      if placed.path.field == .life { continue }
      seen.formUnion(placed.replaces.map { Life.Seen(path: placed.path, name: $0) })
    }
    for delete in deletes { seen.subtract(delete.seen) }
    return seen
  }

  /// Whether an answer speaks against a delete that had not seen it: that a row is gone does not.
  private func speaks(_ seen: Life.Seen, state: RecordState, door: Door) throws -> Bool {
    guard seen.path.field == .life else { return true }
    // NB: a verdict on a row may stand in a base alone. Who lists it need not have done so.
    let verdict = try contender(seen.name, at: seen.path, state: state, door: door)?.answer
    if case .life(let life)? = verdict { return life.isAlive }
    return false
  }

  /// Whether a name is of an answer that an office which was fed knows by its base alone.
  private func isForgotten(_ name: Name, door: Door) throws -> Bool {
    try name.dot.counter <= Cuts.count(door.db, name.dot.stream)
      && Branches.written(door.db, name) == nil
  }

  /// The answer that a name stands for: still standing, or already replaced and in the journal, or in a
  /// branch.
  private func contender(
    _ name: Name, at path: Path, state: RecordState, door: Door
  ) throws -> Contender? {
    let directory = door.context.directory
    if let sibling = state.siblings(at: path).first(where: { $0.origin == name }),
      let author = state.author(of: name)
    {
      return Contender(sibling, author: author, role: directory.role(of: author))
    }
    guard let written = try Branches.written(door.db, name),
      let placed = written.content.answers.first(where: { $0.path == path })
    else { return nil }
    let author = written.content.author
    return Contender(
      Sibling(origin: name, answer: placed.answer), author: author,
      role: directory.role(of: author))
  }
}
