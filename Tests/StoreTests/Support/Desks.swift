import Bytes
import Causality
import Crypto
import Forms
import Glibc
import Model
import Office
import Reading
import Sync
import Testing
import Wire
import Worlds

@testable import Store

/// An office with its desks, over the tiny survey.
final class TestOffice {
  let store: Store
  let sync: SyncDesk
  let enrolment: EnrolmentDesk
  let clock: TurnedClock

  init() throws {
    clock = TurnedClock(seed: 1000)
    store = try Store.create(at: nil, role: .office, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding(key: try store.officeKey()))
    sync = SyncDesk(store: store)
    enrolment = EnrolmentDesk(store: store)
  }

  /// An office over a store that was put back from a backup.
  init(over store: Store, clock: TurnedClock) {
    self.store = store
    self.clock = clock
    sync = SyncDesk(store: store)
    enrolment = EnrolmentDesk(store: store)
  }

  /// Adds a person, or changes one.
  @discardableResult
  func person(_ word: String, _ role: Role, _ villages: [VillageCode]?) throws -> PersonID {
    let person = try #require(PersonID(word))
    let scope = villages.map { Scope.villages($0.sorted()) } ?? .all
    try store.extendDirectory([
      .person(Person(id: person, name: word, role: role, scope: scope))
    ])
    return person
  }

  /// A frame under the office's seal, as it would hand it out.
  func sealed(_ frame: Frame) throws -> Frame {
    let end = Dot(
      replica: frame.stream.replica, village: frame.stream.village, counter: frame.lastCounter)
    let key = try #require(try store.signingKey())
    return Frame(
      stream: frame.stream, first: frame.first, previous: frame.previous, last: frame.last,
      secret: frame.secret,
      seal: Seal(end, frame.last, survey: 7, signer: Seal.office, key: key),
      contents: frame.contents)
  }

  /// Checks a backup that is made now, so that laptops may drop what it has.
  func mark() throws {
    let copy = try store.copy(to: nil)
    try store.setWatermark(try store.prepareWatermark(of: copy, without: []))
  }

  /// The office over an older copy of its store, which was told that it is one.
  func putBack(to backup: Store) throws -> TestOffice {
    try backup.beginAgain()
    return TestOffice(over: backup, clock: clock)
  }

  func revoke(_ device: DeviceID) throws {
    let known = try #require(try store.standing().directory.device(device))
    try store.extendDirectory([
      .device(
        Device(
          id: known.id, name: known.name, key: known.key, people: known.people, isRevoked: true))
    ])
  }
}

/// A laptop over the tiny survey, honest unless a test forges for it.
final class TestLaptop {
  let store: Store
  let clock: TurnedClock
  let key: Curve25519.Signing.PrivateKey
  private(set) var device = DeviceID.standalone

  init(
    store: Store, clock: TurnedClock, key: Curve25519.Signing.PrivateKey, device: DeviceID
  ) {
    self.store = store
    self.clock = clock
    self.key = key
    self.device = device
  }

  /// The same laptop with another disk.
  convenience init(copying other: TestLaptop, store: Store) {
    self.init(store: store, clock: other.clock, key: other.key, device: other.device)
  }

  init(seed: UInt64, at path: String? = nil) throws {
    clock = TurnedClock(seed: seed)
    key = Curve25519.Signing.PrivateKey()
    store = try Store.create(at: path, role: .standalone, surroundings: clock.surroundings)
    try store.extendDirectory(TinySurvey.founding())
  }

  /// A laptop that has joined.
  convenience init(seed: UInt64, office: TestOffice, for people: [PersonID]) throws {
    try self.init(seed: seed)
    try join(office, for: people)
  }

  /// A copy of its disk as it is now, in the same laptop: nobody notices that there are two.
  func twin() throws -> TestLaptop {
    TestLaptop(copying: self, store: try store.copy(to: nil))
  }

  /// Its seal over the end of a stream, or what it says is one.
  func seal(_ dot: Dot, _ hash: ChainHash) -> Seal? {
    Seal(dot, hash, survey: 7, signer: device, key: Array(key.rawRepresentation))
  }

  func join(_ office: TestOffice, for people: [PersonID]) throws {
    let code = InviteCode.make(random: clock.surroundings.random())
    _ = try office.store.invite(
      nil, name: "laptop", people: people, code: Array(code.utf8),
      expires: office.clock.surroundings.wall() + InviteCode.lifetime)
    let (replica, streams) = try store.ownStreams()
    let request = EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation), preset: "tiny", replica: replica,
      streams: streams, birthmark: try store.birthmark())
    let reply = try EnrolReply(try office.enrolment.answer(request.bytes))
    device = reply.device
    let hasJoined = try store.join(
      reply, address: "memory", key: Array(key.rawRepresentation), person: people.first,
      told: streams)
    try #require(hasJoined)
  }

  @discardableResult
  func sync(_ office: TestOffice) throws -> SyncSummary {
    try weigh { office }.summary
  }

  /// A sync with whichever office answers each request, of at most so many bytes of changes each; and
  /// how many bytes its messages had, in both directions.
  ///
  /// - Parameter isHandingIn: whether what waits here is handed in.
  @discardableResult
  func weigh(
    most limit: Int = SyncSession.budget, isHandingIn: Bool = true,
    _ office: () throws -> TestOffice
  ) throws -> (summary: SyncSummary, bytes: Int) {
    var session = SyncSession()
    var step = session.start()
    var bytes = 0
    while true {
      switch step {
      case .gather(let budget, let refused, let handsIn):
        step = session.gathered(
          try store.syncMaterial(
            budget: min(budget, limit), without: refused, handsIn: handsIn && isHandingIn))
      case .send(let request):
        let reply = try answer(to: request, of: try office())
        bytes += request.bytes.count + reply.count
        step = session.received(try SyncReply(reply))
      case .absorb(let reply, let isNewOffice):
        step = session.absorbed(try store.absorb(reply, isNewOffice: isNewOffice))
      case .handBack:
        let returned = try #require(try store.directoryReturn())
        do {
          try office().sync.takeBack(returned.bytes)
          step = session.handedBack(isTaken: true)
        } catch Problem.otherDirectory {
          step = session.handedBack(isTaken: false)
        }
      case .finished(let summary): return (summary, bytes)
      }
    }
  }

  func send(_ request: SyncRequest, to office: TestOffice) throws -> SyncReply {
    try SyncReply(try answer(to: request, of: office))
  }

  private func answer(to request: SyncRequest, of office: TestOffice) throws -> [UInt8] {
    let bytes = request.bytes
    let signature = Array(try key.signature(for: SyncDesk.signed(bytes)))
    return try office.sync.answer(bytes, signature: signature, of: request.device)
  }

  /// Sends frames that the store knows nothing of, as a laptop could that was tampered with.
  func push(_ frames: [Frame], to office: TestOffice) throws -> SyncReply {
    try send(
      SyncRequest(
        survey: 7, device: device, epoch: try office.store.standing().epoch,
        digest: Digest.vectors([]), directory: 0, isComplete: true, villages: [], frames: frames,
        unsent: 0, budget: SyncSession.budget), to: office)
  }

  /// Adds a record.
  @discardableResult
  func add(_ person: PersonID, in village: VillageCode, _ answers: [Path: Answer]) throws
    -> RecordID
  {
    clock.pass(1000)
    return try store.save(
      Edit(form: 1, village: village, record: nil, person: person, wishes: Self.wishes(answers))
    ).record
  }

  /// Edits a record from what the person is shown now.
  @discardableResult
  func edit(
    _ record: RecordID, by person: PersonID, act: Act = .edit, _ answers: [Path: Answer]
  ) throws -> Saved {
    clock.pass(1000)
    return try edit(try show(record, to: person), by: person, act: act, answers)
  }

  /// Edits a record from what the person was shown.
  @discardableResult
  func edit(
    _ shown: ShownRecord, by person: PersonID, act: Act = .edit, _ answers: [Path: Answer]
  ) throws -> Saved {
    try store.save(
      Edit(
        form: 1, village: shown.village, record: shown.record, person: person, act: act,
        view: shown.state, wishes: Self.wishes(answers)))
  }

  func show(_ record: RecordID, to person: PersonID?) throws -> ShownRecord {
    try #require(try store.show([(record, 1)], to: person).first)
  }

  func reading(_ record: RecordID) throws -> RecordReading {
    let shown = try #require(try store.peek(record, form: 1))
    let standing = try store.standing()
    return RecordReading(
      record: record, state: shown.state, copy: shown.village, form: standing.forms[1],
      directory: standing.directory)
  }

  private static func wishes(_ answers: [Path: Answer]) -> [Wish] {
    answers.sorted { $0.key < $1.key }.map { Wish($0.key, $0.value) }
  }
}

extension Store {
  /// A frame of this store's, cut into frames of one change each.
  func pieces(of frame: Frame) throws -> [Frame] {
    let before = Dot(
      replica: frame.stream.replica, village: frame.stream.village, counter: frame.first - 1)
    let (row, head) = try read { db in
      (
        try Streams.row(db, frame.stream),
        frame.first == 1 ? ChainHash.start : try Streams.hash(db, before)
      )
    }
    guard let secret = row?.secret, let head else { return [frame] }
    var chain = Chain(stream: frame.stream, secret: secret, count: frame.first - 1, head: head)
    return frame.contents.map { content in
      let previous = chain.head.tag
      let first = chain.count + 1
      _ = chain.append(content)
      return Frame(
        stream: frame.stream, first: first, previous: first == 1 ? 0 : previous, last: chain.head,
        secret: first == 1 ? secret : nil, contents: [content])
    }
  }
}

/// The villages and places that the tests speak of.
enum At {
  static let renon = TinySurvey.villages[0]
  static let sanur = TinySurvey.villages[1]
  static let kesiman = TinySurvey.villages[2]
  static let name = Path(field: TinySurvey.Field.name)
  static let wave = Path(field: TinySurvey.Field.wave)
  static let outcome = Path(field: TinySurvey.Field.outcome)
  static let visits = Path(field: TinySurvey.Field.visits)
  /// A decimal, in a row of the yearly repeat.
  static let value = Path(
    row: Row(TinySurvey.Field.years, "2025"), field: TinySurvey.Field.value)
}

/// A temporary folder that is gone when the last user is.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/kulkul-test-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    Self.remove(path)
  }

  private static func remove(_ path: String) {
    guard let names = names(in: path) else {
      unlink(path)
      return
    }
    for name in names { remove(path + "/" + name) }
    rmdir(path)
  }

  private static func names(in path: String) -> [String]? {
    guard let folder = opendir(path) else { return nil }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  /// What lies in the folder, in order.
  var names: [String] { Self.names(in: path) ?? [] }

  /// A file in the folder.
  func path(_ name: String) -> String { path + "/" + name }

  var file: String { path + "/field.db" }

  /// What a file holds.
  func bytes(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    try #require(file >= 0)
    defer { close(file) }
    var all: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file, &part, part.count)
      guard count > 0 else { return all }
      all += part[..<count]
    }
  }
}
