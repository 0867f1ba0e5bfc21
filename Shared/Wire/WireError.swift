import Bytes
import Causality

/// What is wrong with something that came over the wire or from a file.
public enum WireError: Error, Hashable, Sendable {
  /// It is not one of Kulkul's formats.
  case foreign
  /// It was written by a version that this one does not read.
  case newer(version: Int)
  /// It is cut, or its bytes were changed.
  case damaged
  /// A part breaks the format.
  case malformed(ByteError)
  /// A frame's changes do not lead from the hash before it to the hash it states.
  case brokenChain(StreamID, first: UInt64)
}
