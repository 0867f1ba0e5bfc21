import Store
import Wire

/// The words of bundles.
enum BundleWords: Phrase {
  case nothing
  case progress(done: Int, all: Int)

  var text: String {
    switch self {
    case .nothing: "There are no changes in it."
    case .progress(let done, let all): "read \(done >> 10) of \(all >> 10) KiB"
    }
  }
}

/// Why nothing, or not all, came of a bundle.
enum BundleFailure {
  case refused(BundleRefusal)
  case file(String, BundleError)
  case notTaken(Int)

  var text: String {
    switch self {
    case .refused(.standalone): "the survey was founded without a key, so no bundle can be believed"
    case .refused(.otherSurvey): "the bundle is of another survey"
    case .file(let path, .foreign): "\(path) is not a bundle of Kulkul's"
    case .file(let path, .newer(let version)):
      "\(path) was written by a newer version of Kulkul (format \(version))"
    case .file(let path, .cut): "\(path) ends before its end"
    case .file(let path, .damaged): "\(path) is damaged"
    case .notTaken(let count):
      "\(Grammar.count(count, "run")) of changes in the bundle were not taken"
    }
  }

  var hint: String {
    switch self {
    case .refused(.standalone): "Let the laptops sync."
    case .refused(.otherSurvey): "Say with --store FILE where that survey's office lies."
    case .file(_, .foreign): "Give a file that \"kulkul bundle write\" made."
    case .file(_, .newer): "Install the newer version."
    case .file(_, .cut), .file(_, .damaged):
      "What came before the damage counts. Have the bundle written again, and read it again."
    case .notTaken:
      "The rest was taken in; \"kulkul-server quarantine list\" shows what a supervisor may decide."
    }
  }

  var kind: Failure.Kind {
    switch self {
    case .refused, .notTaken: .refused
    case .file: .storage
    }
  }
}
