import Glibc

/// Looks at a file before SQLite does, so that a foreign one is named as such and left alone: even
/// to be asked what it is, a file that SQLite opens for writing is changed.
enum FileProbe {
  /// What the first bytes of a file say.
  enum Finding: Equatable {
    /// The file cannot be read; SQLite will say why.
    case unreadable
    /// It is no database.
    case foreign
    /// It is a database with these two numbers in its header.
    case database(application: Int32, schema: Int32)
  }

  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Reads the header, which is 100 bytes in every SQLite file.
  static func look(at path: String) -> Finding {
    guard let file = fopen(path, "rb") else { return .unreadable }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 100)
    let count = fread(&bytes, 1, bytes.count, file)
    guard count == 100, bytes.starts(with: Array("SQLite format 3\0".utf8)) else {
      return .foreign
    }
    func number(at index: Int) -> Int32 {
      Int32(bitPattern: bytes[index..<(index + 4)].reduce(0) { $0 << 8 | UInt32($1) })
    }
    return .database(application: number(at: 68), schema: number(at: 60))
  }

  /// Whether there is a write-ahead log with something in it, which can hold a newer header.
  static func hasLog(_ path: String) -> Bool {
    var status = stat()
    return stat(path + "-wal", &status) == 0 && status.st_size > 0
  }
}
