import Bytes
import Causality

/// Which villages a person works in.
public enum Scope: Hashable, Sendable {
  /// Every village of the survey, also those added later.
  case all
  /// These, in ascending order.
  case villages([VillageCode])

  /// Whether a village is in the scope.
  public func contains(_ village: VillageCode) -> Bool {
    switch self {
    case .all: true
    case .villages(let some): some.contains(village)
    }
  }
}

/// Somebody who answers for answers.
public struct Person: Hashable, Sendable {
  /// The word people type.
  public let id: PersonID
  /// The name people read.
  public let name: String
  /// What the person may do.
  public let role: Role
  /// Where.
  public let scope: Scope

  /// Makes a person.
  public init(id: PersonID, name: String, role: Role, scope: Scope) {
    self.id = id
    self.name = name
    self.role = role
    self.scope = scope
  }
}

/// A laptop that was enrolled.
public struct Device: Hashable, Sendable {
  /// Its number.
  public let id: DeviceID
  /// The name the office gave it.
  public let name: String
  /// The public half of the Ed25519 key that it made for itself.
  public let key: [UInt8]
  /// Whom it serves.
  public let people: [PersonID]
  /// Whether the office has turned it away.
  public let isRevoked: Bool

  /// Makes a device.
  public init(
    id: DeviceID, name: String, key: [UInt8], people: [PersonID], isRevoked: Bool = false
  ) {
    self.id = id
    self.name = name
    self.key = key
    self.people = people
    self.isRevoked = isRevoked
  }
}

/// What all laptops of one undertaking have in common.
public struct Survey: Hashable, Sendable {
  /// A random number that tells surveys apart.
  public let id: UInt64
  /// The name people read.
  public let name: String
  /// The preset that it was made from, with the preset's version.
  public let preset: String
  /// Minutes east of UTC of the zone in which people see and type times.
  public let zoneMinutes: Int
  /// The zone's short name.
  public let zoneName: String
  /// The public half of the office's Ed25519 key; empty where there is no office.
  public let key: [UInt8]

  /// Makes a survey.
  public init(
    id: UInt64, name: String, preset: String, zoneMinutes: Int, zoneName: String,
    key: [UInt8] = []
  ) {
    self.id = id
    self.name = name
    self.preset = preset
    self.zoneMinutes = zoneMinutes
    self.zoneName = zoneName
    self.key = key
  }
}

/// What the office said at one version of the directory.
public enum DirectoryEntry: Hashable, Sendable {
  /// The survey itself; always the first.
  case survey(Survey)
  /// The villages, as a CSV sheet.
  case villages(String)
  /// A form, as its three CSV sheets.
  case form(id: UInt32, survey: String, choices: String, settings: String)
  /// A person came, or changed.
  case person(Person)
  /// A device was enrolled, or changed.
  case device(Device)
  /// Changes that a laptop made before it joined are taken over: this replica's, in each village up
  /// to a counter; with the digest of the laptop's birthmark, which its copies have too.
  case adopted(
    DeviceID, ReplicaID, [VersionVector.Entry], villages: [VillageCode], birthmark: ChainHash)
  /// A kind that this version does not know: kept as it came, so that versions stay the same.
  case unknown([UInt8])
}

/// Everything that only the office writes, as of one version: a fold over the directory's entries.
///
/// The version is the number of entries. Rights are judged by the version that a change cites, so
/// the directory remembers what every person's role and scope were at every version.
public struct Directory: Hashable, Sendable {
  /// The entries, the first of version 1.
  public private(set) var entries: [DirectoryEntry]
  /// The survey.
  public private(set) var survey: Survey?
  /// The villages' CSV sheet.
  public private(set) var villagesSheet: String?
  /// The forms by number, the newest of each.
  public private(set) var forms: [UInt32: DirectoryEntry]
  private var peopleHistory: [PersonID: [(version: UInt64, person: Person)]]
  private var deviceHistory: [DeviceID: [(version: UInt64, device: Device)]]
  /// The words by which a stream that began before its laptop joined was taken over, the first said
  /// first.
  var adoptionsByStream: [StreamID: [Adoption]]
  /// The same of all streams of a replica.
  var adoptionsByReplica: [ReplicaID: [Adoption]]

  /// Makes an empty directory.
  public init() {
    entries = []
    forms = [:]
    peopleHistory = [:]
    deviceHistory = [:]
    adoptionsByStream = [:]
    adoptionsByReplica = [:]
  }

  /// Makes a directory of entries.
  public init(_ entries: some Sequence<DirectoryEntry>) {
    self.init()
    for entry in entries { append(entry) }
  }

  /// The number of entries.
  public var version: UInt64 { UInt64(entries.count) }

  /// Takes the next entry in.
  public mutating func append(_ entry: DirectoryEntry) {
    entries.append(entry)
    switch entry {
    case .survey(let survey): self.survey = survey
    case .villages(let sheet): villagesSheet = sheet
    case .form(let id, _, _, _): forms[id] = entry
    case .person(let person): peopleHistory[person.id, default: []].append((version, person))
    case .device(let device): deviceHistory[device.id, default: []].append((version, device))
    case .adopted(let device, let replica, let counts, let villages, let birthmark):
      for (entry, village) in zip(counts, villages) {
        let adoption = Adoption(
          device: device, count: entry.count, head: entry.head, birthmark: birthmark)
        let stream = StreamID(village: village, replica: replica)
        adoptionsByStream[stream, default: []].append(adoption)
        adoptionsByReplica[replica, default: []].append(adoption)
      }
    case .unknown: break
    }
  }

  /// Everyone, in order of their words.
  public var people: [Person] {
    peopleHistory.values.compactMap { $0.last?.person }.sorted { $0.id < $1.id }
  }

  /// Every device, in order of number.
  public var devices: [Device] {
    deviceHistory.values.compactMap { $0.last?.device }.sorted { $0.id < $1.id }
  }

  /// A person as of now.
  public func person(_ id: PersonID) -> Person? {
    peopleHistory[id]?.last?.person
  }

  /// A person as of an earlier version.
  public func person(_ id: PersonID, at version: UInt64) -> Person? {
    peopleHistory[id]?.last { $0.version <= version }?.person
  }

  /// A device as of now.
  public func device(_ id: DeviceID) -> Device? {
    deviceHistory[id]?.last?.device
  }

  /// A device as of an earlier version.
  public func device(_ id: DeviceID, at version: UInt64) -> Device? {
    deviceHistory[id]?.last { $0.version <= version }?.device
  }

  /// The keys that a device had before the one that it has now, with whether it was turned away while
  /// it had them; as each was last said to be.
  public func formerKeys(of id: DeviceID) -> [(key: [UInt8], isRevoked: Bool)] {
    let history = deviceHistory[id, default: []].map(\.device)
    var former: [(key: [UInt8], isRevoked: Bool)] = []
    for device in history.reversed() where device.key != history.last?.key {
      if former.contains(where: { $0.key == device.key }) { continue }
      former.append((device.key, device.isRevoked))
    }
    return former
  }

  /// The villages that a device holds: those of the people it serves, of the given ones.
  public func villages(of device: DeviceID, among all: [VillageCode]) -> [VillageCode] {
    guard let device = self.device(device), !device.isRevoked else { return [] }
    let scopes = device.people.compactMap { person($0)?.scope }
    return all.filter { village in scopes.contains { $0.contains(village) } }.sorted()
  }

  /// Whether a device served, at any version, somebody who worked in a village then.
  ///
  /// What was recorded there may come long after.
  public func hasServed(_ village: VillageCode, from device: DeviceID) -> Bool {
    let terms = deviceHistory[device, default: []]
    return terms.indices.contains { index in
      let start = terms[index].version
      let end = index + 1 < terms.count ? terms[index + 1].version : .max
      return terms[index].device.people.contains { id in
        let atFirst = person(id, at: start)
        let later = peopleHistory[id, default: []].filter { start < $0.version && $0.version < end }
        return atFirst?.scope.contains(village) == true
          || later.contains { $0.person.scope.contains(village) }
      }
    }
  }

  /// The role in which a change was made, by the version that it cites.
  ///
  /// Version zero is cited by laptops that belong to no office yet: there everyone is their own
  /// supervisor. The office takes such changes only from the time before a laptop joined.
  public func role(of author: Authorship) -> Role {
    if author.person == .office { return .admin }
    if author.directory == 0 { return .supervisor }
    return person(author.person, at: author.directory)?.role ?? .viewer
  }

  /// Whether both are folds of the same entries.
  public static func == (left: Directory, right: Directory) -> Bool {
    left.entries == right.entries
  }

  /// Feeds the entries to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(entries)
  }
}
