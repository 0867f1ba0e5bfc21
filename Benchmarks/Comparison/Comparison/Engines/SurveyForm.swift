import Bytes
import Forms
import Model
import Reading
import Rules

/// The comparison's form in Kulkul, and how its questions are answered and read.
enum SurveyForm {
  private static let repeatID = FieldID(40)
  private static let position = FieldID(24)

  private static func field(_ column: Column) -> FieldID {
    switch column {
    case .name: FieldID(20)
    case .address: FieldID(21)
    case .year: FieldID(22)
    case .channels: FieldID(23)
    case .position: position
    case .photo: FieldID(28)
    case .phone: FieldID(29)
    case .nib: FieldID(30)
    case .product: FieldID(41)
    }
  }

  /// The first version, and the second with one question more.
  static func versions(_ rules: RuleBook) -> [Form] {
    [form(rules, hasPhone: false), form(rules, hasPhone: true)]
  }

  private static func form(_ rules: RuleBook, hasPhone: Bool) -> Form {
    let rule = rules.rawValue
    var lines = [
      "type,name,label::English (en),bind::kulkul:id,bind::kulkul:rule,bind::kulkul:group,"
        + "bind::kulkul:unique",
      "text,name,Name,20,\(rule),,", "text,address,Address,21,\(rule),,",
      "text,year,Year,22,\(rule),,", "text,nib,Business number,30,\(rule),,yes",
      "select_multiple channel,channels,Channels,23,,,",
      "begin_group,fix,Position,24,best-fix,,", "decimal,lat,Latitude,25,,fix,",
      "decimal,lon,Longitude,26,,fix,", "decimal,accuracy,Accuracy,27,,fix,", "end_group,,,,,,",
      "text,photo,Photographs,28,union,,", "begin_repeat,products,Products,40,,,",
      "text,product,Product,41,\(rule),,", "end_repeat,,,,,,",
    ]
    if hasPhone { lines.append("text,phone,Telephone,29,\(rule),,") }
    let choices =
      ["list_name,name,label::English (en)"] + Channel.all.map { "channel,\($0),\($0)" }
    let sheets = FormSheets(
      survey: lines.map { $0 + "\n" }.joined(), choices: choices.map { $0 + "\n" }.joined(),
      settings: "form_title,form_id,version,default_language\n"
        + "Comparison,comparison,\(hasPhone ? 2 : 1),English (en)\n")
    do {
      return try Form(sheets)
    } catch {
      preconditionFailure("BUG: the comparison's form cannot be read: \(error)")
    }
  }

  /// What the touches come to, as wishes of somebody with this view.
  static func wishes(_ touches: [Touch], view: RecordState, screen: Screen) -> [Wish] {
    touches.flatMap { touch -> [Wish] in
      let row = touch.place.row.isEmpty ? nil : Row(repeatID, Text(touch.place.row))
      switch touch.place {
      case .life:
        let life = lifeAnswer(alive: false, seeing: view, row: row)
        return [Wish(Path(row: row, field: .life), life.answer)]
      case .choice(let choice):
        let path = Path(field: field(.channels), element: Text(choice))
        return [Wish(path, touch.value == Channel.ticked ? .present : .absent)]
      case .cell(.photo, _):
        // A photograph that is taken again takes the place of those that were shown.
        let shown = screen.current[touch.place] ?? []
        return shown.map { photo($0, .absent) } + [photo(touch.value, .present)]
      case .cell(.position, _): return [Wish(Path(field: position), fix(touch.value))]
      case .cell(let column, _):
        return [Wish(Path(row: row, field: field(column)), .text(touch.value))]
      }
    }
  }

  private static func photo(_ reference: String, _ answer: Answer) -> Wish {
    Wish(Path(field: field(.photo), element: Text(reference)), answer)
  }

  private static func fix(_ text: String) -> Answer {
    .members(text.split(separator: " ").map { Decimal(String($0)).map { .number($0) } ?? .cleared })
  }

  /// The place in the comparison of a place in Kulkul; `nil` for what the comparison does not have.
  static func place(of path: Path) -> Place? {
    guard let column = Column.allCases.first(where: { field($0) == path.field }) else { return nil }
    return column == .channels
      ? .choice(path.element.string) : .cell(column, row: path.row?.id.string ?? "")
  }

  /// An answer in the comparison's words.
  static func text(_ answer: Answer, at path: Path) -> String {
    switch answer {
    case .text(let text): text.string
    case .present: Channel.ticked
    case .group(let members): members.map { number($0) }.joined(separator: " ")
    default: Channel.empty
    }
  }

  private static func number(_ answer: Answer) -> String {
    if case .number(let number) = answer { number.description } else { "-" }
  }
}
