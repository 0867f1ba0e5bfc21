import Glibc
import Store

/// What the process was given to know about its place: variables, and nothing else of the machine.
struct Environment {
  /// The variables that the program looks at.
  private static let names = [
    "HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "KULKUL_STORE", "KULKUL_LANG", "LC_ALL",
    "LC_MESSAGES", "LANG", "USER",
    "NO_COLOR", "TERM", "SSL_CERT_FILE", "KULKUL_TEST_CLOCK", "KULKUL_TEST_SEED",
  ]

  let variables: [String: String]

  /// Reads the process's variables.
  init() {
    var variables: [String: String] = [:]
    for name in Self.names + Proxy.variables {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    self.variables = variables
  }

  /// A variable that is set to something.
  subscript(_ name: String) -> String? {
    variables[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Where the store lies if nothing on the command line says so.
  func storePath(given: String?) throws -> String {
    if let given = given ?? self["KULKUL_STORE"] { return given }
    if let data = self["XDG_DATA_HOME"] { return data + "/kulkul/field.db" }
    guard let home = self["HOME"] else { throw Failure.noHome }
    return home + "/.local/share/kulkul/field.db"
  }

  /// The language of the form's texts: as asked for, else the first of the locale that it has.
  func language(given: Language?) throws -> Language? {
    if let given { return given }
    if let word = self["KULKUL_LANG"] {
      guard let language = Language(rawValue: word) else { throw Failure.unknownLanguage(word) }
      return language
    }
    let locale = self["LC_ALL"] ?? self["LC_MESSAGES"] ?? self["LANG"] ?? ""
    return Language.allCases.first { locale.hasPrefix($0.rawValue) }
  }

  /// The machine, with its clocks and chance; in a test, those that the test sets.
  func surroundings() -> Surroundings {
    var surroundings = Surroundings.program { self[$0] }
    surroundings.marks = marks
    return surroundings
  }

  /// Where it is noted how much a store has written: beside the machine's other state, and not beside
  /// the store, so that whoever puts an older copy of the store back leaves the note as it is.
  private var marks: String? {
    if let state = self["XDG_STATE_HOME"] { return state + "/kulkul/marks" }
    return self["HOME"].map { $0 + "/.local/state/kulkul/marks" }
  }
}
