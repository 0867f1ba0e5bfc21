import Causality
import Model
import Wire

/// Decides whether a change is taken.
///
/// The office asks whether its author had the right to it; a laptop, of what comes by another road
/// than the office, whether it is authentic. What the office sends a laptop takes.
protocol Admission {
  /// The same check for what another device brought.
  func of(_ device: DeviceID) -> any Admission
  /// Whether a frame of a stream may wait for what it needs, before its changes can be judged.
  func mayWait(_ stream: StreamID, door: Door) throws -> Bool

  /// Why the change, the next of a stream, is not taken, or `nil`.
  func ground(
    against change: Change, after stream: StreamRow, door: Door
  ) throws -> Refusal.Ground?

  /// The same check for a change some of whose names are void, and say nothing here.
  func ignoring(_ void: Set<Name>) -> any Admission
  /// The same check for changes of a branch, which get dots of the office's.
  func ofBranch() -> any Admission
}

extension Admission {
  func ignoring(_ void: Set<Name>) -> any Admission { self }
  func ofBranch() -> any Admission { self }
}
