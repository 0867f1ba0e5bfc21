/// What stands at one place: one answer nearly always, several where nobody saw the others'.
///
/// The first lies in the value itself, so that a record of thirty answers is not thirty arrays.
///
/// - Invariant: there is at least one, in ascending order of origin.
public struct Siblings: Hashable, Sendable, RandomAccessCollection {
  @usableFromInline let only: Sibling
  @usableFromInline let others: [Sibling]

  /// Makes the siblings of a place where one answer stands.
  public init(_ only: Sibling) {
    self.only = only
    others = []
  }

  /// Makes the siblings of a place.
  ///
  /// - Precondition: there is at least one.
  public init(_ some: [Sibling]) {
    precondition(!some.isEmpty, "BUG: a place where nothing stands")
    only = some[0]
    others = some.count == 1 ? [] : Array(some.dropFirst())
  }

  init(_ only: Sibling, _ others: [Sibling]) {
    self.only = only
    self.others = others
  }

  /// The position of the first.
  @inlinable public var startIndex: Int { 0 }

  /// The position after the last.
  @inlinable public var endIndex: Int { others.count + 1 }

  /// One of them.
  @inlinable
  public subscript(position: Int) -> Sibling {
    position == 0 ? only : others[position - 1]
  }
}
