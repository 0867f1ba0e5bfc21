/// The words of what is unfinished.
enum DraftWords: Phrase {
  case kind(record: String?)

  var text: String {
    switch self {
    case .kind(nil): "new"
    case .kind(let record?): "edit of \(record)"
    }
  }
}
