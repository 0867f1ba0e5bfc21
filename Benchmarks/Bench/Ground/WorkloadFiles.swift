import Crypto
import Foundation
import Workload

/// The workload's files in a folder, and whether they are what the generator makes.
///
/// Others read them; Kulkul makes the same records itself. So whoever compares the two must know that
/// they are the same.
public enum WorkloadFiles {
  /// Writes the files of so many records.
  ///
  /// - Parameter tell: is told each file's path and the SHA-256 of its bytes, as letters.
  public static func write(
    records: Int, to folder: String, _ tell: (_ path: String, _ sum: String) -> Void
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for file in Denpasar.File.allCases {
      let path = "\(folder)/n\(records).\(file.rawValue)"
      guard FileManager.default.createFile(atPath: path, contents: nil),
        let handle = FileHandle(forWritingAtPath: path)
      else { throw BenchError.unexpected("\(path) cannot be written.") }
      let sum = try parts(of: file, records: records) { try handle.write(contentsOf: $0) }
      try handle.close()
      tell(path, sum)
    }
  }

  /// Sees whether the files that others read are those of so many records.
  ///
  /// - Parameter prefix: the files without their ending, such as `data/n4045`.
  public static func check(_ prefix: String, records: Int) throws {
    for file in Denpasar.File.allCases {
      let path = "\(prefix).\(file.rawValue)"
      guard let handle = FileHandle(forReadingAtPath: path) else {
        throw BenchError.unexpected("\(path) cannot be read. " + hint(prefix, records))
      }
      var hash = SHA256()
      while let part = try handle.read(upToCount: 1 << 20), !part.isEmpty {
        hash.update(data: part)
      }
      try handle.close()
      guard try letters(hash.finalize()) == parts(of: file, records: records, { _ in }) else {
        throw BenchError.unexpected(
          "\(path) is not what the workload of \(records) records has. " + hint(prefix, records))
      }
    }
  }

  private static func hint(_ prefix: String, _ records: Int) -> String {
    let folder = prefix.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    return "Type kulkul-bench data --records \(records) --to \(folder.isEmpty ? "." : folder)"
  }

  /// Makes a file part by part.
  ///
  /// - Returns: the SHA-256 of all of it, as letters.
  private static func parts(
    of file: Denpasar.File, records: Int, _ take: ([UInt8]) throws -> Void
  ) throws -> String {
    var hash = SHA256()
    var waiting: [UInt8] = []
    func flush() throws {
      hash.update(data: waiting)
      try take(waiting)
      waiting = []
    }
    try Denpasar.lines(of: file, records: records) { line in
      waiting += line.utf8
      if waiting.count > 1 << 20 { try flush() }
    }
    try flush()
    return letters(hash.finalize())
  }

  private static func letters(_ digest: SHA256.Digest) -> String {
    digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
