import Bytes
import Causality
import Crypto
import Model
import Office
import Reading
import Store
import Sync
import Wire
import Workload

/// What a sync carried.
public struct Carried: Sendable {
  /// Round trips.
  public var rounds = 0
  /// Bytes of the requests' bodies.
  public var up = 0
  /// Bytes of the replies' bodies.
  public var down = 0
  /// What the office took.
  public var office = Took()
  /// Changes that came.
  public var received = 0
}

/// A laptop of the workload: a store, and who works at it.
public final class BenchLaptop {
  /// The laptop's store.
  public let store: Store
  let person: PersonID
  let key: Curve25519.Signing.PrivateKey
  /// How often a request was to be another one.
  private var turns = 0

  init(store: Store, person: PersonID, key: Curve25519.Signing.PrivateKey) {
    self.store = store
    self.person = person
    self.key = key
  }

  // MARK: Writing

  /// New records as edits that can be saved.
  func creations(
    _ indices: some Sequence<Int>, of terms: Denpasar.Terms = .denpasar
  ) -> [Edit] {
    indices.map { index in
      let values = Denpasar.record(index, of: terms)
      return Edit(
        form: 1, village: BenchOffice.villages[index % Denpasar.villages], record: nil,
        person: person, wishes: values.enumerated().map { Self.wish($0.offset, $0.element) })
    }
  }

  /// Edits of records as they are shown now.
  func edits(
    _ changes: [(record: RecordID, changes: [(field: Int, value: Denpasar.Value)])]
  ) throws -> [Edit] {
    let shown = try store.show(changes.map { ($0.record, 1) }, to: person)
    return zip(shown, changes).map { shown, change in
      Edit(
        form: 1, village: shown.village, record: shown.record, person: person, view: shown.state,
        wishes: change.changes.map { Self.wish($0.field, $0.value) })
    }
  }

  static func path(_ field: Int) -> Path { Path(field: FieldID(UInt32(16 + field))) }

  private static func wish(_ field: Int, _ value: Denpasar.Value) -> Wish {
    Wish(path(field), answer(value))
  }

  static func answer(_ value: Denpasar.Value) -> Answer {
    switch value {
    case .text(let text): .text(Text(text))
    case .integer(let number): .whole(number)
    case .real(let millionths): .number(Decimal(unscaled: millionths, scale: 6) ?? .zero)
    }
  }

  // MARK: Syncing

  /// Syncs with an office in this process.
  ///
  /// - Parameters:
  ///   - isAnew: whether the requests are to differ from those before, whatever they say. An office
  ///     remembers the signatures that it has checked, so what is to be checked anew must not be the
  ///     same bytes: it asks for a byte less of changes, which makes no other difference.
  ///   - hear: is told each reply.
  @discardableResult
  func sync(
    with office: BenchOffice, isAnew: Bool = false, hear: ([UInt8]) -> Void = { _ in }
  ) throws -> Carried {
    if isAnew { turns += 1 }
    var carried = Carried()
    var session = SyncSession()
    var step = session.start()
    while true {
      switch step {
      case .gather(let budget, let refused, let handsIn):
        step = session.gathered(
          try store.syncMaterial(budget: budget, without: refused, handsIn: handsIn))
      case .send(let request):
        var request = request
        request.budget -= turns
        let bytes = request.bytes
        let proof = try proof(of: bytes)
        var reply: [UInt8] = []
        try carried.office.add {
          reply = try office.desk.round(bytes, proof: proof).reply
        }
        carried.rounds += 1
        carried.up += bytes.count
        carried.down += reply.count
        hear(reply)
        step = session.received(try SyncReply(reply))
      case .absorb(let reply, let isNewOffice):
        let outcome = try store.absorb(reply, isNewOffice: isNewOffice)
        carried.received += outcome.received
        step = session.absorbed(outcome)
      case .handBack: throw BenchError.unexpected("the office lost its directory")
      case .finished(let summary):
        guard summary.isAllSent, summary.waiting == 0 else {
          throw BenchError.unexpected("a sync left something over: \(summary)")
        }
        return carried
      }
    }
  }

  /// The next request, as it would go out.
  func request() throws -> [UInt8] { try nextRequest().bytes }

  /// The same, before it is bytes.
  func nextRequest() throws -> SyncRequest {
    var session = SyncSession()
    guard case .gather(let budget, let refused, let handsIn) = session.start(),
      case .send(let request) = session.gathered(
        try store.syncMaterial(budget: budget, without: refused, handsIn: handsIn))
    else { throw BenchError.unexpected("a session that does not begin") }
    return request
  }

  func proof(of bytes: [UInt8]) throws -> Proof {
    try Self.proof(of: bytes, by: try store.standing().device, key)
  }

  static func proof(
    of bytes: [UInt8], by device: DeviceID, _ key: Curve25519.Signing.PrivateKey
  ) throws -> Proof {
    Proof(device: device, signature: Array(try key.signature(for: Proof.signed(bytes))))
  }
}
