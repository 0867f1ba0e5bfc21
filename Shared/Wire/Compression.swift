import Bytes
import CZstd
import Synchronization

/// zstd, with a bound on what comes out.
enum Compression {
  /// Compresses; level 3 is where the workload's ratio stops paying for the time.
  static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      let written = compressor.lend { context in
        bytes.withUnsafeBytes { source in
          ZSTD_compressCCtx(
            context, buffer.baseAddress, bound, source.baseAddress, source.count, level)
        }
      }
      precondition(ZSTD_isError(written) == 0, "BUG: the bound of the compressor was too small")
      count = written
    }
  }

  /// Decompresses what must come out as exactly `length` bytes.
  static func decompress(_ bytes: [UInt8], length: Int) throws(WireError) -> [UInt8] {
    var failed = false
    let output = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let written = decompressor.lend { context in
        bytes.withUnsafeBytes { source in
          ZSTD_decompressDCtx(
            context, buffer.baseAddress, length, source.baseAddress, source.count)
        }
      }
      failed = ZSTD_isError(written) != 0 || written != length
      count = failed ? 0 : written
    }
    if failed { throw .damaged }
    return output
  }

  /// At least so many bytes that come to nothing behind what was compressed: a frame that is skipped.
  static func padding(_ count: Int) -> [UInt8] {
    [0x50, 0x2a, 0x4d, 0x18] + (0..<4).map { UInt8(truncatingIfNeeded: count >> ($0 * 8)) }
      + [UInt8](repeating: 0, count: count)
  }

  private static let compressor = Workbench(make: ZSTD_createCCtx, drop: { ZSTD_freeCCtx($0) })
  private static let decompressor = Workbench(make: ZSTD_createDCtx, drop: { ZSTD_freeDCtx($0) })
}

/// The memory that zstd works in, kept from one message to the next.
///
/// It is many times as large as most messages are, and to take it from the system and give it back
/// takes longer than to compress them. Whoever comes while it is lent gets another.
private final class Workbench: Sendable {
  // NB: unsafe by type only; whoever has taken a context out has it alone.
  private struct Context: @unchecked Sendable {
    let pointer: OpaquePointer
  }

  private let idle = Mutex<Context?>(nil)
  private let make: @Sendable () -> OpaquePointer?
  private let drop: @Sendable (OpaquePointer) -> Void

  init(
    make: @escaping @Sendable () -> OpaquePointer?,
    drop: @escaping @Sendable (OpaquePointer) -> Void
  ) {
    self.make = make
    self.drop = drop
  }

  func lend(_ use: (OpaquePointer) -> Int) -> Int {
    let kept = idle.withLock { idle in
      let kept = idle
      idle = nil
      return kept
    }
    guard let pointer = kept?.pointer ?? make() else { preconditionFailure("BUG: no memory") }
    let result = use(pointer)
    let surplus = idle.withLock { idle in
      let surplus = idle
      idle = Context(pointer: pointer)
      return surplus
    }
    if let surplus { drop(surplus.pointer) }
    return result
  }
}
