import Glibc

/// Files of the machine, as commands read and write them.
enum Files {
  /// The largest file that is imported, in bytes.
  static let readLimit = 256 << 20

  /// Whether there is a file.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// All bytes of a file.
  static func read(_ path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure.unreadable(path: path, reason: reason()) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure.unreadable(path: path, reason: String(cString: strerror(EISDIR)))
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Failure.unreadable(path: path, reason: reason()) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= readLimit else {
        throw Failure.fileTooLarge(path: path, limit: readLimit)
      }
    }
  }

  /// Writes a whole file, which is either there afterwards or not.
  static func write(_ bytes: [UInt8], to path: String, isPrivate: Bool) throws {
    let part = path + ".part"
    let file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, isPrivate ? 0o600 : 0o666)
    guard file >= 0 else { throw Failure.unwritable(path: path, reason: reason()) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        let reason = reason()
        close(file)
        unlink(part)
        throw Failure.unwritable(path: path, reason: reason)
      }
      rest = rest.dropFirst(count)
    }
    let isWritten = fsync(file) == 0
    close(file)
    guard isWritten, rename(part, path) == 0 else {
      let reason = reason()
      unlink(part)
      throw Failure.unwritable(path: path, reason: reason)
    }
  }

  /// Makes the folder of a file that only its owner may read, and the folders above it.
  static func makeFolder(of path: String) throws {
    let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
    var folder = path.hasPrefix("/") ? "" : "."
    for part in parts {
      folder += "/" + part
      if exists(folder) { continue }
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
        throw Failure.unwritable(path: folder, reason: reason())
      }
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
