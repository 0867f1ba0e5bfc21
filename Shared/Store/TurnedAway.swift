import Causality
import GRDB
import Model
import Wire

extension Store {
  /// Takes what a device brings to the office that was turned away: it is kept aside, unacknowledged, and
  /// nothing is lost by it.
  ///
  /// What leads to the seal of the office, or of a device that was not turned away, is none of the bearer's,
  /// and perhaps nobody else has it. It goes the way of what is in a file.
  public func takeAside(_ frames: [Frame], of device: DeviceID) throws {
    // NB: what a frame goes on from may be said by the one before it alone.
    var ends: [StreamID: Frame.Base] = [:]
    for frame in frames {
      let (voucher, isWhole) = try word(of: frame)
      switch isWhole ? voucher : nil {
      case .office?: try takeRelayed(frame, by: device)
      case .device(let writer)? where writer != device,
        .former(let writer, isRevoked: false)? where writer != device:
        if try standing().directory.device(writer)?.isRevoked == true {
          try quarantine(frame, of: writer, ground: .revoked)
        } else {
          try takeRelayed(frame, by: device)
        }
      // NB: the key was turned away, and what was sealed with it is the writer's all the same.
      case .former(let writer, isRevoked: true)?:
        try quarantine(frame, of: writer, ground: .revoked)
      default:
        ends[frame.stream] = try quarantine(
          frame, of: device, ground: .revoked, after: ends[frame.stream])
      }
    }
  }

  /// Takes in what a device brings of another's; who brings it is told nothing of what becomes of it.
  private func takeRelayed(_ frame: Frame, by device: DeviceID) throws {
    _ = try ingest(
      [frame], admission: OfficeAdmission(device: device), device: device, isProven: false,
      goesOn: true)
  }

  /// Whose word a frame comes with, and whether it is known to lead to the hash that it states.
  func word(of frame: Frame) throws -> (voucher: Voucher?, isWhole: Bool) {
    try read { db in
      (try Door(self, db).voucher(of: frame), try Road.hashes(of: frame, db: db) != nil)
    }
  }
}
