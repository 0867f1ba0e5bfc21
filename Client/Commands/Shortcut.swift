import ArgumentParser

/// The commands that are typed most, read without the parser where they are typed plainly.
///
/// The parser looks at every property of every command by reflection before it reads a word, and the
/// runtime searches all conformances of the program for each type that it meets: half of what
/// `kulkul status` takes. What is read here is a part of what the parser reads, to the same values:
/// a command, then its options as two words each, each once and none twice but those that add up.
/// Whatever else is typed is the parser's, and so is every word about what is wrong with it; a test
/// reads the same lines both ways.
enum Shortcut {
  /// The command that plain words mean; `nil` where the parser has to look.
  static func command(_ words: [String]) -> (any ParsableCommand)? {
    guard let name = words.first else { return nil }
    let rest = words.dropFirst()
    switch name {
    case "status": return status(rest)
    case "sync": return sync(rest)
    case "add": return add(rest)
    case "edit": return edit(rest)
    default: return nil
    }
  }

  private static func status(_ words: ArraySlice<String>) -> StatusCommand? {
    guard var options = PlainOptions(words, of: PlainOptions.everywhere) else { return nil }
    var command = StatusCommand()
    guard let (place, output) = options.common() else { return nil }
    (command.place, command.output) = (place, output)
    return command
  }

  private static func sync(_ words: ArraySlice<String>) -> SyncCommand? {
    guard var options = PlainOptions(words, of: PlainOptions.everywhere) else { return nil }
    var command = SyncCommand()
    guard let (place, output) = options.common() else { return nil }
    (command.place, command.output) = (place, output)
    return command
  }

  private static func add(_ words: ArraySlice<String>) -> AddCommand? {
    let names = PlainOptions.everywhere + ["--village", "--set"]
    guard var options = PlainOptions(words, of: names) else { return nil }
    var command = AddCommand()
    guard let (place, output) = options.common() else { return nil }
    (command.place, command.output) = (place, output)
    command.village = options.take("--village")
    command.answers = options.answers()
    command.resume = false
    return command
  }

  private static func edit(_ words: ArraySlice<String>) -> EditCommand? {
    guard let record = words.first, PlainOptions.isPlain(record) else { return nil }
    let names = PlainOptions.everywhere + ["--seen", "--set"]
    guard var options = PlainOptions(words.dropFirst(), of: names) else { return nil }
    var command = EditCommand()
    guard let (place, output) = options.common() else { return nil }
    (command.place, command.output) = (place, output)
    command.record = record
    command.answers = options.answers()
    command.seen = options.take("--seen")
    command.resume = false
    return command
  }
}

/// Options of two words each, as they were typed.
private struct PlainOptions {
  /// What ``PlaceOptions`` and ``FormatOptions`` are made of.
  static let everywhere = ["--store", "--as", "--lang", "--format"]
  /// The one that may come again.
  private static let many = "--set"

  private var one: [(name: String, value: String)] = []
  private var several: [String] = []

  /// Reads them; `nil` if there is anything but them.
  init?(_ words: ArraySlice<String>, of names: [String]) {
    guard words.count.isMultiple(of: 2) else { return nil }
    var index = words.startIndex
    while index < words.endIndex {
      let name = words[index]
      let value = words[index + 1]
      guard names.contains(name), Self.isPlain(value) else { return nil }
      if name == Self.many {
        several.append(value)
      } else {
        guard !one.contains(where: { $0.name == name }) else { return nil }
        one.append((name, value))
      }
      index += 2
    }
  }

  /// Whether the parser takes a word for a value and for nothing else.
  static func isPlain(_ word: String) -> Bool {
    !word.isEmpty && !word.utf8.starts(with: [UInt8(ascii: "-")])
  }

  mutating func take(_ name: String) -> String? {
    guard let index = one.firstIndex(where: { $0.name == name }) else { return nil }
    return one.remove(at: index).value
  }

  /// What every command takes; `nil` if a value is none of those that are known.
  mutating func common() -> (PlaceOptions, FormatOptions)? {
    var place = PlaceOptions()
    place.store = take("--store")
    place.person = take("--as")
    let language = take("--lang")
    place.lang = language.flatMap { Language(rawValue: $0) }
    if language != nil && place.lang == nil { return nil }
    var output = FormatOptions()
    guard let format = Format(rawValue: take("--format") ?? Format.table.rawValue) else {
      return nil
    }
    output.format = format
    return (place, output)
  }

  func answers() -> AnswerOptions {
    var answers = AnswerOptions()
    answers.assigned = several
    answers.cleared = []
    return answers
  }
}
