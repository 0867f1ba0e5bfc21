import Model
import Store
import Sync
import Testing
import Wire
import Worlds

/// The laptop's side of a sync alone.
@Suite struct `A session` {
  private func material() throws -> SyncMaterial {
    let laptop = try TestLaptop(seed: 1)
    let wayan = try #require(PersonID("wayan"))
    _ = try laptop.add(wayan, in: At.renon, [At.name: .text("satu")])
    var material = try laptop.store.syncMaterial(budget: 1 << 20)
    material.epoch = 3
    material.directory = 12
    material.directoryTag = 99
    return material
  }

  private func request(_ step: SyncSession.Step) throws -> SyncRequest {
    guard case .send(let request) = step else { throw Unexpected.step }
    return request
  }

  private enum Unexpected: Error {
    case step
  }

  /// An office that is put back in the middle of a session has less of the directory again, and would judge
  /// what it gets by that.
  @Test func `Who asked for the whole directory says in the next request what came of it`() throws {
    var session = SyncSession()
    _ = session.start()
    #expect(try request(session.gathered(try material())).directory == 12)
    _ = session.received(SyncReply(epoch: 3, time: 0, status: .tellDirectory))
    _ = session.handedBack(isTaken: false)
    let whole = try request(session.gathered(try material()))
    #expect(whole.directory == 0)
    #expect(whole.directoryTag == 0)
    #expect(whole.frames.isEmpty)
    _ = session.received(SyncReply(epoch: 3, time: 0, status: .more))
    _ = session.absorbed(Absorbed(received: 1, unsent: 0, waiting: 0))
    let next = try request(session.gathered(try material()))
    #expect(next.directory == 12)
    #expect(next.directoryTag == 99)
    #expect(next.frames.count == 1)
  }

  /// An office that has another epoch by now asks for all first, and says nothing of the directory with that.
  @Test func `Who is told to tell all asks for the whole directory again`() throws {
    var session = SyncSession()
    _ = session.start()
    _ = session.gathered(try material())
    _ = session.received(SyncReply(epoch: 4, time: 0, status: .tellDirectory))
    _ = session.handedBack(isTaken: false)
    #expect(try request(session.gathered(try material())).directory == 0)
    _ = session.received(SyncReply(epoch: 4, time: 0, status: .tellAll))
    _ = session.absorbed(Absorbed(received: 0, unsent: 1, waiting: 0))
    let next = try request(session.gathered(try material()))
    #expect(next.directory == 0)
    #expect(next.isComplete)
  }

  /// What waits here is others' word, and whether the office takes it says nothing of the laptop's own.
  @Test(arguments: [false, true], [false, true])
  func `What is refused of what waits here keeps nothing back`(
    isOwn: Bool, isWaiting: Bool
  ) throws {
    var material = try material()
    let plain = try #require(material.frames.first)
    // What a store that was put back wrote once waits there too, and is its own.
    let signer = DeviceID(material.device.number + (isOwn ? 0 : 1))
    let frame = Frame(
      stream: plain.stream, first: plain.first, previous: plain.previous, last: plain.last,
      secret: plain.secret, seal: Seal(signer: signer, signature: Array(repeating: 7, count: 64)),
      contents: plain.contents)
    let isOwn = isOwn || !isWaiting
    (material.frames, material.waiting) = isWaiting ? ([], [frame]) : ([frame], [])
    var session = SyncSession()
    _ = session.start()
    let request = try request(session.gathered(material))
    #expect(request.frames == [frame])
    #expect(request.unsent == (isWaiting ? 1 : 0), "what waits is not counted")
    var reply = SyncReply(epoch: 3, time: 0, status: .more)
    reply.refusals = [
      Refusal(stream: frame.stream, counter: frame.first, ground: .foreignDevice)
    ]
    _ = session.received(reply)
    let step = session.absorbed(Absorbed(received: 1, unsent: 0, waiting: 1))
    guard case .gather(_, let refused, _) = step else { throw Unexpected.step }
    #expect(refused == (isOwn ? [frame.stream] : []))
    _ = session.gathered(material)
    _ = session.received(SyncReply(epoch: 3, time: 0, status: .complete))
    guard
      case .finished(let summary) = session.absorbed(
        Absorbed(received: 0, unsent: 0, waiting: 1))
    else { throw Unexpected.step }
    #expect(summary.refusals.isEmpty == !isOwn)
  }

  /// It may wait on at the office, however many rounds the session has.
  @Test func `What waits is handed in once, and again where the office is told all`() throws {
    var session = SyncSession()
    var step = session.start()
    var handsIn: [Bool] = []
    for (status, epoch) in [
      (SyncStatus.more, 3), (.more, 3), (.tellAll, 3), (.more, 3), (.more, 4), (.more, 4),
    ] as [(SyncStatus, UInt64)] {
      guard case .gather(_, _, let isAsked) = step else { throw Unexpected.step }
      handsIn.append(isAsked)
      var material = try material()
      material.epoch = handsIn.count > 5 ? 4 : 3
      _ = session.gathered(material)
      _ = session.received(SyncReply(epoch: epoch, time: 0, status: status))
      step = session.absorbed(Absorbed(received: 1, unsent: 1, waiting: 0))
    }
    #expect(handsIn == [true, false, false, true, false, true])
  }

  /// What the laptop wrote itself may fill a round, or be held back while the whole directory is asked for.
  @Test(arguments: [false, true])
  func `What waits has its turn when there is room for it`(startsOver: Bool) throws {
    var session = SyncSession()
    _ = session.start()
    var full = try material()
    full.isHandedIn = startsOver
    _ = session.gathered(full)
    if startsOver {
      _ = session.received(SyncReply(epoch: 3, time: 0, status: .tellDirectory))
      _ = session.handedBack(isTaken: false)
      // Without changes, for the whole directory.
      _ = session.gathered(full)
      _ = session.received(SyncReply(epoch: 3, time: 0, status: .more))
      guard
        case .gather(_, _, let isAsked) = session.absorbed(
          Absorbed(received: 1, unsent: 1, waiting: 0))
      else { throw Unexpected.step }
      #expect(isAsked, "nothing of the request was taken")
    } else {
      _ = session.received(SyncReply(epoch: 3, time: 0, status: .more))
      guard
        case .gather(_, _, let isAsked) = session.absorbed(
          Absorbed(received: 1, unsent: 1, waiting: 0))
      else { throw Unexpected.step }
      #expect(isAsked)
    }
  }

  @Test func `A session is not over before what waits has had its turn`() throws {
    var session = SyncSession()
    _ = session.start()
    for hasTurn in [false, true] {
      var material = try material()
      material.isHandedIn = hasTurn
      _ = session.gathered(material)
      _ = session.received(SyncReply(epoch: 3, time: 0, status: .complete))
      let step = session.absorbed(Absorbed(received: 0, unsent: 0, waiting: 1))
      guard case .gather(_, _, let isAsked) = step else {
        #expect(hasTurn)
        continue
      }
      #expect(!hasTurn && isAsked)
    }
  }

  /// It was acknowledged once, and what the office was asked about again was not lost there.
  @Test func `What is brought back to an office that lost it was sent`() throws {
    var session = SyncSession()
    _ = session.start()
    var material = try material()
    let frames = material.frames
    (material.frames, material.unsent) = ([], 0)
    _ = session.gathered(material)
    _ = session.received(SyncReply(epoch: 4, time: 0, status: .tellAll))
    _ = session.absorbed(Absorbed(received: 0, unsent: 3, waiting: 0))
    (material.frames, material.unsent, material.epoch) = (frames, 3, 4)
    _ = session.gathered(material)
    _ = session.received(SyncReply(epoch: 4, time: 0, status: .complete))
    guard
      case .finished(let summary) = session.absorbed(
        Absorbed(received: 0, unsent: 0, waiting: 0))
    else { throw Unexpected.step }
    #expect(frames.map(\.contents.count) == [1] && summary.sent == 1)
  }
}
