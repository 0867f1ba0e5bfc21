/// One text of a form in the languages that the form has it in.
public struct Words: Hashable, Sendable {
  /// No text in any language.
  public static let none = Words([], default: "")

  private struct Entry: Hashable, Sendable {
    let language: String
    let text: String
  }

  private let entries: [Entry]
  private let defaultLanguage: String

  /// Makes a text of pairs of language codes and texts, in the order of preference.
  public init(_ texts: [(language: String, text: String)], default defaultLanguage: String) {
    entries = texts.filter { !$0.text.isEmpty }.map { Entry(language: $0.language, text: $0.text) }
    self.defaultLanguage = defaultLanguage
  }

  /// Whether there is no text at all.
  public var isEmpty: Bool { entries.isEmpty }

  /// The text in a language, else in the form's own language, else in any; empty if there is none.
  public func lookup(_ language: String) -> String {
    let entry =
      entries.first { $0.language == language } ?? entries.first { $0.language == defaultLanguage }
      ?? entries.first
    return entry?.text ?? ""
  }

  /// Every text there is, in the order of preference.
  public var all: [String] { entries.map(\.text) }
}
