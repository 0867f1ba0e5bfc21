import Glibc
import Store
import Wire

/// A bundle's file, read piece by piece.
struct BundleFile {
  let path: String

  /// Does something with what the file gives.
  ///
  /// - Parameter body: is given what gives at most so many of the next bytes, and none at the end,
  ///   and how many bytes there are.
  /// - Throws: `Failure.bundle` if the file, or its beginning, cannot be read.
  func read<Value>(
    _ body: (_ source: @escaping (Int) throws -> [UInt8], _ size: Int) throws -> Value
  ) throws -> Value {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure.file(path: path, reason: Self.reason) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure.file(path: path, reason: String(cString: strerror(EISDIR)))
    }
    do {
      return try body({ try some(of: file, atMost: $0) }, Int(status.st_size))
    } catch let error as BundleError {
      throw Failure.bundle(.file(path, error))
    } catch let refusal as BundleRefusal {
      throw Failure.bundle(.refused(refusal))
    }
  }

  private func some(of file: Int32, atMost most: Int) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    while true {
      let count = Glibc.read(file, &buffer, most)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Failure.file(path: path, reason: Self.reason) }
      return Array(buffer.prefix(count))
    }
  }

  private static var reason: String { String(cString: strerror(errno)) }
}
