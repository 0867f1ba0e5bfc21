import Bytes
import Causality
import Dispatch
import Model
import Reading
import Sync
import Synchronization
import Testing
import Wire
import Worlds

@testable import Store

@Suite struct `What is said at once is of one moment` {
  /// Whether the test has seen enough.
  private final class End: Sendable {
    let isOver = Atomic(false)
  }

  /// Does something again and again on a thread of its own, while a test looks.
  private func meanwhile(
    _ work: @escaping @Sendable () throws -> Void, _ look: () throws -> Void
  ) throws {
    let end = End()
    let group = DispatchGroup()
    DispatchQueue(label: "meanwhile").async(group: group) {
      do {
        while !end.isOver.load(ordering: .relaxed) { try work() }
      } catch {
        Issue.record(error)
      }
    }
    defer {
      end.isOver.store(true, ordering: .relaxed)
      group.wait()
    }
    try look()
  }

  @Test func `A laptop's request, while another process saves`() throws {
    let folder = try TemporaryFolder()
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    let person = try #require(PersonID("wayan"))
    let edit = Edit(
      form: 1, village: At.renon, record: nil, person: person,
      wishes: [Wish(At.name, .text("A"))])
    let other = try Store.open(at: folder.file)
    try meanwhile({ _ = try other.save(edit) }) {
      var last: UInt64 = 0
      while last < 60 {
        let material = try laptop.store.syncMaterial(budget: .max)
        let held = material.held.first?.vector.total ?? 0
        last = material.frames.last?.lastCounter ?? 0
        #expect(held == last && material.unsent == last)
      }
    }
  }

  @Test func `The office's reply, while others hand in`() throws {
    let folder = try TemporaryFolder()
    let store = try Store.create(at: folder.file, role: .office)
    try store.extendDirectory(TinySurvey.founding())
    let wayan = try #require(PersonID("wayan"))
    let (device, giver) = (DeviceID(1), DeviceID(2))
    let person = Person(id: wayan, name: "Wayan", role: .surveyor, scope: .all)
    try store.extendDirectory([
      .person(person),
      .device(Device(id: device, name: "a", key: [], people: [wayan])),
      .device(Device(id: giver, name: "b", key: [], people: [wayan])),
    ])
    let version = try store.standing().directory.version
    let forger = Mutex(Forger(At.renon))
    let content = ChangeContent.forged(
      by: wayan, on: giver, directory: version,
      [PlacedAnswer(path: At.name, answer: .text("A"))])
    let request = DeliveryRequest(
      device: device, held: [:], asked: [], isComplete: true, directory: 0, budget: .max)
    try meanwhile({
      let frame = forger.withLock { $0.frame([content]) }
      _ = try store.ingest(frame, from: giver)
    }) {
      var last: UInt64 = 0
      while last < 60 {
        let delivery = try store.delivery(request)
        last = delivery.frames.last?.lastCounter ?? 0
        let acknowledged = delivery.acknowledged.first { $0.village == At.renon }
        #expect(acknowledged?.vector.total ?? 0 == last)
      }
    }
  }
}
