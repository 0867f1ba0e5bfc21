import Synchronization
import Wire

/// What has arrived of requests whose connections broke off, and of replies that were on their way.
///
/// A line that is cut twice a minute would never carry a request that takes three. So a laptop names
/// each request and its reply, a *passage*, by a number that nobody can guess. After a cut it asks how
/// much of the request is here, brings the rest, and says how much of the reply it has. Nothing of a
/// passage means anything before all of it is here: then it is one body with one proof, as ever.
///
/// What is kept is bounded, the oldest goes first, and a restart forgets all of it. Whoever finds
/// nothing begins at the first byte.
final class Passages: Sendable {
  /// A passage that is not here, or not as far as its laptop thinks.
  struct Missing: Error {}

  private struct Entry {
    var number: Int
    var total: Int
    /// The connection that brings it counts on; an older one that was cut unnoticed brings nothing more.
    var bearer = 0
    /// Whether that connection is there, for all that is known here.
    var isBorne = true
    var request: [UInt8] = []
    var isWorkedOn = false
    var reply: [UInt8]?
    var touched: ContinuousClock.Instant

    var size: Int { request.count + (reply?.count ?? 0) }
  }

  private struct State {
    var entries: [String: Entry] = [:]
    var size = 0
  }

  private let room: Int
  private let age: Duration
  private let clock = ContinuousClock()
  private let state = Mutex(State())

  /// Makes room for passages.
  ///
  /// - Parameters:
  ///   - room: how many bytes are kept.
  ///   - age: how long a passage is kept of which nothing more comes.
  init(room: Int, age: Duration) {
    self.room = room
    self.age = age
  }

  /// How much of a passage's request is here, once the connection that brought it has ended, or after a
  /// moment: what had come when the line broke may still be on its way from the system to here.
  func settled(_ label: Passage) async throws -> Int {
    for _ in 0..<5 {
      let isBorne = state.withLock { $0.entries[label.session]?.isBorne ?? false }
      guard isBorne else { break }
      try await clock.sleep(for: .milliseconds(40))
    }
    return held(label)
  }

  /// Notes that the connection of a bearer has ended.
  func end(_ label: Passage, by bearer: Int) {
    state.withLock { state in
      guard state.entries[label.session]?.bearer == bearer else { return }
      state.entries[label.session]?.isBorne = false
    }
  }

  /// How much of a passage's request is here now.
  func held(_ label: Passage) -> Int {
    state.withLock { state in
      guard let entry = state.entries[label.session], entry.number == label.number,
        entry.total == label.total
      else { return 0 }
      return entry.reply == nil ? entry.request.count : entry.total
    }
  }

  /// Begins to take a passage's request, or goes on with it.
  ///
  /// - Returns: who brings it from now on.
  func begin(_ label: Passage) throws -> Int {
    try state.withLock { state in
      prune(&state)
      // A reply to a request that begins anew is another one.
      if label.start < label.total && label.received > 0 { throw Missing() }
      if label.start == 0 {
        let bearer = (state.entries[label.session]?.bearer ?? 0) + 1
        remove(label.session, &state)
        state.entries[label.session] = Entry(
          number: label.number, total: label.total, bearer: bearer, touched: clock.now)
        return bearer
      }
      guard var entry = state.entries[label.session], entry.number == label.number,
        entry.total == label.total, label.start <= entry.request.count || entry.reply != nil
      else { throw Missing() }
      entry.bearer += 1
      entry.isBorne = true
      entry.touched = clock.now
      if entry.reply == nil && !entry.isWorkedOn && label.start < entry.request.count {
        state.size -= entry.request.count - label.start
        entry.request.removeLast(entry.request.count - label.start)
      }
      state.entries[label.session] = entry
      return entry.bearer
    }
  }

  /// Takes what has come of a request; false if somebody else brings it by now, if it is more than was
  /// announced, or if there is no room for it.
  func take(_ bytes: some Collection<UInt8>, of label: Passage, by bearer: Int) -> Bool {
    state.withLock { state in
      guard add(bytes, of: label, by: bearer, &state) else { return false }
      makeRoom(&state)
      return state.entries[label.session] != nil
    }
  }

  private func add(
    _ bytes: some Collection<UInt8>, of label: Passage, by bearer: Int, _ state: inout State
  ) -> Bool {
    guard var entry = state.entries.removeValue(forKey: label.session) else { return false }
    defer { state.entries[label.session] = entry }
    guard entry.number == label.number, entry.bearer == bearer else { return false }
    entry.touched = clock.now
    // What comes again was here before: all of it.
    if entry.isWorkedOn || entry.reply != nil { return true }
    guard entry.request.count + bytes.count <= entry.total else { return false }
    entry.request.append(contentsOf: bytes)
    state.size += bytes.count
    return true
  }

  /// The whole request, for whoever is the first to have it; `nil` if it is worked on or was.
  func open(_ label: Passage) throws -> [UInt8]? {
    try state.withLock { state in
      guard let entry = state.entries[label.session], entry.number == label.number else {
        throw Missing()
      }
      if entry.isWorkedOn || entry.reply != nil { return nil }
      guard entry.request.count == label.total else { throw Missing() }
      state.entries[label.session]?.isWorkedOn = true
      return entry.request
    }
  }

  /// Keeps the reply, in the place of the request, and of that what the laptop lacks is handed out.
  func close(_ label: Passage, reply: [UInt8]) {
    state.withLock { state in
      guard var entry = state.entries[label.session], entry.number == label.number else { return }
      state.size += reply.count - entry.request.count
      entry.request = []
      entry.isWorkedOn = false
      entry.reply = reply
      entry.touched = clock.now
      state.entries[label.session] = entry
      prune(&state)
    }
  }

  /// Forgets a passage that was turned away.
  func drop(_ label: Passage) {
    state.withLock { remove(label.session, &$0) }
  }

  /// The reply, once it is there.
  func reply(_ label: Passage) async throws -> [UInt8] {
    while true {
      let found: [UInt8]? = try state.withLock { state in
        guard let entry = state.entries[label.session], entry.number == label.number,
          entry.isWorkedOn || entry.reply != nil
        else { throw Missing() }
        state.entries[label.session]?.touched = clock.now
        return entry.reply
      }
      if let found { return found }
      try await clock.sleep(for: .milliseconds(50))
    }
  }

  private func remove(_ session: String, _ state: inout State) {
    guard let entry = state.entries.removeValue(forKey: session) else { return }
    state.size -= entry.size
  }

  /// Lets go of what is old, and makes room.
  private func prune(_ state: inout State) {
    let now = clock.now
    for (session, entry) in state.entries where now - entry.touched > age && !entry.isWorkedOn {
      remove(session, &state)
    }
    makeRoom(&state)
  }

  /// Lets go of the oldest while there is too much, but of nothing that is worked on.
  private func makeRoom(_ state: inout State) {
    while state.size > room || state.entries.count > 4096 {
      // NB: where it is bytes that are too many, nothing is had of one of which none came yet.
      let least = state.entries.count > 4096 ? 0 : 1
      let some = state.entries.filter { !$0.value.isWorkedOn && $0.value.size >= least }
      let oldest = some.min { ($0.value.touched, $0.key) < ($1.value.touched, $1.key) }
      guard let oldest else { return }
      remove(oldest.key, &state)
    }
  }
}
