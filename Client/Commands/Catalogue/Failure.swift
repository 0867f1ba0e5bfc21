import Carrier
import Causality
import Courier
import Fieldwork
import Forms
import Model
import Store
import Wire

/// Why a command did not do what it was asked: what was found, what to type now, how it ends.
enum Failure: Error {
  // What stands on the command line.
  case notUnderstood(String, command: String)
  case unknownCommand(String, suggestion: String?)
  case unknownLanguage(String)
  case argumentNotText(index: Int)
  case noHome
  case needsAnswers(command: String)
  case needsTerminal(command: String)
  case needsDecision(record: String)
  case needsReason
  case badToken(String)
  case conflicting(String, String)
  case badCode(String)

  // Who and where.
  case noSurvey(path: String)
  case hasSurvey(path: String)
  case noPerson
  case severalPeople([PersonID])
  case malformedPerson(String)
  case notServed(PersonID, known: [PersonID])
  case severalVillages(String, [Village])
  case unknownVillage(String, suggestions: [Village])
  case needsVillage(count: Int)
  case notConfirmed
  case noDraft
  case unknownDraft(String, known: [Int64])
  case sameVillage(String)
  case foreignVillage(PersonID, String)
  case noLastRecord
  case endOfInput
  case standaloneSync

  // Which record.
  case severalRecords(String, [String])
  case unknownRecord(String, suggestions: [String])
  case shortRecord(String, least: Int)
  case noValue(String)
  case noSuchChoice(String, [String])
  case findings([FindingWords])
  case badRows(bad: Int, of: Int, file: String)
  case unsound(Int)
  case notTaken(Int)

  // Files and streams.
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case fileThere(path: String)
  case databaseThere(path: String)
  case notPlainFile(path: String)
  case outputLost(reason: String)
  case fileTooLarge(path: String, limit: Int)
  case longLine(limit: Int)
  case inputNotText

  case backup(BackupError)
  case differs([String])
  case bundle(BundleFailure)

  // What others found.
  case store(StoreError)
  case edit(EditRefusal)
  case carrier(CarrierError)
  case problem(Problem)
  case wire(WireError)
  case courier(CourierError)
  case form(FormError)
  case work(WorkError)
  case assignment(AssignmentError)
  case action(ActionError)
  case resolve(ResolveError)
  case importing(ImportError)
  case fault(String)
  /// A failure on the way to the office, and the proxy that is on it.
  indirect case throughProxy(String, Failure)
  /// A failure with a record, and the letters that name it here.
  indirect case about(String, Failure)

  /// The kinds of failure, each with its exit code.
  enum Kind: Int32 {
    /// It was understood, and refused.
    case refused = 1
    /// It was not understood.
    case usage = 2
    /// The office is out of reach, or refuses.
    case office = 3
    /// The store or a file cannot be used.
    case storage = 4
    /// The program is wrong.
    case bug = 70
  }
}

extension Failure {
  /// How the program ends.
  var kind: Kind {
    switch self {
    case .about(_, let failure), .throughProxy(_, let failure): failure.kind
    case .notUnderstood, .unknownCommand, .unknownLanguage, .argumentNotText, .needsAnswers,
      .needsTerminal, .needsDecision,
      .needsReason, .badToken, .conflicting, .badCode, .malformedPerson, .needsVillage, .noHome:
      .usage
    case .bundle(let failure): failure.kind
    case .backup(.taken), .backup(.itself), .backup(.otherStore), .backup(.inUse): .refused
    case .backup, .differs: .storage
    case .fileThere, .databaseThere, .notPlainFile,
      .noSurvey, .hasSurvey, .noPerson, .severalPeople, .notServed, .severalVillages,
      .unknownVillage, .notConfirmed, .noDraft, .unknownDraft, .endOfInput, .sameVillage,
      .foreignVillage, .noLastRecord, .longLine, .inputNotText, .edit,
      .standaloneSync, .severalRecords, .unknownRecord, .shortRecord, .noValue, .noSuchChoice,
      .findings,
      .badRows, .work, .assignment, .action, .resolve, .importing:
      .refused
    case .unreadable, .unwritable, .outputLost, .fileTooLarge, .unsound: .storage
    case .store(let error): error.kind
    case .carrier(.badAddress), .carrier(.badHeader): .usage
    case .carrier, .wire, .problem, .notTaken: .office
    case .courier(.notJoined), .courier(.joinedAlready): .refused
    case .courier(.badKey): .storage
    case .courier(.foreignServer): .office
    case .form: .storage
    case .fault: .bug
    }
  }
}

extension StoreError {
  fileprivate var kind: Failure.Kind {
    switch self {
    case .noRecord, .noForm, .noVillage, .noView, .draftElsewhere, .present, .tooLarge,
      .tooManyPlaces:
      .refused
    case .missing, .foreign, .damaged, .newer, .busy, .disk, .refused, .inconsistent,
      .unheard:
      .storage
    case .forgedDirectory, .notTakenOver: .office
    }
  }
}
