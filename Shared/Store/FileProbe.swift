import Glibc

/// Looks at a file before SQLite does, so that a foreign one is named as such and left alone.
enum FileProbe {
  static func exists(_ path: String) -> Bool {
    access(path, F_OK) == 0
  }

  /// Whether the file is empty or begins as SQLite files do.
  static func looksLikeSQLite(_ path: String) -> Bool {
    guard let file = fopen(path, "rb") else { return true }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 16)
    let count = fread(&bytes, 1, bytes.count, file)
    return count == 16 && bytes.starts(with: Array("SQLite format 3".utf8))
  }
}
