import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Store
import Sync
import Wire
import Worlds

/// Valid inputs, made by the product itself from the scene, and what targets read inputs with.
enum Samples {
  static let secretKey = [UInt8](repeating: 7, count: 32)
  static let key = SigningKey.publicHalf(of: secretKey) ?? []
  static let directory = Directory(TinySurvey.founding())

  static let form: Form = {
    do {
      return try Form(TinySurvey.sheets())
    } catch {
      preconditionFailure("BUG: the tiny form does not load: \(error)")
    }
  }()

  static let rules: [Rule] = [
    "latest", "first", "max", "min", "union", "sum", "best-fix", "role then latest",
    "same-or-ask(10)", "ask-if-class-changes(20)", "fixed", "ask",
  ].compactMap { Rule($0) }

  // MARK: The wire

  static func frames() throws -> [[UInt8]] {
    let scene = Scene.shared
    let whole = try bundle(of: scene.laptop, isWhole: true)
    let long = try frame(
      contents: (0..<20).map { Array("the same text again and again \($0)".utf8) })
    let short = try frame(contents: [[1], [], [2, 3]])
    // A megabyte in a hundred bytes.
    let packed = try frame(contents: [[UInt8](repeating: 0, count: 1 << 20)])
    return try readFrames(whole).map(\.bytes)
      + [long.bytes, short.bytes, packed.bytes, based().bytes]
  }

  static let village = TinySurvey.villages[0]

  static func snapshots() throws -> [[UInt8]] {
    guard let secret = StreamSecret([UInt8](repeating: 3, count: StreamSecret.length)) else {
      return []
    }
    let stream = Snapshot.Stream(
      replica: ReplicaID(7), count: 3, head: Digest.sha256([1]),
      secret: secret, device: DeviceID(2))
    let records = [RecordID(4), RecordID(9)]
    return try [0, 1, 2].map { count in
      var writer = SnapshotWriter(village: village, streams: count == 0 ? [] : [stream])
      for record in records.prefix(count) {
        _ = writer.add(Snapshot.Copy(record: record, form: 1, state: RecordState().bytes))
      }
      return try unpacked(writer.finish().part ?? [])
    }
  }

  /// The bytes of a part before it was packed, found by making them from what it says.
  private static func unpacked(_ part: [UInt8]) throws -> [UInt8] {
    var reader = SnapshotReader(village: village)
    let read = try reader.next(part)
    var plain = ByteWriter()
    plain.raw([0x4b, 0x53, 1])
    plain.varint(village.number)
    plain.count(0)
    plain.count(read.streams.count)
    for stream in read.streams {
      plain.fixed64(stream.replica.number)
      plain.varint(stream.count)
      plain.raw(stream.head.bytes)
      plain.raw(stream.secret.bytes)
      plain.varint(UInt64(stream.device.number))
    }
    plain.count(read.copies.count)
    for copy in read.copies {
      plain.raw(copy.record.bytes)
      plain.varint(UInt64(copy.form))
      plain.blob(copy.state)
    }
    return plain.bytes
  }

  static func requests() throws -> [[UInt8]] {
    let scene = Scene.shared
    let material = try scene.laptop.syncMaterial(budget: 1 << 20)
    var request = SyncRequest(
      survey: material.survey, device: material.device, epoch: material.epoch,
      digest: Digest.vectors(material.held), directory: material.directory,
      directoryTag: material.directoryTag, isComplete: true, villages: material.held, frames: [],
      unsent: 3, budget: 1 << 20)
    var all = [request.bytes]
    request.isComplete = false
    request.villages = []
    all.append(request.bytes)
    request.frames = try readFrames(bundle(of: scene.laptop, isWhole: true))
    all.append(request.bytes)
    request.directory = 0
    request.directoryTag = 0
    all.append(request.bytes)
    return try all + parcels()
  }

  /// A request with a parcel, of a laptop that edited something since its office heard it.
  private static func parcels() throws -> [[UInt8]] {
    let scene = Scene.shared
    let laptop = try scene.laptop.copy(to: nil)
    let shown = try laptop.show([(scene.record, 1)], to: scene.person)
    guard let shown = shown.first else { return [] }
    _ = try laptop.save(
      Edit(
        form: 1, village: shown.village, record: scene.record, person: scene.person,
        view: shown.state,
        wishes: [Wish(Path(field: TinySurvey.Field.name), .text("Batik Sekar"))]))
    let request = try laptop.firstRequest()
    guard request.parcel != nil else { preconditionFailure("BUG: what was edited is no parcel") }
    return [request.bytes]
  }

  static func replies() throws -> [[UInt8]] {
    let scene = Scene.shared
    var all: [[UInt8]] = []
    for request in try requests() {
      all.append(
        try Scene.send(
          request, to: scene.office.copy(to: nil), from: scene.device, key: scene.laptopKey))
    }
    let stream = StreamID(village: TinySurvey.villages[0], replica: ReplicaID(9))
    let last = Dot(replica: ReplicaID(9), village: TinySurvey.villages[0], counter: 5)
    all.append(
      SyncReply(
        epoch: 5, time: 1_790_000_000_000, status: .tellAll,
        directorySignature: [UInt8](repeating: 1, count: 64),
        refusals: [
          Refusal(stream: stream, counter: 2, ground: .naming),
          Refusal(stream: stream, counter: 3, ground: .seal),
        ], branches: [BranchTaken(fork: 4, last: last, tag: 77)]
      ).bytes)
    return all
  }

  static func enrolRequests() throws -> [[UInt8]] {
    [
      EnrolRequest(
        code: "K7M3Q9X2", key: key, preset: "tiny", replica: ReplicaID(3),
        streams: try Scene.shared.laptop.vectors(),
        birthmark: Birthmark([UInt8](repeating: 7, count: Birthmark.length))
      ).bytes,
      EnrolRequest(
        code: "", key: [], preset: "", survey: 7, device: DeviceID(2), replica: ReplicaID(3),
        streams: []
      ).bytes,
    ]
  }

  static func enrolReplies() throws -> [[UInt8]] {
    let short = [entry(.people), entry(.device)].map(\.bytes)
    return [
      EnrolReply(
        device: DeviceID(2), epoch: 5, time: 1_790_000_000_000, directory: short,
        directorySignature: [UInt8](repeating: 1, count: 64)
      ).bytes,
      EnrolReply(device: DeviceID(1), epoch: 1, time: 1, directory: []).bytes,
    ]
  }

  static func problems() -> [[UInt8]] {
    let proof = Proof(device: DeviceID(7), signature: [UInt8](repeating: 0x5f, count: 64))
    let passage = Passage(session: Passage.session(1, 2), number: 3, total: 4)
    return Problem.allCases.map(\.bytes) + [Array(proof.header.utf8), Array(passage.text.utf8)]
  }

  static func returns() throws -> [[UInt8]] {
    let stored = DirectoryReturn(
      survey: 7, entries: [entry(.people).bytes, entry(.device).bytes], signature: [])
    let packed = DirectoryReturn(
      survey: 7, entries: [[UInt8](repeating: 0, count: 2 << 20)], signature: [])
    guard let signed = try Scene.shared.laptop.directoryReturn() else { return [stored.bytes] }
    return [stored.bytes, packed.bytes, signed.bytes]
  }

  static func bundles() throws -> [[UInt8]] {
    let header = BundleHeader(
      survey: 7, device: DeviceID(1), time: 1_790_000_000_000,
      directory: DirectoryReturn(survey: 7, entries: [[1, 2, 3]], signature: []), villages: [])
    var small: [UInt8] = []
    var writer = try BundleWriter(header) { small += $0 }
    try writer.add(try frame(contents: [[1], [2, 3]]))
    let open = small
    try writer.finish()
    return [small, open, try bundle(of: Scene.shared.laptop, isWhole: true)]
  }

  static func sticks() throws -> [[UInt8]] {
    let scene = Scene.shared
    return [
      try bundle(of: scene.laptop, isWhole: true), try bundle(of: scene.laptop, isWhole: false),
      try bundle(of: scene.office, isWhole: true),
    ] + (try bundles())
  }

  static func deskInputs() throws -> [[UInt8]] {
    try requests().map { [0] + $0 } + enrolRequests().map { [1] + $0 } + returns().map { [2] + $0 }
  }

  static func bundle(of store: Store, isWhole: Bool) throws -> [UInt8] {
    var bytes: [UInt8] = []
    _ = try store.writeBundle(BundleRequest(isWhole: isWhole), to: { bytes += $0 })
    return bytes
  }

  private static func readFrames(_ bytes: [UInt8]) throws -> [Frame] {
    var reader = try BundleReader(source(of: bytes))
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return frames
  }

  static func frame(contents: [[UInt8]]) throws -> Frame {
    let secret = StreamSecret([UInt8](repeating: 1, count: StreamSecret.length))
    guard let secret else { throw Violation(description: "a secret has sixteen bytes") }
    return chained(contents, of: StreamID(village: village, replica: ReplicaID(1)), secret: secret)
  }

  // MARK: The directory

  enum Kind { case people, device, adopted }

  static func entry(_ kind: Kind) -> DirectoryEntry {
    let scene = Scene.shared
    switch kind {
    case .people:
      return .person(
        Person(
          id: scene.person, name: "Wayan", role: .supervisor,
          scope: .villages([TinySurvey.villages[0], TinySurvey.villages[2]])))
    case .device:
      return .device(
        Device(id: scene.device, name: "laptop", key: key, people: [scene.person]))
    case .adopted:
      let entry = VersionVector.Entry(replica: ReplicaID(9), count: 3, head: 8)
      return .adopted(
        scene.device, ReplicaID(9), [entry], villages: [TinySurvey.villages[0]],
        birthmark: ChainHash(1, 2, 3, 4))
    }
  }

  static func entries() -> [[UInt8]] {
    (TinySurvey.founding(key: key) + [entry(.people), entry(.device), entry(.adopted)]).map(\.bytes)
      + [[77, 1, 2, 3]]
  }

  static func directories() -> [[UInt8]] {
    let pieces = entries().map { [UInt8($0.count >> 8), UInt8($0.count & 0xff)] + $0 }
    return pieces + [Array(pieces.joined()), Array(pieces.suffix(4).joined())]
  }
}
