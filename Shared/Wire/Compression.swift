import Bytes
import CZstd

/// zstd, with a bound on what comes out.
enum Compression {
  /// Compresses; level 3 is where the workload's ratio stops paying for the time.
  static func compress(_ bytes: [UInt8], level: Int32 = 3) -> [UInt8] {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      let written = bytes.withUnsafeBytes { source in
        ZSTD_compress(buffer.baseAddress, bound, source.baseAddress, source.count, level)
      }
      precondition(ZSTD_isError(written) == 0, "BUG: the bound of the compressor was too small")
      count = written
    }
  }

  /// Decompresses what must come out as exactly `length` bytes.
  static func decompress(_ bytes: [UInt8], length: Int) throws(WireError) -> [UInt8] {
    var failed = false
    let output = [UInt8](unsafeUninitializedCapacity: length) { buffer, count in
      let written = bytes.withUnsafeBytes { source in
        ZSTD_decompress(buffer.baseAddress, length, source.baseAddress, source.count)
      }
      failed = ZSTD_isError(written) != 0 || written != length
      count = failed ? 0 : written
    }
    if failed { throw .damaged }
    return output
  }
}
