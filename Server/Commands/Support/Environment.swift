import Glibc

/// The process's variables.
struct Environment: Sendable {
  /// A variable that is set to something.
  subscript(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// Where the store lies if nothing on the command line says so.
  func storePath(given: String?) throws -> String {
    if let given = given ?? self["KULKUL_SERVER_STORE"] { return given }
    if let data = self["XDG_DATA_HOME"] { return data + "/kulkul-server/office.db" }
    guard let home = self["HOME"] else { throw Failure.noHome }
    return home + "/.local/share/kulkul-server/office.db"
  }
}
