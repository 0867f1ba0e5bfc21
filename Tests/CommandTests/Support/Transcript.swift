/// A file of commands and what each prints.
///
/// ```
/// # What the file is about, in any line that begins with a hash.
/// $ kulkul init --standalone --person wayan
/// what it prints on stdout
/// ! what it says on stderr
/// [exit 1]
/// ```
///
/// A command is a line for `sh`; `[exit N]` stands where it fails. The folder of the run is written
/// as `~`.
struct Transcript {
  /// A command with what came of it.
  struct Step: Equatable {
    var command: String
    var output: [String]
  }

  /// The lines before the first command, and comments and empty lines before a later one.
  var preambles: [[String]] = []
  var steps: [Step] = []

  init(_ text: String) {
    var preamble: [String] = []
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("$ ") {
        preambles.append(preamble)
        steps.append(Step(command: String(line.dropFirst(2)), output: []))
        preamble = []
      } else if line.hasPrefix("# ") || line == "#" || line.isEmpty && preamble.isEmpty == false {
        preamble.append(line)
      } else if line.isEmpty, steps.isEmpty {
        preamble.append(line)
      } else if !steps.isEmpty {
        // An empty line within output was printed as `.`, so that an empty line ends the output.
        if line.isEmpty {
          preamble.append(line)
        } else {
          steps[steps.count - 1].output.append(line)
        }
      }
    }
  }

  var text: String {
    var lines: [String] = []
    for (preamble, step) in zip(preambles, steps) {
      lines += preamble
      lines.append("$ " + step.command)
      lines += step.output
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
