import Bytes
import Causality
import Fieldwork
import Forms
import Model
import Rules
import Store

extension RecordLine {
  /// What programs are told of every record that is shown or listed.
  var fields: [(key: String, value: JSON)] {
    [
      ("id", .string(record.description)), ("letters", .string(short)),
      ("name", .optional(name)), ("village", .string(row.home.description)),
      ("village_name", .optional(village?.name)), ("in_transit", .bool(row.isInTransit)),
      ("life", .string(row.life.word)), ("conflicts", .count(row.conflicts)),
      ("checks", .count(row.derived)),
      ("created", .optional(row.created.map { SurveyClock.utc($0) })),
      ("created_by", .optional(row.creator?.description)),
      ("changed", .string(SurveyClock.utc(row.changed))),
      ("changed_by", .optional(row.editor?.description)),
      ("saved", .string(SurveyClock.utc(row.saved))), ("unsent", .bool(isUnsent)),
    ]
  }

  /// Whether there is something in it that a person must decide.
  var hasConflicts: Bool { row.conflicts > 0 || row.derived > 0 }
}

extension Liveness {
  /// The word for programs.
  var word: String {
    switch self {
    case .alive: "alive"
    case .deleted: "deleted"
    case .contested: "contested"
    }
  }
}
