import Foundation

/// What a run of a program came to.
struct Outcome: Equatable {
  let code: Int32
  let out: String
  let err: String

  /// What it printed with `--format json`.
  func json() throws -> JSON {
    JSON(try JSONSerialization.jsonObject(with: Data(out.utf8)))
  }
}

/// A value of printed JSON; whatever is not there is absent, and no failure.
struct JSON {
  private let value: Any?

  init(_ value: Any?) {
    self.value = value is NSNull ? nil : value
  }

  subscript(_ name: String) -> JSON { JSON((value as? [String: Any])?[name]) }

  subscript(_ index: Int) -> JSON {
    guard let list = value as? [Any], list.indices.contains(index) else { return JSON(nil) }
    return JSON(list[index])
  }

  var isAbsent: Bool { value == nil }
  var text: String? { value as? String }
  var number: Int? { (value as? NSNumber)?.intValue }
  var flag: Bool? { (value as? NSNumber)?.boolValue }
  var list: [JSON] { (value as? [Any])?.map { JSON($0) } ?? [] }
  var texts: [String] { list.compactMap(\.text) }
}
