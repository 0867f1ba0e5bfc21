import ArgumentParser
import Comparison

/// Runs the same histories through the merge rules of others and through Kulkul, and prints what
/// each of them loses and what it asks of people.
@main
struct Compare: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json
  }

  static let configuration = CommandConfiguration(
    commandName: "kulkul-compare",
    abstract: "Compares what merge rules lose and what they ask of people.",
    discussion: "The same arguments give the same table.")

  @Option(help: "How many random histories are run.")
  var seeds = 10_000

  @Option(help: "The seed of the first of them.")
  var first: UInt64 = 1

  @Option(help: "Only this scenario, S1 to S12, and no random histories.")
  var scenario: String?

  @Option(help: "How Kulkul's form has plain questions settled: ask or latest.")
  var rules: RuleBook = .ask

  @Flag(help: "Nobody deletes anything in random histories.")
  var withoutDeletions = false

  @Option(help: "How the result is printed: text or json.")
  var format: Format = .text

  @Flag(help: "Print the tables in Markdown.")
  var markdown = false

  func validate() throws {
    guard (0...10_000_000).contains(seeds) else {
      throw ValidationError("Give a number of histories from 0 to 10000000.")
    }
    if let scenario, Scenario.named(scenario) == nil {
      throw ValidationError("There is no scenario \"\(scenario)\". Give one of S1 to S12.")
    }
    if markdown && format == .json {
      throw ValidationError("Give either --markdown or --format json.")
    }
  }

  func run() {
    let only = scenario.flatMap { Scenario.named($0) }
    let report = Report(
      scenarios: only.map { [$0] } ?? Scenario.all, seeds: only == nil ? seeds : 0, first: first,
      rules: rules, hasDeletions: !withoutDeletions)
    if markdown {
      print(report.markdown, terminator: "")
    } else {
      print(format == .json ? report.json : report.text, terminator: "")
    }
  }
}

extension RuleBook: ExpressibleByArgument {}
