/// Values by field, found without hashing.
///
/// Forms number their questions in the hundreds, and every answer that is read or written asks for
/// its register and its columns; so small numbers index an array. What it is asked for is told to
/// the callers' modules, or each question would look its type up at run time.
public struct FieldTable<Value: Sendable>: Sendable {
  @usableFromInline var near: [Value?] = []
  @usableFromInline var far: [FieldID: Value] = [:]
  @usableFromInline static var nearLimit: UInt32 { 4096 }

  /// Makes an empty table.
  public init() {}

  /// The value of a field.
  ///
  /// - Complexity: O(1).
  @inlinable
  public subscript(field: FieldID) -> Value? {
    get {
      guard field.number < Self.nearLimit else { return far[field] }
      let index = Int(field.number)
      return index < near.count ? near[index] : nil
    }
    set {
      guard field.number < Self.nearLimit else {
        far[field] = newValue
        return
      }
      let index = Int(field.number)
      while near.count <= index { near.append(nil) }
      near[index] = newValue
    }
  }
}
