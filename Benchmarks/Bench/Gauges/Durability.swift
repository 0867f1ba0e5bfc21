import CBaseline

/// How often the disk is waited for, counted below SQLite in this process.
///
/// How long one wait takes differs twentyfold from hour to hour on shared machines. So rates are
/// taken without the waits, which are counted instead.
public enum Durability {
  /// Puts the counter below SQLite.
  ///
  /// Databases that were opened before are not counted.
  public static func install() throws {
    try Baseline.check(csyncs_install())
  }

  /// How often the disk is waited for while something is done.
  public static func waits(_ body: () throws -> Void) rethrows -> Int {
    let before = csyncs_count()
    try body()
    return Int(csyncs_count() - before)
  }

  /// Does something without waiting for the disk.
  public static func skipping<Value>(_ body: () throws -> Value) rethrows -> Value {
    csyncs_skip(1)
    defer { csyncs_skip(0) }
    return try body()
  }
}
