import Bytes
import Causality
import Model
import Rules

let wayan = required(PersonID("wayan"))
let made = required(PersonID("made"))
let ketut = required(PersonID("ketut"))
let nyoman = required(PersonID("nyoman"))

let sanur = required(VillageCode("51.71.01.1009"))
let pemogan = required(VillageCode("51.71.01.1001"))

private func required<Value>(_ value: Value?) -> Value {
  guard let value else { preconditionFailure("BUG: a fixture is malformed") }
  return value
}

/// The name of a change.
func name(
  _ counter: UInt64, replica: UInt64 = 1, village: VillageCode = sanur, tag: UInt64? = nil
) -> Name {
  Name(
    dot: Dot(replica: ReplicaID(replica), village: village, counter: counter),
    tag: tag ?? counter * 1000 + replica)
}

/// What somebody said at some time; the time also names the change unless told otherwise.
func said(
  _ answer: Answer, at time: UInt64, by person: PersonID = wayan, _ role: Role = .surveyor,
  suspect: Bool = false, act: Act = .edit, origin: Name? = nil
) -> Contender {
  Contender(
    origin: origin ?? name(time), answer: answer, stamp: Stamp(number: time), isSuspect: suspect,
    person: person, role: role, act: act)
}

/// A decimal, as people write it.
func number(_ text: String) -> Answer {
  Decimal(text).map { .number($0) } ?? .text(text)
}

/// A reading of latitude, longitude and radius.
func fix(_ latitude: String, _ longitude: String, _ accuracy: String? = nil) -> Answer {
  .members([number(latitude), number(longitude), accuracy.map(number) ?? .cleared])
}

extension Verdict {
  /// The settlement, if there is one.
  var settlement: Settlement? {
    if case .settled(let settlement) = self { settlement } else { nil }
  }

  /// The settled answer; nil while the question is open.
  var settled: Answer? { settlement?.answer }

  /// The sides of a conflict; none if it is settled.
  var sides: [Side] {
    if case .open(_, let sides) = self { sides } else { [] }
  }
}
