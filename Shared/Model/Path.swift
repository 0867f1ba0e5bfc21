import Bytes

/// The number of a question, group or repeat in its form, or of one of a record's own registers.
///
/// Numbers are never reused. Those below 16 belong to the record itself.
public struct FieldID: Hashable, Comparable, Sendable {
  /// Whether the record (or the row) is alive.
  @inlinable public static var life: FieldID { FieldID(1) }
  /// Where the record lives.
  @inlinable public static var village: FieldID { FieldID(2) }
  /// The state of review.
  public static let review = FieldID(3)
  /// Another record that is the same thing; the element is its identifier.
  public static let alias = FieldID(4)
  /// The first number that a form may use.
  public static let firstOfForm: UInt32 = 16

  /// The number.
  public let number: UInt32

  /// Makes the identifier of a number.
  @inlinable
  public init(_ number: UInt32) {
    self.number = number
  }

  /// Whether the field is one of the record's own.
  public var isSystem: Bool { number < Self.firstOfForm }

  /// Orders by number.
  public static func < (left: FieldID, right: FieldID) -> Bool {
    left.number < right.number
  }
}

/// One instance of a repeat: the repeat's number and the row's own identifier.
///
/// A row of an ordinary repeat has a random identifier in ``Letters``; a row of a keyed repeat (a
/// yearly table) has its key, so that two people who enter 2024 meet at one row.
public struct Row: Hashable, Comparable, Sendable {
  /// The repeat.
  public let group: FieldID
  /// The row's identifier; at most ``limit`` bytes.
  public let id: Text
  /// The longest identifier in bytes.
  public static let limit = 64

  /// Names a row.
  public init(_ group: FieldID, _ id: Text) {
    self.group = group
    self.id = id
  }

  /// Orders by repeat, then by identifier.
  public static func < (left: Row, right: Row) -> Bool {
    left.group == right.group ? left.id < right.id : left.group < right.group
  }
}

/// A place inside a record: the register that answers are put into.
///
/// Everything is a register: a question, a question in a row of a repeat, a group of questions
/// observed together, one choice of several (`element`), and the record's own fields.
public struct Path: Hashable, Comparable, Sendable {
  /// The longest element in bytes: a note of 2,000 letters of any script.
  public static let elementLimit = 8192

  /// The question or group, or one of the record's or row's own fields.
  public let field: FieldID
  // NB: a place is copied and compared for every answer, again and again, and nearly every one is a
  // question outside all repeats: what others have more stands apart, and is nil where nothing is.
  @usableFromInline let more: More?

  /// The row and the element of a place that has one of them.
  @usableFromInline
  final class More: Sendable {
    @usableFromInline let row: Row?
    @usableFromInline let element: Text

    init(row: Row?, element: Text) {
      self.row = row
      self.element = element
    }
  }

  /// Makes a place.
  public init(row: Row? = nil, field: FieldID, element: Text = "") {
    self.field = field
    more = row == nil && element.isEmpty ? nil : More(row: row, element: element)
  }

  /// The row that the place is in, if it is in a repeat.
  @inlinable public var row: Row? { more?.row }

  /// One choice, one telephone number, one other record; empty where the field is one register.
  @inlinable public var element: Text { more?.element ?? "" }

  /// Whether the place is in a repeat.
  @inlinable public var isInRow: Bool { more?.row != nil }

  /// Whether the place is the village of the record.
  @inlinable public var isVillage: Bool { field == .village && more == nil }

  /// Whether the place is the life of the record.
  @inlinable public var isLife: Bool { field == .life && more == nil }

  /// The life of the record.
  public static let life = Path(field: .life)
  /// The village of the record.
  public static let village = Path(field: .village)

  /// Whether both are one place.
  public static func == (left: Path, right: Path) -> Bool {
    if left.field != right.field { return false }
    guard let some = left.more, let other = right.more else {
      return left.more == nil && right.more == nil
    }
    return some === other || some.element == other.element && some.row == other.row
  }

  /// Feeds all parts to the hasher.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(field)
    guard let more else { return }
    hasher.combine(more.row)
    hasher.combine(more.element)
  }

  /// Orders places outside rows first, then by row, field and element.
  public static func < (left: Path, right: Path) -> Bool {
    if left.more == nil && right.more == nil { return left.field < right.field }
    switch (left.more?.row, right.more?.row) {
    case (nil, nil): break
    case (nil, _): return true
    case (_, nil): return false
    case (let some?, let other?):
      if some != other { return some < other }
    }
    if left.field != right.field { return left.field < right.field }
    return left.element < right.element
  }
}

extension Path {
  /// Appends the place.
  ///
  /// The lowest two bits of the first number say what follows: 1, a row; 2, an
  /// element.
  public func encode(to writer: inout ByteWriter) {
    guard let more else { return writer.varint(UInt64(field.number) << 2) }
    let (row, element) = (more.row, more.element)
    let flags: UInt64 = (row == nil ? 0 : 1) | (element.isEmpty ? 0 : 2)
    writer.varint(UInt64(field.number) << 2 | flags)
    if let row {
      writer.varint(UInt64(row.group.number))
      writer.text(row.id)
    }
    if !element.isEmpty { writer.text(element) }
  }

  /// Reads a place.
  public init(from reader: inout ByteReader) throws(ByteError) {
    let start = reader.position
    let head = try reader.varint()
    guard let field = UInt32(exactly: head >> 2) else { throw .malformedNumber(at: start) }
    var row: Row?
    if head & 1 != 0 {
      let group = FieldID(try reader.varint32())
      guard group.number > 0 else { throw .unexpected(0, at: start) }
      row = Row(group, Text(try reader.text(limit: Row.limit)))
    }
    var element: Text = ""
    if head & 2 != 0 {
      element = Text(try reader.text(limit: Path.elementLimit))
      if element.isEmpty { throw .unexpected(0, at: start) }
    }
    self.init(row: row, field: FieldID(field), element: element)
  }
}
