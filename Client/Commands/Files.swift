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

  /// Refuses a path at which a file must not be written: one where something else than a plain file
  /// lies, or a database, or any file at all unless it is to be replaced.
  static func checkFree(_ path: String, replacing: Bool) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFREG else { throw Failure.notPlainFile(path: path) }
    if try isDatabase(path) { throw Failure.databaseThere(path: path) }
    if !replacing { throw Failure.fileThere(path: path) }
  }

  /// Writes a whole file that only its owner may read, which is either there afterwards or not.
  ///
  /// - Throws: as ``checkFree(_:replacing:)``; then nothing was touched.
  static func write(_ bytes: [UInt8], to path: String, replacing: Bool) throws {
    try write(to: path, replacing: replacing) { sink in try sink(bytes) }
  }

  /// Writes a file piece by piece, which is either there whole afterwards or not.
  static func write<Value>(
    to path: String, replacing: Bool, _ body: (@escaping ([UInt8]) throws -> Void) throws -> Value
  ) throws -> Value {
    try checkFree(path, replacing: replacing)
    // NB: a name of its own, so that no file of somebody else's is taken for a part of this one.
    var name = Array((path + ".XXXXXX").utf8CString)
    let file = mkstemp(&name)
    guard file >= 0, let part = String(validating: name.dropLast().map(UInt8.init), as: UTF8.self)
    else { throw Failure.unwritable(path: path, reason: reason()) }
    let value: Value
    do {
      value = try body { try put($0, into: file, path: path) }
    } catch {
      close(file)
      unlink(part)
      throw error
    }
    let isWritten = fsync(file) == 0
    close(file)
    guard isWritten, rename(part, path) == 0 else {
      let reason = reason()
      unlink(part)
      throw Failure.unwritable(path: path, reason: reason)
    }
    return value
  }

  private static func put(_ bytes: [UInt8], into file: Int32, path: String) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw Failure.unwritable(path: path, reason: reason()) }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads a file piece by piece, however long it is.
  ///
  /// - Parameter body: is given what gives at most so many of the next bytes, and none at the end,
  ///   and how many bytes there are.
  static func read<Value>(
    _ path: String,
    _ body: (_ source: @escaping (Int) throws -> [UInt8], _ size: Int) throws -> Value
  ) throws -> Value {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure.unreadable(path: path, reason: reason()) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT != S_IFDIR else {
      throw Failure.unreadable(path: path, reason: String(cString: strerror(EISDIR)))
    }
    return try body({ try some(of: file, atMost: $0, path: path) }, Int(status.st_size))
  }

  private static func some(of file: Int32, atMost most: Int, path: String) throws -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: most)
    while true {
      let count = Glibc.read(file, &buffer, most)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw Failure.unreadable(path: path, reason: reason()) }
      return Array(buffer.prefix(count))
    }
  }

  /// Writes the rows that an import leaves out into a file beside it that was not there before:
  /// `FILE.skipped.csv`, and `FILE.skipped-2.csv` and so on while there is one.
  ///
  /// - Returns: the file's name.
  static func writeFresh(_ bytes: [UInt8], beside path: String) throws -> String {
    for number in 1... {
      let name = path + (number == 1 ? ".skipped.csv" : ".skipped-\(number).csv")
      // NB: made and taken in one step, so that two imports at once have two files.
      let file = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      if file < 0 && errno == EEXIST { continue }
      guard file >= 0 else { throw Failure.unwritable(path: name, reason: reason()) }
      close(file)
      do {
        try write(bytes, to: name, replacing: true)
      } catch {
        remove(name)
        throw error
      }
      return name
    }
    preconditionFailure("BUG: there are no more numbers")
  }

  /// Takes away a file that was written just now for nothing.
  static func remove(_ path: String) { unlink(path) }

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

  /// Whether a file begins as SQLite's files do: a database, its journal or its log.
  private static func isDatabase(_ path: String) throws -> Bool {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard file >= 0 else { throw Failure.unwritable(path: path, reason: reason()) }
    defer { close(file) }
    var head = [UInt8](repeating: 0, count: 16)
    let count = Glibc.read(file, &head, head.count)
    let beginnings: [[UInt8]] = [
      Array("SQLite format 3".utf8), [0xD9, 0xD5, 0x05, 0xF9, 0x20, 0xA1, 0x63, 0xD7],
      [0x37, 0x7F, 0x06, 0x82], [0x37, 0x7F, 0x06, 0x83],
    ]
    return beginnings.contains { head.prefix(max(0, count)).starts(with: $0) }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
