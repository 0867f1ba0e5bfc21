import Bytes
import Causality
import Crypto
import Forms
import Model
import Reading
import Store
import Testing
import Wire

/// A laptop in memory that says what it has to say in bytes.
struct TestLaptop {
  let store: Store
  let key = Curve25519.Signing.PrivateKey()
  private(set) var device = DeviceID.standalone

  init() throws {
    store = try Store.create(at: nil, role: .standalone)
  }

  func enrolment(code: String) throws -> [UInt8] {
    let (replica, streams) = try store.ownStreams()
    return EnrolRequest(
      code: code, key: Array(key.publicKey.rawRepresentation),
      preset: try store.standing().survey?.preset ?? "", replica: replica, streams: streams,
      birthmark: try store.birthmark()
    ).bytes
  }

  mutating func join(_ reply: EnrolReply) throws {
    device = reply.device
    try store.join(
      reply, address: "http://office", key: Array(key.rawRepresentation),
      person: PersonID("wayan"))
  }

  /// Saves a new record with a name.
  func add(_ name: String) throws {
    let form = try #require(try store.standing().forms[1])
    let question = try #require(form.question(named: "nama_usaha"))
    let register = try #require(form.register(of: question))
    _ = try store.save(
      Edit(
        form: 1, village: try #require(VillageCode("51.71.01.1005")), record: nil,
        person: try #require(PersonID("wayan")),
        wishes: [Wish(register.path(), .text(Text(name)))]))
  }

  /// The header that proves who sends a body.
  func proof(of body: [UInt8], device: DeviceID? = nil) throws -> String {
    Proof(
      device: device ?? self.device, signature: Array(try key.signature(for: Proof.signed(body)))
    ).header
  }
}
