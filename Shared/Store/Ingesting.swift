import GRDB
import Model
import Wire

extension Store {
  /// Takes a frame in, in one transaction: whatever arrived stays, whatever is repeated is ignored,
  /// and what came too early waits in the inbox.
  public func ingest(_ frame: Frame) throws -> IngestOutcome {
    try ingest(frame, admission: nil, device: .standalone)
  }

  func ingest(
    _ frame: Frame, admission: (any Admission)?, device: DeviceID, isProven: Bool = true
  ) throws -> IngestOutcome {
    try ingest([frame], admission: admission, device: device, isProven: isProven)
  }

  /// Takes frames in, one after the other, each as if it had a transaction of its own.
  ///
  /// To begin and to end a transaction costs as much as to take a short frame in, and what comes to many
  /// streams at once comes in short frames. So many of them share one. If that fails, nothing of it was
  /// written, and each of its frames is taken by itself, so what one of them breaks is its own. A frame that
  /// others waited for is the last of its transaction: they are tried before whatever follows.
  ///
  /// - Parameter goesOn: whether a frame that cannot be kept is refused, and does not stop the others.
  func ingest(
    _ frames: [Frame], admission: (any Admission)?, device: DeviceID, isProven: Bool = true,
    goesOn: Bool = false
  ) throws -> IngestOutcome {
    var outcome = IngestOutcome()
    var next = 0
    var singly = 0
    while next < frames.count {
      let end = next < singly ? next + 1 : Self.end(ofBatchAt: next, in: frames)
      var taken: Batch
      do {
        taken = try take(frames[next..<end], admission, device, isProven: isProven)
      } catch {
        // NB: a disk that fails says nothing of a frame, and somebody must hear of it.
        switch error {
        case StoreError.busy, StoreError.disk: throw error
        default: break
        }
        if end - next > 1 {
          // Ignored because whatever it was comes again with the frame that it is of.
          singly = end
          continue
        }
        guard goesOn, Self.isUnkept(error) else { throw error }
        taken = Batch(count: 1, waiting: try waitingCount())
        taken.outcome = try write { db in
          // NB: it was found to lead to its seal before anything of it was too large.
          let writer = try Door(self, db).voucher(of: frames[next])?.device
          return try putAway(
            frames[next], of: writer ?? (isProven ? device : .standalone),
            isOffice: admission != nil, db)
        }
      }
      next += taken.count
      outcome.add(taken.outcome)
      outcome.waiting = taken.waiting
      if taken.isAwaited {
        try wake(after: &taken.news, admission: admission, device: device, into: &outcome)
        outcome.waiting = try waitingCount()
      }
    }
    return outcome
  }

  /// Whether what came is more than can be kept.
  private static func isUnkept(_ error: any Error) -> Bool {
    switch error {
    case StoreError.tooLarge, StoreError.tooManyPlaces: true
    default: false
    }
  }

  /// The most frames in one transaction; they have no more bytes of contents than one may have.
  private static let batchLimit = 64

  /// Where the frames end that are taken in with the one at an index.
  private static func end(ofBatchAt start: Int, in frames: [Frame]) -> Int {
    var end = start
    var size = 0
    while end < frames.count, end - start < batchLimit {
      size += frames[end].size
      if end > start, size > Frame.contentTarget { break }
      end += 1
    }
    return end
  }

  /// What came of the frames of one transaction.
  private struct Batch {
    var outcome = IngestOutcome()
    var news = Inbox.News()
    /// How many frames were taken.
    var count = 0
    /// Whether something in the inbox waited for the last of them.
    var isAwaited = false
    /// How many frames wait after them.
    var waiting: Int
  }

  /// Takes frames in, in one transaction, up to the first that something waited for.
  private func take(
    _ frames: ArraySlice<Frame>, _ admission: (any Admission)?, _ device: DeviceID, isProven: Bool
  ) throws -> Batch {
    try write { db in
      var batch = Batch(waiting: 0)
      for frame in frames {
        var ingest = try Ingest(
          self, db, admission: admission, device: device, isProven: isProven)
        try ingest.take(frame)
        batch.outcome.add(ingest.outcome)
        batch.count += 1
        batch.news = ingest.news
        batch.isAwaited = try !Inbox.ready(db, after: ingest.news).isEmpty
        // NB: what was carried or issued again is larger than what came, and has no bound in common with it.
        if batch.isAwaited || ingest.hasGrown { break }
      }
      batch.waiting = try Inbox.count(db)
      return batch
    }
  }

  /// Takes in from the inbox what waited for the news; each frame that the news concerns gets a
  /// transaction of its own, as if it had come now.
  func wake(
    after news: inout Inbox.News, admission: (any Admission)?, device: DeviceID,
    into outcome: inout IngestOutcome
  ) throws {
    while !news.isEmpty {
      let ready = try read { db in try Inbox.ready(db, after: news) }
      news = Inbox.News()
      for key in ready {
        guard let retried = try retryOrPutAway(key, admission: admission) else { continue }
        news.add(retried.news)
        outcome.add(retried.outcome)
        // Whoever brought a frame answers for it and is told, not whoever made it ready.
        if retried.device != device { outcome.refusals.removeLast(retried.outcome.refusals.count) }
      }
    }
  }

  /// Tries a frame that waited; what cannot be kept waits no more, for it would be in the way of
  /// everything that comes into its village.
  func retryOrPutAway(
    _ key: Inbox.Key, admission: (any Admission)?
  ) throws -> (outcome: IngestOutcome, news: Inbox.News, device: DeviceID)? {
    do {
      return try retry(key, admission: admission)
    } catch StoreError.tooLarge, StoreError.tooManyPlaces {
      return try write { db in
        guard let (frame, device, room) = try Inbox.frame(db, key) else { return nil }
        try Inbox.remove(db, key)
        let outcome = try putAway(
          frame, of: room.device ?? .standalone, isOffice: admission != nil, db)
        return (outcome, Inbox.News(), device)
      }
    }
  }

  /// Refuses a frame that cannot be kept, and at the office keeps it aside: whoever wrote it saved it.
  private func putAway(
    _ frame: Frame, of device: DeviceID, isOffice: Bool, _ db: Database
  ) throws -> IngestOutcome {
    var outcome = IngestOutcome()
    outcome.refusals = [Refusal(stream: frame.stream, counter: frame.first, ground: .malformed)]
    if isOffice, try Meta.text(db, .role) == StoreRole.office.rawValue {
      try Quarantine.keep(frame, of: device, ground: .malformed, now: surroundings.wall(), db)
    }
    return outcome
  }

  private func retry(
    _ key: Inbox.Key, admission: (any Admission)?
  ) throws -> (outcome: IngestOutcome, news: Inbox.News, device: DeviceID)? {
    try write { db in
      guard let (frame, device, room) = try Inbox.frame(db, key) else { return nil }
      // NB: what a laptop was handed by others waits under the device that sealed it, and is no word of
      // the office's when its turn comes in a sync.
      let isLaptop = try Meta.text(db, .role) == StoreRole.laptop.rawValue
      let isRelayed = isLaptop && admission == nil && device != .standalone
      var ingest = try Ingest(
        self, db,
        admission: isRelayed ? RelayAdmission(device: device) : admission.map { $0.of(device) },
        device: device, isProven: room == .of(device), retried: (key, room))
      try ingest.take(frame)
      if !ingest.isStillWaiting { try Inbox.remove(db, key) }
      return (ingest.outcome, ingest.news, device)
    }
  }

  /// How many frames wait for what they name.
  public func waitingCount() throws -> Int {
    try read { db in try Inbox.count(db) }
  }
}
