import Glibc

/// The folder that a new store is made in.
enum DataFolder {
  /// Makes the folder of a file, and those above it, for its owner alone.
  static func make(for path: String) throws {
    var folder = path.hasPrefix("/") ? "" : "."
    for part in path.split(separator: "/").dropLast() {
      folder += "/" + part
      guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
        throw Failure.folder(path: folder, reason: String(cString: strerror(errno)))
      }
    }
  }
}
