import ArgumentParser

/// `person`: who works in the survey.
struct PersonCommand: ParsableCommand {
  static let configuration = CommandHelp.person.configuration(
    "person", subcommands: [PersonAdd.self, PersonList.self, PersonChange.self])
}
