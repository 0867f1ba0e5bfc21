import Bytes
import Causality
import Fieldwork
import Model
import Store

extension ConflictBlocks {
  /// A conflict for programs, without what its authors knew and replaced: a list does not look.
  func brief(_ item: ConflictItem) -> JSON { json(item, Self.brief) }

  /// A conflict for programs.
  func json(_ item: ConflictItem) -> JSON { json(item, Self.json) }

  private func json(_ item: ConflictItem, _ witness: (Witness) -> JSON) -> JSON {
    var fields: [(key: String, value: JSON)] = [
      ("id", .string(item.line.record.description)), ("letters", .string(item.line.short)),
      ("name", .optional(item.line.name)),
      ("village", .string(item.line.row.home.description)),
      ("question", .string(item.place.description)), ("element", .optional(item.place.element)),
      ("matter", .string(item.kind.rawValue)), ("decision", item.decision.map(witness) ?? .null),
      ("reopened_by", .array(item.reopenedBy.map { .string($0.description) })),
    ]
    switch item.matter {
    case .answers(let sides): fields.append(("sides", .array(sides.map { json($0, witness) })))
    case .life(let deletes, let unseen):
      fields.append(("deletes", .array(deletes.map(witness))))
      fields.append(("unseen", .array(unseen.map { json($0, witness) })))
    case .check(let finding, let given):
      fields.append(("given", .array(given.map { json($0, witness) })))
      fields.append(("check", FindingWords(finding, .standing, language: "en").json))
    case .shared(let shared, let given):
      fields.append(("given", .array(given.map { json($0, witness) })))
      fields.append(("check", SharedWords(shared).json))
    }
    return .object(fields)
  }

  private func json(_ side: ConflictSide, _ witness: (Witness) -> JSON) -> JSON {
    .object([
      ("side", .string(side.name)), ("text", .string(side.text)),
      ("provisional", .bool(side.isProvisional)),
      ("by", .array(side.witnesses.map(witness))),
    ])
  }

  private func json(_ answer: GivenAnswer, _ witness: (Witness) -> JSON) -> JSON {
    .object([
      ("question", .string(answer.place.description)), ("text", .string(answer.text)),
      ("by", answer.witness.map(witness) ?? .null),
    ])
  }

  /// Who gave an answer, for programs.
  static func json(_ witness: Witness) -> JSON {
    let seen = witness.seen?.map { count in
      JSON.object([
        ("person", .string(count.person.description)), ("seen", .count(count.seen)),
        ("all", .count(count.all)),
      ])
    }
    let replaced = witness.replaced.map { old in
      JSON.object([
        ("person", .optional(old.person?.description)), ("text", .optional(old.text)),
      ])
    }
    return .object(
      fields(witness) + [
        ("seen", seen.map { .array($0) } ?? .null), ("replaced", .array(replaced)),
      ])
  }

  private static func brief(_ witness: Witness) -> JSON { .object(fields(witness)) }

  private static func fields(_ witness: Witness) -> [(key: String, value: JSON)] {
    [
      ("person", .string(witness.person.description)),
      ("device", .int(Int64(witness.device.number))),
      ("at", .string(SurveyClock.utc(witness.time))), ("clock", .string(witness.trust.rawValue)),
      ("act", .string("\(witness.act)")), ("reason", .optional(witness.reason)),
    ]
  }
}

extension ConflictItem {
  /// Whether an edit mends it: a check that a merge broke, or an answer that is not unique.
  var isCheck: Bool { kind == .derived }
}
