import Bytes
import Carrier
import Courier
import Fieldwork
import Forms
import Model
import Store
import Wire

extension Failure {
  /// What any error of the parts below comes to for the person who typed the command.
  ///
  /// An error that is not known here is a fault of the program: it has found no words.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as StoreError: self = .store(error)
    case let refusal as EditRefusal: self = .edit(refusal)
    case let error as CarrierError: self = .carrier(error)
    case let problem as Problem: self = .problem(problem)
    case let error as WireError: self = .wire(error)
    case BundleRefusal.standalone: self = .bundle(.standalone)
    case BundleRefusal.otherSurvey: self = .bundle(.otherSurvey)
    case let error as CourierError: self = .courier(error)
    case let error as FormError: self = .form(error)
    case let error as WorkError: self = .work(error)
    case let error as AssignmentError: self = .assignment(error)
    case let error as ActionError: self = .action(error)
    case let error as ResolveError: self = .resolve(error)
    case let error as ImportError: self = .importing(error)
    default: self = .fault(String(reflecting: error))
    }
  }

  /// What an error comes to where it takes the survey to say it: the form's words in a language, or
  /// a village by its name; `nil` for any other.
  init?(_ error: any Error, at bench: Workbench) {
    switch error {
    case ActionError.findings(let findings):
      let language = bench.spokenLanguage
      self = .findings(findings.errors.map { FindingWords($0, .error, language: language) })
    case ActionError.sameVillage(_, let village): self = .sameVillage(bench.name(of: village))
    case EditRefusal.village(let person, let village):
      self = .foreignVillage(person, bench.name(of: village))
    case let error as AssignmentError:
      guard case .answer(.unknownChoice(let list)) = error.problem,
        let form = bench.standing.forms.values.first(where: { !$0.choices(list).isEmpty })
      else { return nil }
      self = .noSuchChoice(error.name, form.choices(list).map(\.name))
    default:
      guard let record = Self.record(of: error) else { return nil }
      self = .about(bench.letters(of: record), Failure(error))
    }
  }

  /// The record that an error is about.
  private static func record(of error: any Error) -> RecordID? {
    switch error {
    case WorkError.notShown(let id), WorkError.viewOfOther(_, let id): id
    case ActionError.alreadyDeleted(let id), ActionError.notDeleted(let id): id
    case EditRefusal.deleted(let id), EditRefusal.deletedRow(let id, _): id
    case ResolveError.noConflict(let id, _), ResolveError.isQuestion(let id, _),
      ResolveError.needsRow(let id, _), ResolveError.assignment(let id, _),
      ResolveError.isCheck(let id):
      id
    default: nil
    }
  }
}
