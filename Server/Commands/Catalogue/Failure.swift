import API
import Causality
import Forms
import Model
import Store

/// Why a command did not do what it was asked: what was found, what to type now, how it ends.
enum Failure: Error {
  // What stands on the command line.
  case notUnderstood(String, command: String)

  // Where the office lies.
  case noHome
  case notAnOffice(path: String, role: StoreRole)
  case unfinished(path: String)
  case folder(path: String, reason: String)
  case store(StoreError)
  case unsound(path: String, problems: Int)

  // Who, where, which.
  case badPersonWord(String)
  case personExists(PersonID)
  case unknownPerson(PersonID)
  case badName(String, limit: Int)
  case nothingToChange(PersonID)
  case severalVillages(String, [Village])
  case unknownVillage(String, suggestions: [Village])
  case deviceExists(DeviceStanding)
  case unknownDevice(String)
  case severalDevices(String, [DeviceStanding])
  case tooManyPeople(limit: Int)
  case nobodyServed
  case nothingToChangeOf(DeviceStanding)
  case mixedNone
  case unknownAside(String)
  /// Nothing of that name is missing.
  case unknownMissing(String)
  case cannotDeclare(String, VoidRefusal)
  /// Nothing of that name waits.
  case unknownWaiting(String)
  case notSupervisor(PersonID, Role)
  case badReason(limit: Int)
  case cannotTake(QuarantinedRun, TakingObstacle)

  // Backups, assignments and forms.
  case backup(BackupError)
  case restore(BackupError)
  case noBackup(path: String)
  case notABackup(path: String)
  case file(path: String, reason: String)
  case samePerson(PersonID)
  case nothingAssigned
  case worksNotThere(PersonID, [VillageCode])
  case form(FormError)
  case sheetFiles(name: String, found: [String])
  case sheetsTooLarge(limit: Int)
  case formUnchanged(String)
  case editionTaken(String)
  case unfitForm(String, [FormObjection])

  case bundle(BundleFailure)

  // The network.
  case listen(ListenError)

  /// Anything that nobody thought of.
  case fault(String)

  /// The kinds of failure, each with its exit code.
  enum Kind: Int32 {
    /// It was understood, and refused.
    case refused = 1
    /// It was not understood.
    case usage = 2
    /// The office cannot listen.
    case network = 3
    /// The store or its folder cannot be used.
    case storage = 4
    /// The program is wrong.
    case bug = 70
  }

  /// How the program ends.
  var kind: Kind {
    switch self {
    case .badPersonWord, .personExists, .unknownPerson, .badName, .nothingToChange,
      .severalVillages, .unknownVillage, .deviceExists, .unknownDevice, .severalDevices,
      .tooManyPeople, .nobodyServed, .nothingToChangeOf, .mixedNone, .unknownAside, .unknownMissing,
      .cannotDeclare, .unknownWaiting,
      .notSupervisor, .badReason, .cannotTake, .store(.present), .store(.unheard),
      .samePerson, .nothingAssigned, .worksNotThere, .form, .sheetFiles, .sheetsTooLarge,
      .formUnchanged, .editionTaken, .unfitForm, .backup(.taken), .backup(.itself),
      .backup(.otherStore), .backup(.inUse), .backup(.underWay),
      .restore(.taken), .restore(.itself), .restore(.inUse):
      .refused
    case .noHome, .notUnderstood: .usage
    case .bundle(let failure): failure.kind
    case .listen: .network
    case .notAnOffice, .unfinished, .folder, .unsound, .backup, .restore, .noBackup, .notABackup,
      .file:
      .storage
    case .store(let error): error.isStorage ? .storage : .bug
    case .fault: .bug
    }
  }
}

extension Failure {
  /// The failure that an error from below is: the one place where errors become words.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as StoreError: self = .store(error)
    case let error as ListenError: self = .listen(error)
    default: self = .fault("\(error)")
    }
  }
}

extension StoreError {
  fileprivate var isStorage: Bool {
    switch self {
    case .missing, .present, .foreign, .damaged, .newer, .busy, .disk, .refused, .inconsistent,
      .forgedDirectory, .unheard:
      true
    case .noRecord, .noForm, .noVillage, .noView, .draftElsewhere, .tooLarge, .tooManyPlaces,
      .notTakenOver:
      false
    }
  }
}
