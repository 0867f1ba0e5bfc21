import CZstd

/// What `zstd -3` makes of text, to hold the wire's bytes against.
enum Packed {
  static func size(_ text: String) -> Int { size(Array(text.utf8)) }

  static func size(_ bytes: [UInt8]) -> Int {
    let bound = ZSTD_compressBound(bytes.count)
    return [UInt8](unsafeUninitializedCapacity: bound) { buffer, count in
      count = ZSTD_compress(buffer.baseAddress, bound, bytes, bytes.count, 3)
    }.count
  }
}
