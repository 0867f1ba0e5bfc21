import Model

/// Names and words as people type them, checked.
enum Names {
  /// The longest name in bytes.
  static let limit = 120

  /// A name that people read: one line of text.
  static func name(_ typed: String) throws -> String {
    var words: [Substring] = []
    for word in typed.split(separator: " ") { words.append(word) }
    let name = words.joined(separator: " ")
    let isPlain = name.unicodeScalars.allSatisfy { scalar in
      // Nor what turns the direction of writing: it could make one name look like another.
      scalar.value >= 0x20 && !(0x7F...0x9F).contains(scalar.value)
        && !(0x2028...0x202E).contains(scalar.value)
        && !(0x2066...0x2069).contains(scalar.value)
    }
    guard !name.isEmpty, name.utf8.count <= limit, isPlain else {
      throw Failure.badName(name, limit: limit)
    }
    return name
  }

  /// The word of a person.
  static func person(_ typed: String) throws -> PersonID {
    guard let person = PersonID(typed) else { throw Failure.badPersonWord(typed) }
    return person
  }

  /// People of the directory, as `a,b` or one after the other, each once.
  static func people(_ typed: [String], in directory: Directory) throws -> [PersonID] {
    var people: [PersonID] = []
    for word in typed.flatMap({ $0.split(separator: ",") }) {
      let person = try person(word.filter { $0 != " " })
      guard directory.person(person) != nil else { throw Failure.unknownPerson(person) }
      if !people.contains(person) { people.append(person) }
    }
    guard people.count <= peopleLimit else { throw Failure.tooManyPeople(limit: peopleLimit) }
    return people
  }

  /// Who decides what only a supervisor may.
  static func decider(_ typed: String, in directory: Directory) throws -> PersonID {
    let id = try person(typed)
    guard let person = directory.person(id) else { throw Failure.unknownPerson(id) }
    guard person.role.mayResolve else { throw Failure.notSupervisor(id, person.role) }
    return id
  }

  /// A reason, as it is kept.
  static func reason(_ typed: String) throws -> String {
    let reason = typed.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    guard !reason.isEmpty, reason.utf8.count <= reasonLimit else {
      throw Failure.badReason(limit: reasonLimit)
    }
    return reason
  }

  /// The longest reason in bytes.
  private static let reasonLimit = 4096

  /// The most people that one device serves.
  private static let peopleLimit = 200
}
