/// A question of the comparison's form, or for the engines that have tables: a column.
///
/// One of each kind that surveys are made of, so that one small model fits every engine. A position
/// is one column everywhere, although some engines would spread it over three.
public enum Column: String, CaseIterable, Hashable, Comparable, Sendable {
  /// The name of the business: a text.
  case name
  /// Its address: a text.
  case address
  /// The year in which it began: a text here.
  case year
  /// Its number in the state's register of businesses (NIB): a text that is unique by the form, where
  /// a tool knows of such a thing. Random histories leave it alone.
  case nib
  /// Its telephone number: a question that only the second version of the form has.
  case phone
  /// Where it sells: any of several choices.
  case channels
  /// Where it stands: latitude, longitude and accuracy, measured together.
  case position
  /// The reference of a photograph.
  case photo
  /// The name of a product: the only question of the repeat.
  case product

  /// The order in which the form asks.
  public static func < (left: Column, right: Column) -> Bool {
    left.rawValue < right.rawValue
  }

  /// The columns of a record, without those of its repeat.
  static let ofRecord = allCases.filter { $0 != .product }
}

/// The choices of the question about channels.
public enum Channel {
  /// What may be ticked.
  public static let all = ["bazaar", "hotel", "online"]
  /// A ticked box.
  public static let ticked = "yes"
  /// A box that is not ticked.
  public static let empty = "no"

  /// The set as engines keep it that have one column for all choices.
  static func joined(_ choices: some Sequence<String>) -> String {
    choices.sorted().joined(separator: " ")
  }

  static func split(_ cell: String) -> Set<String> {
    Set(cell.split(separator: " ").map(String.init))
  }
}

/// Where an answer is put within a record.
public enum Place: Hashable, Comparable, Sendable {
  /// Whether the record is there, or with a row's name whether the row is.
  case life(row: String)
  /// A question, of a row if there is a row's name.
  case cell(Column, row: String)
  /// One box of the question about channels.
  case choice(String)

  /// The row that the place is in; empty for the record itself.
  public var row: String {
    switch self {
    case .life(let row), .cell(_, let row): row
    case .choice: ""
    }
  }

  /// Whether it says if a record or row is there.
  public var isLife: Bool {
    if case .life = self { true } else { false }
  }

  /// Whether an answer here and one there are to the same question.
  func asksTheSame(as other: Place) -> Bool {
    if case .choice = self, case .choice = other { return true }
    return self == other
  }
}

/// What stands at a life when the record or row was deleted.
public let deletedValue = "deleted"

/// One line of a table: a record, or with a row's name a row of its repeat.
struct Key: Hashable, Comparable, Sendable {
  let record: Int
  var row = ""

  static func < (left: Key, right: Key) -> Bool {
    left.record == right.record ? left.row < right.row : left.record < right.record
  }

  /// The place of one of the line's columns.
  func place(_ column: Column) -> Place { .cell(column, row: row) }
}

/// What one line of a table holds.
typealias Cells = [Column: String]
