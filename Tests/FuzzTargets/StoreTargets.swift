import Bytes
import Causality
import Crypto
import Fieldwork
import Forms
import Glibc
import Model
import Office
import Reading
import Store
import Sync
import Wire
import Worlds

extension FuzzTarget {
  /// What stores take in, through the same doors as from others.
  static let stores: [FuzzTarget] = [
    FuzzTarget("tampering", seeds: Samples.tamperings) { bytes in
      let scene = Scene.shared
      let tampering = Tampering(bytes, scene: scene)
      if tampering.frames.isEmpty { return }
      let store = try (tampering.mode < 2 ? scene.office : scene.other).copy(to: nil)
      try refusing { try bring(tampering, to: store, scene) }
      try check(store, scene, isOfficeLying: tampering.mode == 3)
    },
    FuzzTarget("desk", seeds: Samples.deskInputs) { bytes in
      guard let kind = bytes.first.map({ $0 % 3 }) else { return }
      let body = Array(bytes.dropFirst())
      // NB: what does not even decode is not worth a copy of the office.
      let isRead =
        switch kind {
        case 0: (try? SyncRequest(body)) != nil
        case 1: (try? EnrolRequest(body)) != nil
        default: (try? DirectoryReturn(body)) != nil
        }
      guard isRead else { return }
      let scene = Scene.shared
      let office = try scene.office.copy(to: nil)
      try refusing {
        switch kind {
        case 0:
          let reply = try Scene.send(
            body, to: office, from: scene.device, key: scene.laptopKey)
          _ = try SyncReply(reply)
        case 1: _ = try EnrolReply(EnrolmentDesk(store: office).answer(body))
        default: try SyncDesk(store: office).takeBack(body)
        }
      }
      try check(office, scene)
    },
    FuzzTarget("stick", limit: 8192, seeds: Samples.sticks) { bytes in
      guard (try? BundleReader(source(of: bytes))) != nil else { return }
      let scene = Scene.shared
      let laptop = try scene.other.copy(to: nil)
      try refusing { _ = try laptop.lookIntoBundle(source(of: bytes)) }
      try refusing { _ = try laptop.readBundle(source(of: bytes)) }
      try check(laptop, scene)
    },
    FuzzTarget("joining", limit: 8192, seeds: Samples.directories) { bytes in
      try join(an: entries(of: bytes))
    },
    FuzzTarget("import", limit: 4096, seeds: Samples.imports) { bytes in
      let place = try Workplace(Scene.shared.laptop, person: Scene.shared.person)
      var request = ImportRequest(form: 1, name: "fuzz.csv", skipBad: true)
      request.dryRun = true
      do {
        let report = try Importer(place).run(bytes, request)
        let said = Set(report.skipped.map(\.line)).count
        let kept = try rows(of: report.skippedRows)
        try promise(kept == said, "of \(said) rows left out \(kept) are kept")
      } catch is ImportError {
        // Refused, as it may be.
      }
    },
    FuzzTarget("mark", limit: 64, seeds: Samples.marks) { bytes in
      try MarkedStore().open(with: bytes)
    },
  ]

  /// How many rows a table has below its header, whatever their width.
  private static func rows(of table: [UInt8]) throws -> Int {
    var reader = CSVReader(table)
    var rows = -1
    while true {
      do throws(CSVError) {
        guard try reader.next() != nil else { return max(0, rows) }
      } catch {
        guard case .wrongCount = error else { throw error }
      }
      rows += 1
    }
  }

  /// Runs what may refuse: with an error of its own kind, and no other.
  private static func refusing(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch is StoreError {
    } catch is Problem {
    } catch is BundleError {
    } catch is BundleRefusal {
    } catch is EditRefusal {
    } catch is WireError {
    } catch is FormError {
    } catch is VillageError {
    } catch is ByteError {
    }
  }

  private static func bring(_ tampering: Tampering, to store: Store, _ scene: Scene) throws {
    switch tampering.mode {
    case 0:
      let request = SyncRequest(
        survey: 7, device: scene.device, epoch: try store.standing().epoch,
        digest: Digest.vectors([]), directory: 0, isComplete: true, villages: [],
        frames: tampering.frames, unsent: 0, budget: 1 << 20)
      let reply = try Scene.send(
        request.bytes, to: store, from: scene.device, key: scene.laptopKey)
      _ = try SyncReply(reply)
    case 3:
      let reply = SyncReply(
        epoch: try store.standing().epoch, time: 1_790_000_000_000, status: .complete,
        frames: tampering.frames)
      _ = try store.absorb(SyncReply(reply.bytes), isNewOffice: false)
    default:
      guard let directory = try scene.laptop.directoryReturn() else { return }
      let file = Box()
      var writer = try BundleWriter(
        BundleHeader(
          survey: 7, device: scene.device, time: 1_790_000_000_000, directory: directory,
          villages: [])
      ) { file.bytes += $0 }
      for frame in tampering.frames { try writer.add(frame) }
      try writer.finish()
      _ = try store.readBundle(source(of: file.bytes))
    }
  }

  /// A store is whole whatever it was brought, and can be read, asked and written to a stick.
  ///
  /// What an office issues again under another's origin is taken for the same answers. If they are
  /// others, they stand nowhere; only an office can do that, and the check says so.
  private static func check(
    _ store: Store, _ scene: Scene, isOfficeLying: Bool = false
  ) throws {
    let problems = try store.verify().problems.filter { problem in
      if case .lost = problem { !isOfficeLying } else { true }
    }
    try promise(problems.isEmpty, "a store is whole: \(problems.prefix(3))")
    _ = try store.peek(scene.record, form: 1)
    _ = try store.writeBundle(BundleRequest(isWhole: true), to: { _ in })
    let place = try Workplace(store, person: scene.person)
    for line in try Listing(place).lines() {
      _ = try place.reading(of: line.record, form: 1)
    }
  }

  /// Entries with two bytes of length before each.
  private static func entries(of bytes: [UInt8]) -> [[UInt8]] {
    var rest = bytes[...]
    var entries: [[UInt8]] = []
    while let high = rest.popFirst(), let low = rest.popFirst(), entries.count < 64 {
      let length = min(rest.count, Int(high) << 8 | Int(low))
      entries.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    return entries
  }

  /// Lets a laptop join an office that says all this, half of it in a sync.
  private static func join(an entries: [[UInt8]]) throws {
    let scene = Scene.shared
    let founding = TinySurvey.founding(key: Samples.key).map(\.bytes)
    let (early, late) = (
      founding + entries.prefix(entries.count / 2), entries.dropFirst(entries.count / 2)
    )
    let surroundings = TurnedClock(seed: 3).surroundings
    let laptop = try Store.create(at: nil, role: .standalone, surroundings: surroundings)
    try laptop.extendDirectory(TinySurvey.founding())
    var hash = ChainHash.start
    var version: UInt64 = 0
    func signature(over entries: some Sequence<[UInt8]>) -> [UInt8] {
      for entry in entries {
        version += 1
        hash = DirectoryChain.hash(of: entry, version: version, after: hash)
      }
      return DirectoryChain.sign(hash, key: Samples.secretKey) ?? []
    }
    try refusing {
      let reply = EnrolReply(
        device: scene.device, epoch: 5, time: 1_790_000_000_000, directory: early,
        directorySignature: signature(over: early))
      try laptop.join(
        EnrolReply(reply.bytes), address: "memory", key: scene.laptopKey, person: scene.person)
      let news = SyncReply(
        epoch: 5, time: 1_790_000_000_000, status: .complete, directoryStart: version,
        directory: Array(late), directorySignature: signature(over: late))
      _ = try laptop.absorb(SyncReply(news.bytes), isNewOffice: false)
    }
    let standing = try laptop.standing()
    for form in standing.forms.values { _ = FormChecker(form: form, today: 20_000) }
    _ = standing.villages.find("desa")
    try refusing {
      _ = try laptop.save(
        Edit(
          form: 1, village: TinySurvey.villages[0], record: nil, person: scene.person,
          wishes: [Wish(Path(field: TinySurvey.Field.name), .text("x"))]))
    }
    try promise(try laptop.verify().isClean, "a store is whole whatever its office says")
  }
}

/// A store in a file, and the mark beside it that says how much it has written.
private struct MarkedStore {
  private let folder: String
  private let surroundings: Surroundings

  init() {
    var template = Array("/tmp/kulkul-fuzz-XXXXXX".utf8CString)
    folder = mkdtemp(&template).map { String(cString: $0) } ?? "/tmp"
    var surroundings = TurnedClock(seed: 4).surroundings
    surroundings.marks = folder + "/marks"
    self.surroundings = surroundings
  }

  func open(with mark: [UInt8]) throws {
    let path = folder + "/field.db"
    let store = try Store.create(at: path, role: .standalone, surroundings: surroundings)
    let file = folder + "/marks/\(try store.ownStreams().replica).mark"
    try store.close()
    mkdir(folder + "/marks", 0o700)
    defer {
      for file in [path, path + "-wal", path + "-shm", file] { unlink(file) }
      for folder in [folder + "/marks", folder] { rmdir(folder) }
    }
    guard let handle = fopen(file, "w") else { return }
    fwrite(mark, 1, mark.count, handle)
    fclose(handle)
    let again = try Store.open(at: path, surroundings: surroundings)
    let told = mark.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let isRestored = again.twinReason == .restored
    try again.close()
    try promise(
      isRestored == (mark.count >= 8 && told > 0),
      "a mark above what was written, and nothing else, makes another replica")
  }
}
