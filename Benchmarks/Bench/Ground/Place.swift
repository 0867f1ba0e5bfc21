import Foundation
import Store

/// Where a benchmark puts its files: a new folder that is gone afterwards.
public final class Place {
  /// The folder.
  public let folder: URL
  private var made = 0

  /// Makes a folder, or takes an empty one that stays.
  public init(at path: String? = nil) throws {
    isKept = path != nil
    folder =
      path.map { URL(fileURLWithPath: $0) }
      ?? FileManager.default.temporaryDirectory.appendingPathComponent(
        "kulkul-bench-\(getpid())-\(UInt64.random(in: 0 ..< .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  private let isKept: Bool

  deinit {
    if isKept { return }
    do { try FileManager.default.removeItem(at: folder) } catch {
      FileHandle.standardError.write(Data("left behind: \(folder.path)\n".utf8))
    }
  }

  /// A path that nothing lies at.
  public func path(_ name: String) -> String {
    made += 1
    return folder.appendingPathComponent("\(made)-\(name)").path
  }

  /// The machine's clocks and chance, with the marks of stores beside them.
  public var surroundings: Surroundings {
    var surroundings = Surroundings.system
    surroundings.marks = folder.appendingPathComponent("marks").path
    return surroundings
  }

  /// Removes a store's files.
  static func remove(_ path: String) {
    // Ignored because the whole folder goes at the end.
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + end) }
  }

  /// How many bytes a database takes on the disk.
  static func bytes(_ path: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    return (attributes[.size] as? Int) ?? 0
  }
}
