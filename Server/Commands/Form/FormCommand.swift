import ArgumentParser

/// `form`: what is asked in the survey.
struct FormCommand: ParsableCommand {
  static let configuration = CommandHelp.form.configuration(
    "form", subcommands: [FormPublish.self, FormList.self, FormExport.self])
}
