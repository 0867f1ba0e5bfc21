import Causality
import Model

/// An office with two surveyors, and a stick that goes from one to the other.
struct TwoSurveyors {
  let office: TestOffice
  let wayan: PersonID
  let made: PersonID
  let stick = Stick()

  /// - Parameter villages: those of the second one; the first has two.
  init(madeIn villages: [VillageCode] = [At.renon, At.sanur]) throws {
    office = try TestOffice()
    wayan = try office.person("wayan", .surveyor, [At.renon, At.sanur])
    made = try office.person("made", .surveyor, villages)
  }
}

/// The two surveyors with a laptop each, which have heard the office.
struct TwoLaptops {
  let surveyors: TwoSurveyors
  let a: TestLaptop
  let b: TestLaptop

  init(_ surveyors: TwoSurveyors) throws {
    self.surveyors = surveyors
    a = try TestLaptop(seed: 21, office: surveyors.office, for: [surveyors.wayan])
    b = try TestLaptop(seed: 22, office: surveyors.office, for: [surveyors.made])
    for laptop in [a, b] { try laptop.sync(surveyors.office) }
  }
}

/// A suite about ``TwoSurveyors``.
protocol OfTwoSurveyors {
  var surveyors: TwoSurveyors { get }
}

extension OfTwoSurveyors {
  var office: TestOffice { surveyors.office }
  var wayan: PersonID { surveyors.wayan }
  var made: PersonID { surveyors.made }
  var stick: Stick { surveyors.stick }

  /// A laptop that has joined.
  func laptop(_ seed: UInt64, _ people: [PersonID]) throws -> TestLaptop {
    try TestLaptop(seed: seed, office: office, for: people)
  }
}

/// A suite about ``TwoLaptops``.
protocol OfTwoLaptops: OfTwoSurveyors {
  var laptops: TwoLaptops { get }
}

extension OfTwoLaptops {
  var surveyors: TwoSurveyors { laptops.surveyors }
  var a: TestLaptop { laptops.a }
  var b: TestLaptop { laptops.b }
}
