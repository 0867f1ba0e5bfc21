import Glibc
import Store

/// The file of a store that is about to be made: only its owner may read it.
enum StoreFile {
  /// Makes an empty store, or takes one up that was made and never given a survey.
  static func make(at path: String, environment: Environment) throws -> Store {
    if Files.exists(path) {
      let store = try Store.open(at: path, surroundings: environment.surroundings())
      guard try store.standing().survey == nil else { throw Failure.hasSurvey(path: path) }
      return store
    }
    try Files.makeFolder(of: path)
    let mask = umask(0o077)
    defer { umask(mask) }
    return try Store.create(
      at: path, role: .standalone, surroundings: environment.surroundings())
  }
}
