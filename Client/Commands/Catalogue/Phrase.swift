/// Words for people, chosen by a typed case, so that another language is another switch.
///
/// No sentence stands outside this folder; the form's own texts come from the form.
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
  static func list(_ parts: [String], _ last: String = "and") -> String {
    guard parts.count > 1, let end = parts.last else { return parts.first ?? "" }
    return parts.dropLast().joined(separator: ", ") + " \(last) " + end
  }
}
