import ArgumentParser
import Fieldwork
import Store

/// What every deed with one record takes: which one, from which view, and why.
struct DeedOptions: ParsableArguments {
  @Argument(help: OptionHelp.record.argument)
  var record: String

  @Option(help: OptionHelp.seen.argument("token"))
  var seen: String?

  @Option(help: OptionHelp.because.argument("reason"))
  var because: String?
}

/// A command that does one thing with one record.
protocol DeedCommand: StoreCommand {
  /// Which record, from which view, and why.
  var deed: DeedOptions { get }
  /// How data is printed.
  var output: FormatOptions { get }

  /// Does it, and says what it was.
  func act(
    _ actions: Actions, on record: PickedRecord, seen: ViewToken?, at bench: Workbench
  ) throws -> (Outcome, OutcomeWords)
}

extension DeedCommand {
  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let picked = try bench.record(deed.record, at: place)
    let (outcome, words) = try act(
      Actions(place), on: picked, seen: try bench.token(deed.seen), at: bench)
    try OutcomeReport(bench: bench, place: place).print(outcome, words, output.format)
  }
}
