import Model

/// The texts of the three sheets of a form, as they were given.
///
/// The office hands these on, so that a laptop with a newer program can read more out of them.
public struct FormSheets: Hashable, Sendable {
  /// The questions.
  public let survey: String
  /// The lists of choices.
  public let choices: String
  /// The form's name, version and language.
  public let settings: String

  /// Makes the sheets of their texts.
  public init(survey: String, choices: String, settings: String) {
    self.survey = survey
    self.choices = choices
    self.settings = settings
  }

  /// Makes the sheets of the bytes of three files.
  ///
  /// - Throws: where they are no UTF-8 text.
  public init(survey: [UInt8], choices: [UInt8], settings: [UInt8]) throws(FormError) {
    self.init(
      survey: try FormSheets.text(survey, of: .survey),
      choices: try FormSheets.text(choices, of: .choices),
      settings: try FormSheets.text(settings, of: .settings))
  }

  private static func text(_ bytes: [UInt8], of sheet: FormSheet) throws(FormError) -> String {
    if let text = String(validating: bytes, as: UTF8.self) { return text }
    let lines = bytes.split(separator: Byte.lf, omittingEmptySubsequences: false)
    let index = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil } ?? 0
    let error = CSVError.notUTF8(line: index + 1)
    throw FormError(sheet: sheet, line: index + 1, fact: .table(error))
  }
}

/// A questionnaire: what is asked, when, what answers must fulfil, and how they are settled.
///
/// A form is written as an XLSForm, whose sheets arrive as CSV. What other tools have no word for
/// stands in columns of its own: `bind::kulkul:id`, `:rule`, `:group`, `:key`, `:private`,
/// `:warning`, `:compare` and `:unique`. A form that was loaded has no mistakes left that could surface in the field: every
/// expression was read, every name in one was found, every rule fits its question.
///
/// Names are unique outside repeats and within each repeat. `produk/nama` is the question in the
/// repeat; `nama` alone is understood where only one thing in the form has that name.
///
/// It is a class because everything that reads records holds it and it never changes.
public final class Form: Sendable {
  /// The number under which records of this form are kept.
  public let id: UInt32
  /// The form's short name.
  public let name: String
  /// Which version of it this is.
  public let version: String
  /// What people see.
  public let title: Words
  /// The codes of the languages that the labels are in.
  public let languages: [String]
  /// The language of whoever has chosen none.
  public let defaultLanguage: String
  /// The question whose answer is the name of a record, as people know it; `nil` if there is none.
  public let nameQuestion: Question?
  /// Questions, groups and repeats in the order of the sheet.
  public let items: [Item]
  /// The sheets as they were given.
  public let sheets: FormSheets
  /// All questions in the order of the sheet.
  public let questions: [Question]
  /// All repeats in the order of the sheet.
  public let repeats: [Repeat]
  /// The questions whose answers no two records should share, in the order of the sheet.
  public let uniqueQuestions: [Question]
  /// Everything that answers are stored at, in the order of the sheet.
  public let registers: [Register]

  private let lists: [String: ChoiceList]
  private let itemIndex: NameIndex
  private let questionIndex: NameIndex
  private let allItems: [Item]
  private let registerByField: FieldTable<Register>
  private let registerByQuestion: FieldTable<Register>
  private let repeatByName: [String: Int]

  init(
    settings: FormSettings, languages: [String], lists: [String: ChoiceList], items: [Item],
    sheets: FormSheets
  ) {
    id = settings.id
    name = settings.name
    version = settings.version
    title = settings.title
    defaultLanguage = settings.defaultLanguage
    self.languages = languages
    self.lists = lists
    self.items = items
    self.sheets = sheets
    var outline = Outline()
    outline.add(items, inside: nil)
    questions = outline.questions
    repeats = outline.repeats
    registers = outline.registers
    uniqueQuestions = outline.questions.filter(\.isUnique)
    allItems = outline.items.map(\.item)
    itemIndex = NameIndex(outline.items.map { ($0.item.name, $0.repeatName) })
    let questionIndex = NameIndex(outline.questions.map { ($0.name, $0.repeatName) })
    self.questionIndex = questionIndex
    nameQuestion = settings.nameQuestion.flatMap(questionIndex.find).map { [questions] in
      questions[$0]
    }
    var byField = FieldTable<Register>()
    var byQuestion = FieldTable<Register>()
    for register in outline.registers {
      byField[register.field] = register
      for question in register.questions { byQuestion[question.id] = register }
    }
    registerByField = byField
    registerByQuestion = byQuestion
    repeatByName = Dictionary(
      uniqueKeysWithValues: outline.repeats.enumerated().map { ($1.name, $0) })
  }

  /// The question of a name, `produk/nama` or `nama` if only one has it.
  ///
  /// - Complexity: O(1).
  public func question(named name: String) -> Question? {
    questionIndex.find(name).map { questions[$0] }
  }

  /// The question that an expression in a repeat means by a name: one of its own row, else one
  /// outside all repeats, else the only one of the name.
  public func question(named name: String, seenFrom repeatName: String?) -> Question? {
    questionIndex.find(name, seenFrom: repeatName).map { questions[$0] }
  }

  /// The question, group or repeat of a name, `produk/nama` or `nama` if only one has it.
  ///
  /// - Complexity: O(1).
  public func item(named name: String) -> Item? {
    itemIndex.find(name).map { allItems[$0] }
  }

  /// The repeat of a name.
  ///
  /// - Complexity: O(1).
  public func `repeat`(named name: String) -> Repeat? {
    repeatByName[name].map { repeats[$0] }
  }

  /// What is stored under a number; `nil` for a layout group, a note, a key and a repeat.
  ///
  /// - Complexity: O(1).
  public func register(field: FieldID) -> Register? {
    registerByField[field]
  }

  /// Where the answer to a question is stored; `nil` for a note and for the key of a repeat.
  ///
  /// - Complexity: O(1).
  public func register(of question: Question) -> Register? {
    registerByQuestion[question.id]
  }

  /// The choices of a list in the order of the sheet; none if there is no such list.
  public func choices(_ list: String) -> [Choice] {
    lists[list]?.choices ?? []
  }

  /// The choice of a list by its name.
  ///
  /// - Complexity: O(1).
  public func choice(named name: String, in list: String) -> Choice? {
    rank(of: name, in: list).map { choices(list)[$0] }
  }

  /// The position of a choice in its list, by which `max` and `min` compare choices.
  ///
  /// - Complexity: O(1).
  public func rank(of choice: String, in list: String) -> Int? {
    lists[list]?.ranks[choice]
  }
}

/// The choices of one list, and where each stands.
struct ChoiceList: Sendable {
  private(set) var choices: [Choice] = []
  private(set) var ranks: [String: Int] = [:]

  /// Adds a choice; false if there is one of that name.
  mutating func add(_ choice: Choice) -> Bool {
    guard ranks.updateValue(choices.count, forKey: choice.name) == nil else { return false }
    choices.append(choice)
    return true
  }
}
