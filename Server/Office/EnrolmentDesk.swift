import Bytes
import Crypto
import Model
import Store
import Wire

/// Where laptops come in: a one-time code against a device number and the directory.
///
/// Guessing is slowed by ``WrongTries``, address by address.
public final class EnrolmentDesk: Sendable {
  private let store: Store
  private let tries = WrongTries()

  /// Makes a desk over the office's store.
  public init(store: Store) {
    self.store = store
  }

  /// Answers a request to join.
  ///
  /// - Parameter peer: from where it came; whoever asks from one address shares its tries.
  /// - Throws: ``Problem`` if it is turned away.
  public func answer(_ bytes: [UInt8], from peer: String = "") throws -> [UInt8] {
    let request: EnrolRequest
    do {
      request = try EnrolRequest(bytes)
    } catch .newer {
      throw Problem.newerVersion
    } catch {
      throw Problem.malformed
    }
    guard request.key.count == 32 else { throw Problem.malformed }
    let standing = try store.standing()
    guard let survey = standing.survey else { throw Problem.internalFault }
    guard request.preset.isEmpty || request.preset == survey.preset else {
      throw Problem.otherPreset
    }
    guard request.survey == 0 || request.survey == survey.id else { throw Problem.otherSurvey }
    guard tries.begin(peer, at: store.surroundings.wall()) else { throw Problem.tooManyTries }
    let outcome: Result<DeviceID, Store.EnrolFailure>
    do {
      outcome = try store.enrol(request)
    } catch StoreError.unheard {
      tries.forgive(peer)
      throw Problem.waitsForLaptops
    }
    switch outcome {
    case .failure(.badCode): throw Problem.badCode
    case .failure(let failure):
      tries.forgive(peer)
      throw failure == .otherDevice ? Problem.otherDevice : .foreignReplica
    case .success(let device):
      tries.forgive(peer)
      let now = try store.standing()
      return EnrolReply(
        device: device, epoch: now.epoch, time: store.surroundings.statedTime(),
        directory: now.directory.entries.map(\.bytes),
        directorySignature: try store.directorySignature()
      ).bytes
    }
  }
}
