import ArgumentParser
import Glibc

/// The office's program: from arguments to an exit code.
public enum OfficeProgram {
  static let name = "kulkul-server"

  /// Runs the command that the process was started with.
  ///
  /// - Returns: the exit code.
  public static func run() async -> Int32 {
    // What an office keeps is its own: stores, their journals and folders are made for their owner.
    umask(0o077)
    // A reader that leaves early is no reason to die.
    signal(SIGPIPE, SIG_IGN)
    let console = Console(environment: Environment())
    do {
      var command = try OfficeCommand.parseAsRoot()
      if var waiting = command as? any AsyncParsableCommand {
        try await waiting.run()
      } else {
        try command.run()
      }
      return 0
    } catch {
      return end(with: error, console: console)
    }
  }

  /// Says why the program ends.
  ///
  /// Help and version, which ArgumentParser throws too, are data.
  private static func end(with error: any Error, console: Console) -> Int32 {
    var failure = Failure(error)
    if let code = parserCode(of: error) {
      guard code != .success else {
        console.print(OfficeCommand.fullMessage(for: error))
        return 0
      }
      failure = .notUnderstood(OfficeCommand.message(for: error), command: command())
    }
    console.say(failure)
    return failure.kind.rawValue
  }

  /// The command that was typed with its subcommand, as far as there are such.
  private static func command() -> String {
    var path: [String] = []
    var commands = OfficeCommand.configuration.subcommands
    for word in CommandLine.arguments.dropFirst() {
      guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
        break
      }
      path.append(word)
      commands = next.configuration.subcommands
    }
    return path.joined(separator: " ")
  }

  /// The exit code of an error of ArgumentParser's own, or `nil` if the error is another's.
  private static func parserCode(of error: any Error) -> ExitCode? {
    if error is Failure { return nil }
    let code = OfficeCommand.exitCode(for: error)
    return code == .failure ? nil : code
  }
}
