import Causality
import Crypto
import Forms
import Model
import Office
import Store
import Wire
import Workload

/// An office whose survey is the workload's, asked in this process: bytes in, bytes out.
public final class BenchOffice {
  /// The office's store.
  public let store: Store
  let desk: SyncDesk
  let enrolment: EnrolmentDesk

  /// The workload's villages, in its order.
  static let villages: [VillageCode] = Preset.denpasar.villages.villages.map(\.code)

  /// Makes an office in a file.
  ///
  /// - Parameter villages: the sheet of the villages; the workload's own if none is given.
  public convenience init(
    path: String?, surroundings: Surroundings, villages: String? = nil
  ) throws {
    let store = try Store.create(at: path, role: .office, surroundings: surroundings)
    try store.extendDirectory(
      Self.founding(
        villages: villages ?? Preset.denpasar.villagesSheet, key: try store.officeKey()))
    self.init(store)
  }

  /// Opens a desk over a store that is there.
  init(_ store: Store) {
    self.store = store
    desk = SyncDesk(store: store)
    enrolment = EnrolmentDesk(store: store)
  }

  /// The first entries of the directory.
  private static func founding(villages: String, key: [UInt8]) -> [DirectoryEntry] {
    let sheets = BenchForm.sheets
    return [
      .survey(
        Survey(
          id: 1, name: "bench", preset: "bench", zoneMinutes: 480, zoneName: "WITA", key: key)),
      .villages(villages),
      .form(
        id: 1, survey: sheets.survey, choices: sheets.choices, settings: sheets.settings),
    ]
  }

  /// Says where a person works.
  func assign(_ people: [PersonID], _ scope: (Int) -> Scope) throws {
    try store.extendDirectory(
      people.enumerated().map { index, person in
        .person(
          Person(
            id: person, name: person.description, role: .surveyor, scope: scope(index)))
      })
  }

  /// Lets a new laptop in.
  ///
  /// - Parameters:
  ///   - path: where its store will lie.
  ///   - address: where it will think that the office is.
  func laptop(
    for person: PersonID, path: String?, surroundings: Surroundings, address: String = "memory"
  ) throws -> BenchLaptop {
    let code = InviteCode.make(random: surroundings.random())
    _ = try store.invite(
      nil, name: person.description, people: [person], code: Array(code.utf8),
      expires: surroundings.wall() + InviteCode.lifetime)
    let laptop = try Store.create(at: path, role: .standalone, surroundings: surroundings)
    let key = Curve25519.Signing.PrivateKey()
    let (replica, streams) = try laptop.ownStreams()
    let reply = try EnrolReply(
      try enrolment.answer(
        EnrolRequest(
          code: code, key: Array(key.publicKey.rawRepresentation), preset: "", replica: replica,
          streams: streams
        ).bytes))
    try laptop.join(
      reply, address: address, key: Array(key.rawRepresentation), person: person)
    return BenchLaptop(store: laptop, person: person, key: key)
  }
}

extension BenchOffice {
  /// Takes in what a request brings, without a reply: the merging alone.
  func take(_ bytes: [UInt8], from device: DeviceID, proof: Proof) throws {
    guard let known = try store.standing().directory.device(device),
      try Curve25519.Signing.PublicKey(rawRepresentation: known.key).isValidSignature(
        proof.signature, for: Proof.signed(bytes))
    else { throw BenchError.unexpected("a request that nobody signed") }
    let request = try SyncRequest(bytes)
    guard let parcel = try store.open(request.parcel, of: device) else {
      throw BenchError.unexpected("a parcel that does not open")
    }
    let outcome = try store.ingest(request.frames + parcel, from: device)
    guard outcome.refusals.isEmpty else {
      throw BenchError.unexpected("refused: \(outcome.refusals)")
    }
  }
}
