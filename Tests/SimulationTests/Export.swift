import Bytes
import Causality
import Forms
import Glibc
import Model
import Reading
import Rules
import Worlds

@testable import Store

/// Writes a world down for a judge who shares no code with it: every answer ever given, with what
/// its author had been shown, and what every replica shows at rest. One value of JSON a line;
/// `Tests/Oracle/oracle.py` reads it.
extension SimulatedWorld {
  /// Writes the world into a folder, as a file named after its seed.
  func export(to folder: String) throws {
    mkdir(folder, 0o755)
    guard let file = fopen("\(folder)/\(seed).jsonl", "w") else {
      throw fail("\(folder) cannot be written to")
    }
    defer { fclose(file) }
    for line in try exported() {
      fputs(line.text.filter { $0 != "\n" } + "\n", file)
    }
  }

  private func exported() throws -> [JSON] {
    var lines: [JSON] = [.object([("seed", .number(String(seed)))])]
    for case .form(_, let survey, _, _) in try directory(of: office.store).entries {
      lines.append(.object([("form", .string(survey))]))
    }
    for record in oracle.records {
      lines.append(
        .object([
          ("record", .string(record.description)),
          ("born", .optional(oracle.birthplaces[record]?.description)),
        ]))
    }
    for (number, given) in oracle.given.enumerated() { lines.append(line(number, given)) }
    for (name, store, scope) in stores {
      lines.append(
        .object([
          ("replica", .string(name)),
          ("villages", .array(scope.sorted().map { .string($0.description) })),
        ]))
      for record in oracle.records {
        guard let shown = try store.peek(record, form: 1), scope.contains(shown.village) else {
          continue
        }
        lines.append(try line(name, store, record, shown.village, shown.state))
      }
    }
    return lines
  }

  private func line(_ number: Int, _ given: Given) -> JSON {
    let origin = given.origin
    var fields: [(key: String, value: JSON)] = [
      ("answer", .count(number)), ("record", .string(given.record.description)),
      ("path", place(given.path)), ("value", value(given.answer)),
      ("person", .string(given.person.description)), ("role", .string(given.role.description)),
      ("resolution", .bool(given.isResolution)), ("version", .count(given.version)),
      (
        "order",
        .array([
          number64(given.stamp.number), number64(origin.dot.village.number),
          number64(origin.dot.replica.number), number64(origin.dot.counter), number64(origin.tag),
        ])
      ), ("milliseconds", .int(given.stamp.milliseconds)), ("heard", .bool(given.hasHeard)),
    ]
    if let evidence = given.evidence {
      fields.append(("trusted", .int(evidence.trusted)))
      fields.append(("elapsed", evidence.elapsed.map { .int($0) } ?? .null))
    }
    fields.append(("seen", .array(given.seenAnywhere.sorted().map { .count($0) })))
    return .object(fields)
  }

  private func line(
    _ replica: String, _ store: Store, _ record: RecordID, _ village: VillageCode,
    _ state: RecordState
  ) throws -> JSON {
    let context = try context(of: store)
    let reading = RecordReading(
      record: record, state: state, copy: village, form: context.forms[1],
      directory: context.directory)
    let places = state.registers.map { register -> JSON in
      let verdict: (String, Answer?) =
        switch reading.verdict(at: register.path) {
        case .unanswered: ("none", nil)
        case .settled(let settlement): ("answer", settlement.answer)
        case .open(let provisional, _): ("open", provisional)
        }
      let standing = register.siblings.map { sibling in
        JSON.count(oracle.number(of: sibling.origin, at: register.path) ?? -1)
      }
      return .object([
        ("path", place(register.path)), ("standing", .array(standing)),
        ("verdict", .string(register.path.field.isSystem ? "" : verdict.0)),
        ("value", verdict.1.map { value($0) } ?? .null),
      ])
    }
    let rows = reading.rows.map { row -> JSON in
      .object([
        ("row", .array([.int(Int64(row.row.group.number)), .string(row.row.id.string)])),
        ("life", .string(word(row.life.liveness))),
      ])
    }
    return .object([
      ("shows", .string(record.description)), ("at", .string(replica)),
      ("village", .string(village.description)),
      ("life", .string(word(reading.life.liveness))), ("conflicts", .count(reading.conflictCount)),
      ("places", .array(places)), ("rows", .array(rows)),
    ])
  }

  private func word(_ liveness: Liveness) -> String {
    switch liveness {
    case .alive: "alive"
    case .deleted: "deleted"
    case .contested: "contested"
    }
  }

  private func number64(_ number: UInt64) -> JSON { .number(String(number)) }

  private func place(_ path: Path) -> JSON {
    .array([
      .int(Int64(path.row?.group.number ?? 0)), .string(path.row?.id.string ?? ""),
      .int(Int64(path.field.number)), .string(path.element.string),
    ])
  }

  private func value(_ answer: Answer) -> JSON {
    switch answer {
    case .cleared: .string("cleared")
    case .absent: .string("absent")
    case .present: .string("present")
    case .number(let number): .array([.string("number"), .string(number.description)])
    case .text(let text): .array([.string("text"), .string(text.string)])
    case .group(let members): .array([.string("group")] + members.map { value($0) })
    case .life(let life): .array([.string("life"), .bool(life.isAlive)])
    case .village(let village): .array([.string("village"), .string(village.description)])
    default: .string("unknown")
    }
  }
}
