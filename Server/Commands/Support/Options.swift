import ArgumentParser
import Model
import Store

/// What every command takes: which office.
struct PlaceOptions: ParsableArguments {
  @Option(help: OptionHelp.store.argument("file"))
  var store: String?
}

/// What every command takes by which a person decides something.
struct DecisionOptions: ParsableArguments {
  @Option(name: .customLong("as"), help: OptionHelp.decider.argument("person"))
  private var person: String

  @Option(help: OptionHelp.because.argument("text"))
  private var because: String

  /// Who decides, who must be allowed to, and why.
  func given(in office: Headquarters) throws -> (person: PersonID, reason: String) {
    let decider = try Names.decider(person, in: try office.store.standing().directory)
    return (decider, try Names.reason(because))
  }
}

/// What every command takes that prints data.
struct FormatOptions: ParsableArguments {
  private enum Choice: String, ExpressibleByArgument, CaseIterable {
    case table, json
  }

  @Option(name: .customLong("format"), help: OptionHelp.format.argument("form"))
  private var choice: Choice = .table

  /// The format that was chosen.
  var format: Format { choice == .json ? .json : .table }
}

/// What every command takes that prints one table.
struct SheetOptions: ParsableArguments {
  private enum Choice: String, ExpressibleByArgument, CaseIterable {
    case table, json, csv
  }

  @Option(name: .customLong("format"), help: OptionHelp.sheetFormat.argument("form"))
  private var choice: Choice = .table

  /// The format that was chosen.
  var format: Format {
    switch choice {
    case .table: .table
    case .json: .json
    case .csv: .csv
    }
  }
}

/// The role of a person, as it is typed.
enum RoleWord: String, ExpressibleByArgument, CaseIterable {
  case viewer, surveyor, supervisor, admin
}

extension RoleWord {
  /// The role of the word.
  var role: Role {
    switch self {
    case .viewer: .viewer
    case .surveyor: .surveyor
    case .supervisor: .supervisor
    case .admin: .admin
    }
  }
}
