import ArgumentParser
import Glibc

/// The program from its arguments to its exit code.
public enum Program {
  nonisolated(unsafe) static let console = Console(environment: Environment().variables)

  /// Runs a command.
  ///
  /// - Parameter arguments: the program's arguments without its name; `nil` for those it was
  ///   started with.
  /// - Returns: the exit code.
  public static func run(_ arguments: [String]? = nil) -> Int32 {
    // NB: a reader that leaves early, or an office that hangs up, is no reason to die.
    signal(SIGPIPE, SIG_IGN)
    let code = perform(arguments)
    do {
      try console.finish()
      return code
    } catch {
      // What already went wrong was said, and counts.
      return code == 0 ? end(Failure(error)) : code
    }
  }

  private static func perform(_ arguments: [String]?) -> Int32 {
    do {
      var command = try read(try arguments ?? given())
      try command.run()
      return 0
    } catch let failure as Failure {
      return end(failure)
    } catch {
      return isParsers(error) ? explain(error, arguments) : end(Failure(error))
    }
  }

  /// The command that words mean.
  private static func read(_ words: [String]) throws -> any ParsableCommand {
    if let command = Shortcut.command(words) { return command }
    try checkCommand(command(among: words))
    return try KulkulCommand.parseAsRoot(words)
  }

  /// The program's arguments, of which each must be text.
  private static func given() throws -> [String] {
    var words: [String] = []
    for index in 1..<max(1, Int(CommandLine.argc)) {
      guard let bytes = CommandLine.unsafeArgv[index] else { break }
      guard let word = String(validatingCString: bytes) else {
        throw Failure.argumentNotText(index: index)
      }
      words.append(word)
    }
    return words
  }

  /// The word that stands where a command's does: behind the options that may come before it.
  private static func command(among words: [String]) -> String? {
    var rest = words[...]
    while let word = rest.first, PlaceOptions.names.contains(word) { rest = rest.dropFirst(2) }
    return rest.first
  }

  /// Refuses a first word that looks like a command and is none, rather than as an argument too many.
  private static func checkCommand(_ word: String?) throws {
    guard let word, !word.hasPrefix("-") else { return }
    let names = KulkulCommand.configuration.subcommands.compactMap { $0.configuration.commandName }
    guard !names.contains(word), word != "help" else { return }
    throw Failure.unknownCommand(word, suggestion: Nearest.to(word, among: names))
  }

  private static func isParsers(_ error: any Error) -> Bool {
    error is ValidationError || error is CleanExit || error is ExitCode
      || String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
  }

  /// Prints help on stdout; what the parser did not understand is a failure like any other.
  private static func explain(_ error: any Error, _ arguments: [String]?) -> Int32 {
    if KulkulCommand.exitCode(for: error) == .success {
      let text = KulkulCommand.fullMessage(for: error)
      if !text.isEmpty { console.print(text) }
      return 0
    }
    let words = arguments ?? CommandLine.arguments.dropFirst().map { $0 }
    return end(
      .notUnderstood(KulkulCommand.message(for: error), command: path(among: words)))
  }

  /// The command that was typed with its subcommand, as far as there are such.
  private static func path(among words: [String]) -> String {
    var path: [String] = []
    var commands = KulkulCommand.configuration.subcommands
    var rest = words[...]
    while let word = rest.first, PlaceOptions.names.contains(word) { rest = rest.dropFirst(2) }
    for word in rest {
      guard let next = commands.first(where: { $0.configuration.commandName == word }) else {
        break
      }
      path.append(word)
      commands = next.configuration.subcommands
    }
    return path.joined(separator: " ")
  }

  /// Says what was found and what to type.
  private static func end(_ failure: Failure) -> Int32 {
    let coloured = console.isColoured(.err)
    console.say(Style.alarm(Label.error.text, coloured: coloured) + ": " + failure.text)
    console.say(Style.bold(Label.hint.text, coloured: coloured) + ": " + failure.hint)
    return failure.kind.rawValue
  }
}
