import Model
import Store
import Wire

/// The words of bundles.
enum BundleWords: Phrase {
  case written(BundleWritten, file: String, isAll: Bool)
  case read(BundleRead, newConflicts: Int)
  case writing(UInt64)
  case reading(Int, of: Int)
  case changes(UInt64, new: UInt64)
  case laptop(DeviceID)
  case unvouched(UInt64)
  case isOpen
  case leftOnStick
  case refusal(Refusal.Ground, village: String)

  var text: String {
    switch self {
    case .written(let written, let file, let isAll):
      written.changes == 0
        ? "Nothing is in \(file) but the directory: "
          + (isAll
            ? "no changes are held here."
            : "the office has all that is held here; --all writes it all the same.")
        : "Wrote \(Grammar.count(written.changes, "change")) of "
          + "\(Grammar.count(written.villages.count, "village")) to \(file) "
          + "(\((written.size + 1023) >> 10) KiB)."
    case .read(let read, let new):
      "received \(read.received), \(read.leftOut) left out, "
        + (new == 0 ? "no new conflicts" : Grammar.count(new, "new conflict"))
        + (read.waiting == 0
          ? "" : "; \(Grammar.count(read.waiting, "frame")) must wait for others")
    case .writing(let changes): "wrote \(Grammar.count(changes, "change"))"
    case .reading(let done, let all): "read \(done >> 10) of \(all >> 10) KiB"
    case .changes(let changes, let new):
      "\(changes), of which \(new) \(new == 1 ? "is" : "are") not here yet"
    case .laptop(let device): "laptop \(device)"
    case .unvouched(let count):
      "\(Grammar.count(count, "change")) of others \(count == 1 ? "stays" : "stay") here: nobody has "
        + "vouched for \(count == 1 ? "it" : "them") yet whom others would believe."
    case .isOpen:
      "Whoever has the file can read every answer in it, private ones too: keep the stick as you keep "
        + "the laptop."
    case .leftOnStick:
      "What was left out is of villages that nobody of this laptop works in; the stick brings it on."
    case .refusal(let ground, let village):
      "Changes in \(village) were not taken: \(Self.words(ground))."
    }
  }

  private static func words(_ ground: Refusal.Ground) -> String {
    switch ground {
    case .fork: "there are others of the same numbers, so a store was copied; the office settles it"
    case .revoked: "the office has turned away the laptop that wrote them"
    case .foreignDevice: "another laptop wrote them than the one that vouches for them"
    case .directory: "they go by a newer directory; sync first, or read a newer bundle"
    case .seal: "nobody who is known here vouches for them"
    case .chain, .malformed: "they cannot be read"
    case .naming: "they are about nothing that is here"
    case .gap, .unknownPerson, .role, .village: "the office has to see them first"
    }
  }
}

/// Why nothing came of a bundle.
enum BundleFailure: Hashable {
  case standalone
  case otherSurvey
  case file(String, BundleError)
  case notTaken(Int)

  var text: String {
    switch self {
    case .standalone:
      "this laptop has joined no office, so nobody could tell whose changes a bundle brings"
    case .otherSurvey: "the bundle is of another survey than this laptop's"
    case .notTaken(let count):
      "\(Grammar.count(count, "run")) of changes in the bundle were not taken"
    case .file(let path, .foreign): "\(path) is not a bundle of Kulkul's"
    case .file(let path, .newer(let version)):
      "\(path) was written by a newer version of Kulkul (format \(version))"
    case .file(let path, .cut): "\(path) ends before its end"
    case .file(let path, .damaged): "\(path) is damaged"
    }
  }

  var hint: String {
    switch self {
    case .standalone:
      "Type \"kulkul join URL CODE\" first; the work here goes to the office with it."
    case .otherSurvey: "Ask for the bundle of your own survey; nothing of this one was taken in."
    case .notTaken: "Keep the file, and tell the office what is said above; the rest was taken in."
    case .file(_, .foreign): "Give a file that \"kulkul bundle write\" made."
    case .file(_, .newer): "Install the newer version."
    case .file(_, .cut), .file(_, .damaged):
      "What came before the damage counts. Write the bundle again, and take the stick out only when "
        + "it is written."
    }
  }

  var kind: Failure.Kind {
    switch self {
    case .standalone, .otherSurvey, .notTaken: .refused
    case .file: .storage
    }
  }
}
