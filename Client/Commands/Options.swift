import ArgumentParser

/// A language that the form's texts may be in.
enum Language: String, ExpressibleByArgument, CaseIterable {
  /// Indonesian.
  case indonesian = "id"
  /// English.
  case english = "en"
}

/// What every command takes: which store, as whom, in which language.
struct PlaceOptions: ParsableArguments {
  @Option(help: OptionHelp.store.argument("file"))
  var store: String?

  @Option(name: .customLong("as"), help: OptionHelp.person.argument("person"))
  var person: String?

  @Option(help: OptionHelp.language.argument("id|en"))
  var lang: Language?

  /// How these options are typed where the value is a word of its own.
  static let names = ["--store", "--as", "--lang"]
}

/// What every command takes that prints data.
struct FormatOptions: ParsableArguments {
  @Option(help: OptionHelp.format.argument("table|json"))
  var format: Format = .table
}
