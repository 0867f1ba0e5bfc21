/// Words for people, chosen by a typed case, so that another language is another switch.
///
/// No sentence stands outside this folder; what forms and villages are called comes from the survey.
protocol Phrase {
  /// The words.
  var text: String { get }
}

/// How things are counted and named in sentences.
enum Grammar {
  /// `1 record`, `2 records`.
  static func count(_ number: some BinaryInteger, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  /// `a, b and c`.
  static func list(_ parts: [String]) -> String {
    guard parts.count > 1, let last = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " and " + last
  }

  /// An argument as a person types it, in quotes where it needs them.
  static func typed(_ argument: String) -> String {
    let isPlain = argument.utf8.allSatisfy {
      (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        || [45, 46, 47, 95].contains($0)
    }
    return isPlain && !argument.isEmpty ? argument : "\"\(argument)\""
  }
}
