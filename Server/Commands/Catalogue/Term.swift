import Causality
import Forms
import Model
import Store
import Wire

/// Words for values that have words of their own.
enum Term {
  case village(Village)
  case allVillages
  case wholeKecamatan(String, villages: Int)
  case joined, invited, revoked
  case missing, void, found, partlyFound, keptAside, known, unproven
  case taken, dropped, waits, held, behind, stays
  case masked, life, home, lives(Bool)
  case total
  case moment(String, zone: String)
  case peopleByRole([(role: Role, count: Int)])
  case devices(joined: Int, invited: Int, revoked: Int)
  case ground(Refusal.Ground)
  case problem(VerifyProblem)
  case formChange(FormChange.Kind)
}

extension Term: Phrase {
  var text: String {
    switch self {
    case .village(let village): "\(village.code) \(village.name) (\(village.kecamatan))"
    case .allVillages: "all"
    case .wholeKecamatan(let name, let villages): "\(name) (all \(villages))"
    case .joined: "joined"
    case .invited: "invited"
    case .revoked: "turned away"
    case .taken: "taken"
    case .missing: "missing"
    case .void: "void"
    case .keptAside: "in quarantine"
    case .found: "found since"
    case .partlyFound: "partly found since"
    case .known: "known to be its own"
    case .unproven: "nobody stands for it"
    case .dropped: "dropped"
    case .waits: "waits for a decision"
    case .held: "held by now"
    case .behind: "behind others"
    case .stays: "cannot be taken"
    case .masked: "•••"
    case .life: "(the record)"
    case .home: "desa"
    case .lives(let isAlive): isAlive ? "is there" : "is deleted"
    case .total: "total"
    case .moment(let moment, let zone): "\(moment) \(zone)"
    case .peopleByRole(let counts):
      counts.map { Grammar.count($0.count, $0.role.description) }.joined(separator: ", ")
    case .devices(let joined, let invited, let revoked):
      "\(joined) joined, \(invited) invited, \(revoked) turned away"
    case .ground(let ground): ground.words
    case .problem(let problem): problem.words
    case .formChange(let kind): FormWords.change(kind).text
    }
  }
}

extension Refusal.Ground {
  /// Why a change was kept aside.
  fileprivate var words: String {
    switch self {
    case .unknownPerson: "its author is nobody of this survey"
    case .foreignDevice: "the device does not serve its author"
    case .role: "its author's role does not allow it"
    case .village: "its author does not work in that village"
    case .naming: "it replaces answers that its author may not replace"
    case .fork: "another change stands in its place: the laptop was copied"
    case .chain: "its hashes do not fit: it was damaged or forged"
    case .malformed: "it cannot be read"
    case .revoked: "the device was turned away"
    case .gap: "changes before it are missing"
    case .directory: "it cites an older directory than a change before it"
    case .seal: "its seal is of nobody who is known here, or broken"
    }
  }

  /// The word that programs get.
  var word: String {
    switch self {
    case .unknownPerson: "unknownPerson"
    case .foreignDevice: "foreignDevice"
    case .role: "role"
    case .village: "village"
    case .naming: "naming"
    case .fork: "fork"
    case .chain: "chain"
    case .malformed: "malformed"
    case .revoked: "revoked"
    case .gap: "gap"
    case .directory: "directory"
    case .seal: "seal"
    }
  }
}

extension VerifyProblem {
  /// What was found wrong.
  fileprivate var words: String {
    switch self {
    case .file(let detail): "the file is damaged: \(detail)"
    case .hole(let dot): "change \(dot) is missing"
    case .chain(let dot): "change \(dot) does not fit the hash before it"
    case .vector(let stream):
      "the journal of \(stream.replica) in \(stream.village) is not what its vector says"
    case .order(let dot, let missing): "change \(dot) stands before \(missing), which it names"
    case .state(let record, let village):
      "the state of \(record) in \(village) is not what its changes come to"
    case .columns(let record, let village):
      "the columns of \(record) in \(village) were written by something else"
    case .invented(let record, let village): "no change made \(record) in \(village)"
    case .base(let village):
      "what the history of \(village) begins with is not what the office signed"
    case .lost(let name, let record, let path):
      "the answer \(name) at \(path) of \(record) stands nowhere and nothing replaced it"
    }
  }

  /// The word that programs get.
  var word: String {
    switch self {
    case .file: "file"
    case .hole: "hole"
    case .chain: "chain"
    case .vector: "vector"
    case .order: "order"
    case .state: "state"
    case .columns: "columns"
    case .invented: "invented"
    case .base: "base"
    case .lost: "lost"
    }
  }
}
