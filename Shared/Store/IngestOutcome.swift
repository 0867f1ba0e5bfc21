import Model
import Wire

/// What became of a frame.
public struct IngestOutcome: Sendable {
  /// How many changes were applied that were not held before, those from the inbox included.
  public var applied = 0
  /// The changes that wait for what they name.
  public var waiting = 0
  /// The first change that was not taken, and why.
  public var refusals: [Refusal] = []
  /// Branches whose changes are at the office now, under dots of its own.
  public var branches: [BranchTaken] = []
  /// How many changes were taken in and reverted, because others hold them and the office refuses
  /// them.
  public var reverted = 0

  /// Makes the outcome of a frame that brought nothing.
  public init() {}

  /// Adds another frame's outcome.
  public mutating func add(_ other: IngestOutcome) {
    applied += other.applied
    waiting = other.waiting
    refusals += other.refusals
    branches += other.branches
    reverted += other.reverted
  }
}
