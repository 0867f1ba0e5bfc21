import ArgumentParser
import Fieldwork
import Forms

/// Answers on a command line: what is set and what is cleared.
struct AnswerOptions: ParsableArguments {
  @Option(name: .customLong("set"), help: OptionHelp.set.argument("question=answer"))
  var assigned: [String] = []

  @Option(name: .customLong("clear"), help: OptionHelp.clear.argument("question"))
  var cleared: [String] = []

  /// Whether there are none.
  var isEmpty: Bool { assigned.isEmpty && cleared.isEmpty }

  /// The assignments, with those that are to be asked for asked.
  func assignments(_ planner: AnswerPlanner, _ bench: Workbench) throws -> [Assignment] {
    var assignments: [Assignment] = []
    for typed in assigned {
      let assignment = try Assignment(typed)
      assignments.append(assignment.isToAsk ? try ask(assignment, planner, bench) : assignment)
    }
    for typed in cleared { assignments.append(try Assignment(clearing: typed)) }
    return assignments
  }

  /// Asks for a value, without showing it if it is private.
  private func ask(
    _ assignment: Assignment, _ planner: AnswerPlanner, _ bench: Workbench
  ) throws -> Assignment {
    let questions = try planner.questions(of: assignment)
    let language = bench.language(of: planner.form)
    let prompt = Prompt.value(
      assignment.name, label: questions.first?.label(language) ?? assignment.name
    ).text
    let isPrivate = questions.contains(where: \.isPrivate)
    guard
      let line = try isPrivate || !bench.console.isInteractive
        ? bench.console.askHidden(prompt) : bench.console.ask(prompt)
    else { throw Failure.noValue(assignment.name) }
    return assignment.answered(line)
  }
}
