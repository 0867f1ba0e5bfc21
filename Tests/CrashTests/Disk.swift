import CFaults
import Foundation
import TestSupport

/// What a disk does to a world.
enum Fault: CaseIterable {
  /// The power is cut at an operation.
  case cut
  /// One operation fails; the program goes on.
  case error
  /// One operation fails, the program goes on, and the power is cut later.
  case errorThenCut
  /// From an operation on the disk is full, and maybe is not any more later.
  case full
  /// One reading fails.
  case read
  /// From a reading on nothing can be read, until the step has ended.
  case reads

  /// Whether it befalls what is read, and not what is written.
  var isOfReading: Bool { self == .read || self == .reads }

  fileprivate var kind: faults_kind {
    switch self {
    case .cut: faults_cut
    case .error, .errorThenCut: faults_error
    case .full: faults_full
    case .read: faults_read
    case .reads: faults_reads
    }
  }
}

/// A fault, and the operation, counted from 1, at which it comes about.
struct Plan {
  let fault: Fault
  let at: Int64
}

/// The folder on the disk that fails, one for the process.
enum Disk {
  static let folder: Result<String, CrashFailure> = {
    var template = Array("/dev/shm/kulkul-crash-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template).map({ String(cString: $0) }), faults_install(made) == 0
    else { return .failure(CrashFailure("there is no folder for the disk that fails")) }
    // NB: worlds leave nothing in it.
    atexit { if case .success(let made) = Disk.folder { rmdir(made) } }
    return .success(made)
  }()

  /// How many writes, syncs, truncations and deletions there were since it was armed.
  static var writes: Int64 { faults_count() }
  /// How many readings there were.
  static var reads: Int64 { faults_count_reads() }
  /// Whether what was armed has happened.
  static var hasFired: Bool { faults_fired() != 0 }

  static func arm(_ fault: Fault?, at: Int64 = 0, seed: UInt64 = 0) {
    faults_arm(fault?.kind ?? faults_none, at, seed)
  }

  /// Leaves the files as a power cut leaves them; nobody has them open any more.
  static func settle() {
    faults_settle()
  }

  static func forget() {
    faults_forget()
  }
}

/// What a crash world found wrong.
struct CrashFailure: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) {
    self.description = description
  }
}
