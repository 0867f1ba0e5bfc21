import Causality
import Model
import Testing
import Wire
import Worlds

@testable import Store

/// A branch that is nowhere but on a stick, and names what nobody else has heard of.
///
/// A laptop was copied, and the copy, which is lost, read what another wrote and went on from that: B, and C
/// over it, after T.
struct BranchOnAStick {
  let surveyors: TwoSurveyors
  let nyoman: PersonID
  /// Whose laptop was copied, and the copy.
  let first: TestLaptop
  let twin: TestLaptop
  /// Whoever wrote what the branch names.
  let other: TestLaptop
  /// Whoever has the stick.
  let laptop: TestLaptop
  let record: RecordID

  init() throws {
    surveyors = try TwoSurveyors()
    let (office, wayan, made) = (surveyors.office, surveyors.wayan, surveyors.made)
    nyoman = try office.person("nyoman", .surveyor, [At.renon, At.sanur])
    first = try TestLaptop(seed: 1, office: office, for: [wayan])
    other = try TestLaptop(seed: 2, office: office, for: [made])
    laptop = try TestLaptop(seed: 3, office: office, for: [nyoman])
    record = try first.add(wayan, in: At.renon, [At.name: .text("A")])
    try first.sync(office)
    for laptop in [other, laptop] { try laptop.sync(office) }
    twin = try first.twin()
    // Nobody but the copy hears of it yet.
    try other.edit(record, by: made, [At.name: .text("T")])
    let stick = surveyors.stick
    try stick.write(other.store)
    try stick.read(twin.store)
    for text in ["B", "C"] { try twin.edit(record, by: wayan, [At.name: .text(text)]) }
    try stick.write(twin.store)
    let (header, frames) = try stick.open()
    let stream = StreamID(village: At.renon, replica: try twin.store.standing().replica)
    try stick.forge(frames.filter { $0.stream == stream }, as: header)
  }
}

/// A suite about ``BranchOnAStick``.
protocol OfBranchOnAStick: OfTwoSurveyors {
  var branch: BranchOnAStick { get }
}

extension OfBranchOnAStick {
  var surveyors: TwoSurveyors { branch.surveyors }
  var nyoman: PersonID { branch.nyoman }
  var first: TestLaptop { branch.first }
  var twin: TestLaptop { branch.twin }
  var other: TestLaptop { branch.other }
  var laptop: TestLaptop { branch.laptop }
  var record: RecordID { branch.record }
}
