import Store
import Testing
import Wire
import Worlds

/// A file on a memory stick.
final class Stick {
  var bytes: [UInt8] = []

  /// Writes a bundle of a store on it.
  @discardableResult
  func write(_ store: Store, _ request: BundleRequest = BundleRequest()) throws -> BundleWritten {
    bytes = []
    let written = try store.writeBundle(request, to: { self.bytes += $0 })
    #expect(written.size == bytes.count)
    return written
  }

  /// Writes a bundle of frames by hand, in a device's name.
  func forge(_ frames: [Frame], as header: BundleHeader) throws {
    bytes = []
    var writer = try BundleWriter(header) { self.bytes += $0 }
    for frame in frames { try writer.add(frame) }
    try writer.finish()
  }

  /// What the file says at its beginning, and its frames.
  func open() throws -> (header: BundleHeader, frames: [Frame]) {
    var reader = try BundleReader(source(of: bytes))
    var frames: [Frame] = []
    while let frame = try reader.next() { frames.append(frame) }
    return (reader.header, frames)
  }

  @discardableResult
  func read(_ store: Store) throws -> BundleRead { try store.readBundle(source(of: bytes)) }

  func look(_ store: Store) throws -> BundleContents { try store.lookIntoBundle(source(of: bytes)) }
}
