import Forms
import Glibc
import Model

/// The three sheets of a form as CSV files.
enum SheetFiles {
  /// What the files are called, or end in after the form's name and `_`.
  static let names = ["survey.csv", "choices.csv", "settings.csv"]

  /// Reads the sheets of a folder, or of three files in any order.
  static func read(_ paths: [String]) throws -> FormSheets {
    let files = paths.count == 1 ? try self.files(in: paths[0]) : paths
    var sheets: [[UInt8]] = []
    for name in names {
      let found = files.filter { fits($0, name) }
      guard let file = found.first, found.count == 1 else {
        throw Failure.sheetFiles(name: name, found: found)
      }
      sheets.append(try bytes(of: file))
    }
    do {
      return try FormSheets(survey: sheets[0], choices: sheets[1], settings: sheets[2])
    } catch {
      throw Failure.form(error)
    }
  }

  /// Writes a sheet to a file that is not there yet.
  static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure.file(path: path, reason: reason()) }
    defer { close(file) }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure.file(path: path, reason: reason()) }
      rest = rest.dropFirst(count)
    }
  }

  private static func fits(_ path: String, _ name: String) -> Bool {
    let file = path.split(separator: "/").last.map { String($0) } ?? path
    return file == name || file.hasSuffix("_" + name)
  }

  private static func files(in folder: String) throws -> [String] {
    guard let listing = opendir(folder) else {
      throw Failure.file(path: folder, reason: reason())
    }
    defer { closedir(listing) }
    var files: [String] = []
    while let entry = readdir(listing) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { files.append(folder + "/" + name) }
    }
    return files.sorted()
  }

  private static func bytes(of path: String) throws -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure.file(path: path, reason: reason()) }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    while true {
      let count = Glibc.read(file, &buffer, buffer.count)
      guard count >= 0 else { throw Failure.file(path: path, reason: reason()) }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
      guard bytes.count <= DirectoryEntry.limit else {
        throw Failure.sheetsTooLarge(limit: DirectoryEntry.limit)
      }
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
