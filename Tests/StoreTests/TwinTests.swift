import Causality
import Glibc
import Model
import Reading
import TestSupport
import Testing
import Worlds

@testable import Store

/// A store whose file is a copy, or an older state of itself, goes on as another replica.
@Suite struct `A store and its twin` {
  private let folder: TemporaryFolder
  private let clock = TurnedClock(seed: 5)

  init() throws {
    folder = try TemporaryFolder()
  }

  private var surroundings: Surroundings {
    var surroundings = clock.surroundings
    surroundings.machine = { "machine" }
    surroundings.marks = folder.path("state/kulkul")
    return surroundings
  }

  private func make(_ name: String) throws -> Store {
    let store = try Store.create(
      at: folder.path(name), role: .standalone, surroundings: surroundings)
    try store.extendDirectory(TinySurvey.founding())
    return store
  }

  private func add(to store: Store) throws {
    let person = try #require(PersonID("wayan"))
    _ = try store.save(
      Edit(
        form: 1, village: TinySurvey.villages[0], record: nil, person: person,
        wishes: [Wish(Path(field: TinySurvey.Field.name), .text("batik"))]))
  }

  private func copy(_ from: String, over to: String) throws {
    let source = open(folder.path(from), O_RDONLY)
    let target = open(folder.path(to), O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    try #require(source >= 0 && target >= 0)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = read(source, &buffer, buffer.count)
      if count <= 0 { break }
      try #require(write(target, buffer, count) == count)
    }
    close(source)
    close(target)
  }

  @Test func `A note that comes late does not take back how much was written`() throws {
    let store = try make("a.db")
    for _ in 0..<2 { try add(to: store) }
    let replica = try store.standing().replica
    try store.close()
    try copy("a.db", over: "old.db")
    let again = try Store.open(at: folder.path("a.db"), surroundings: surroundings)
    try add(to: again)
    // Of two processes that saved the first is the last to note it.
    again.raiseMark(WriterMark(replica: replica, count: 2))
    try again.close()
    try copy("old.db", over: "a.db")
    let restored = try Store.open(at: folder.path("a.db"), surroundings: surroundings)
    #expect(try restored.standing().replica != replica)
  }

  @Test func `How much was written is noted in the file that lies there now`() throws {
    let store = try make("a.db")
    for _ in 0..<2 { try add(to: store) }
    let mark = "state/kulkul/\(try store.standing().replica).mark"
    // Whoever puts a folder back puts other files there, beside a process that goes on.
    try copy(mark, over: "put.back")
    try #require(rename(folder.path("put.back"), folder.path(mark)) == 0)
    try add(to: store)
    #expect(try folder.bytes(folder.path(mark)).last == 3)
    try #require(unlink(folder.path(mark)) == 0)
    try add(to: store)
    #expect(try folder.bytes(folder.path(mark)).last == 4)
  }

  @Test func `The same file is opened again as the same replica`() throws {
    let store = try make("a.db")
    try add(to: store)
    let replica = try store.standing().replica
    try store.close()
    let again = try Store.open(at: folder.path("a.db"), surroundings: surroundings)
    #expect(again.twinReason == nil)
    #expect(try again.standing().replica == replica)
  }

  @Test func `A copied file goes on as another replica, and what it holds stays`() throws {
    let store = try make("a.db")
    try add(to: store)
    let replica = try store.standing().replica
    try store.close()
    try copy("a.db", over: "b.db")
    let twin = try Store.open(at: folder.path("b.db"), surroundings: surroundings)
    #expect(twin.twinReason == .copied)
    #expect(try twin.standing().replica != replica)
    #expect(try twin.vector(of: TinySurvey.villages[0]).count(of: replica) == 1)
    try add(to: twin)
    #expect(try twin.verify().isClean)
    try twin.close()
    let again = try Store.open(at: folder.path("b.db"), surroundings: surroundings)
    #expect(again.twinReason == nil)
  }

  @Test func `The same file on another machine goes on as another replica`() throws {
    let store = try make("a.db")
    try store.close()
    var elsewhere = surroundings
    elsewhere.machine = { "another" }
    #expect(
      try Store.open(at: folder.path("a.db"), surroundings: elsewhere).twinReason == .copied)
  }

  @Test func `An older file that is put back goes on as another replica`() throws {
    let store = try make("a.db")
    try add(to: store)
    try store.close()
    try copy("a.db", over: "old.db")
    let later = try Store.open(at: folder.path("a.db"), surroundings: surroundings)
    try add(to: later)
    let replica = try later.standing().replica
    try later.close()
    try copy("old.db", over: "a.db")
    let restored = try Store.open(at: folder.path("a.db"), surroundings: surroundings)
    #expect(restored.twinReason == .restored)
    #expect(try restored.standing().replica != replica)
    #expect(try restored.vector(of: TinySurvey.villages[0]).count(of: replica) == 1)
  }

  @Test func `A mark that a power cut lost says too little, and nothing happens`() throws {
    let store = try make("a.db")
    try add(to: store)
    let replica = try store.standing().replica
    try store.close()
    unlink(folder.path("state/kulkul/\(replica).mark"))
    let again = try Store.open(at: folder.path("a.db"), surroundings: surroundings)
    #expect(again.twinReason == nil)
  }
}
