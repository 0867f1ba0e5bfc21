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
    var (outcome, news) = try write { db in
      var ingest = try Ingest(
        self, db, admission: admission, device: device, isProven: isProven)
      try ingest.take(frame)
      return (ingest.outcome, ingest.news)
    }
    try wake(after: &news, admission: admission, device: device, into: &outcome)
    outcome.waiting = try waitingCount()
    return outcome
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
        var outcome = IngestOutcome()
        outcome.refusals = [
          Refusal(stream: frame.stream, counter: frame.first, ground: .malformed)
        ]
        if admission != nil, try Meta.text(db, .role) == StoreRole.office.rawValue {
          try Quarantine.keep(
            frame, of: room.device ?? .standalone, ground: .malformed, now: surroundings.wall(), db)
        }
        return (outcome, Inbox.News(), device)
      }
    }
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
    try read { db in try db.first("SELECT count(*) FROM inbox") { Int($0.integer(0)) } ?? 0 }
  }
}
