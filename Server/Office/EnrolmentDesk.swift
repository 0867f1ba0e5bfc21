import Bytes
import Crypto
import Model
import Store
import Synchronization
import Wire

/// Where laptops come in: a one-time code against a device number and the directory.
///
/// Codes are short enough to be read over a telephone, so guessing is slowed: after twenty wrong
/// ones within a minute the desk is closed for the rest of it.
public final class EnrolmentDesk: Sendable {
  private let store: Store
  private let tries = Mutex(Tries())

  private struct Tries {
    var minute: Int64 = 0
    var wrong = 0
  }

  private static let wrongLimit = 20

  /// Makes a desk over the office's store.
  public init(store: Store) {
    self.store = store
  }

  /// Answers a request to join.
  ///
  /// - Throws: ``Problem`` if it is turned away.
  public func answer(_ bytes: [UInt8]) throws -> [UInt8] {
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
    let minute = store.surroundings.wall() / 60_000
    let isClosed = tries.withLock { tries in
      if tries.minute != minute { tries = Tries(minute: minute) }
      return tries.wrong >= Self.wrongLimit
    }
    if isClosed { throw Problem.tooManyTries }
    switch try store.enrol(request) {
    case .failure(.badCode):
      tries.withLock { $0.wrong += 1 }
      throw Problem.badCode
    case .failure(.foreignReplica): throw Problem.foreignReplica
    case .success(let device):
      let now = try store.standing()
      return EnrolReply(
        device: device, epoch: now.epoch, time: store.surroundings.wall(),
        directory: now.directory.entries.map(\.bytes)
      ).bytes
    }
  }
}
