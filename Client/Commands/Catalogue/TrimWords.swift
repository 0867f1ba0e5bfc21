/// The words of dropping history.
enum TrimWords: Phrase {
  case progress(Int, of: Int)
  case trimmed(Int, villages: Int, bytes: Int64)

  var text: String {
    switch self {
    case .progress(let done, let all): "trimmed \(done) of \(all) villages"
    case .trimmed(0, _, _): "Nothing was dropped."
    case .trimmed(let changes, let villages, let bytes):
      "Dropped the history of \(Grammar.count(changes, "change")) in "
        + "\(Grammar.count(villages, "village")); all answers are here as they were"
        + (bytes >= 1024 ? ", and \(bytes >> 10) KiB are free again." : ".")
    }
  }
}
