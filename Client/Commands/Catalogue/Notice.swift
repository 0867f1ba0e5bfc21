import Fieldwork
import Forms
import Model
import Store
import Wire

/// What is said beside the data.
enum Notice: Phrase {
  // Where and who.
  case initNeedsStandalone
  case started(String, villages: Int, person: PersonID)
  case storeAt(String)
  case nextAdd
  case joined(String, device: String)
  case letInAgain(String, device: String)
  case handsIn(UInt64)
  case outside(Int, villages: [String])
  case sayWho([PersonID])
  case worksNow(String)
  case villageTaken(Village)
  case failed(Failure)
  case twin(TwinReason, isAlone: Bool)

  // Records.
  case draftWaits(String, village: String)
  case editWaits(String, record: String)
  case draftKept(isNew: Bool, record: String?)
  case nothingAnswered
  case unseen(String)
  case beside(String)
  case decide(Int, checks: Int, record: String)
  case draftGone(Int64)
  case drafts(Int)
  case howToFinish(Int64)
  case records(Int)

  // Tables.
  case exported(Int, file: String?)
  case rowsLeftOut(Int)
  case skippedRows(String)
  case moreProblems(Int)

  // Sync, conflicts and checks.
  case refusal(Refusal.Ground, village: String)
  case seeConflicts
  case reopened(String, record: String, settledBy: String, writtenBy: [String])
  case conflicts(Int, checks: Int)
  case seeConflict(String)
  case howToResolve(String, ConflictItem)
  case sideStays(String, who: [String])
  case sound
  case bundle(BundleWords)
  case backupChecked
  case nothingToTrim
  case olderAtOffice
  case released([String])

  var text: String {
    switch self {
    case .initNeedsStandalone:
      "say --standalone to work alone, or type \"kulkul join URL CODE\" to join an office"
    case .started(let name, let villages, let person):
      "Started the survey \"\(name)\" with \(villages) villages; you are \(person)."
    case .storeAt(let path): "It is kept in \(path)."
    case .nextAdd: "Next: kulkul add --village NAME"
    case .joined(let name, let device): "Joined the survey \"\(name)\" as \(device)."
    case .letInAgain(let name, let device):
      "\(device) is let in again to the survey \"\(name)\"."
    case .outside(let count, let villages):
      "\(Grammar.count(count, "record")) of \(Grammar.list(villages)) \(count == 1 ? "lies" : "lie") "
        + "outside your villages. The office gets \(count == 1 ? "it" : "them") too, and you still "
        + "see \(count == 1 ? "it" : "them") here; to go on there, ask the office for the village."
    case .handsIn(let changes):
      "What was recorded here before, \(Grammar.count(changes, "change")), goes to the office."
    case .sayWho(let people):
      "This laptop serves \(Grammar.list(people.map(\.description))): "
        + "type \"kulkul as PERSON\" to say who you are."
    case .worksNow(let name): "\(name) works on this laptop now."
    case .villageTaken(let village):
      "Village: \(village.name) (\(village.code), \(village.kecamatan))"
    case .failed(let failure): "\(failure.text)\n\(failure.hint)"
    case .twin(let reason, let isAlone):
      "Note: \(Self.found(reason)). Nothing is lost: what is in it stays, and it goes on under a number "
        + "of its own."
        + (isAlone ? "" : " Type \"kulkul sync\" to see what the office and others have by now.")
    case .draftWaits(let time, let village):
      "An unfinished record of \(time) in \(village) waits: \"kulkul add --resume\" goes on with it."
    case .editWaits(let time, let record):
      "An unfinished edit of \(time) waits: \"kulkul edit \(record) --resume\" goes on with it."
    case .draftKept(let isNew, let record):
      "Kept as a draft; nothing is recorded yet. \"kulkul "
        + (isNew ? "add" : "edit \(record ?? "RECORD")") + " --resume\" goes on with it."
    case .nothingAnswered: "Nothing was answered, so nothing is kept."
    case .unseen(let place):
      "Note: at \(place) an answer stands that you had not seen; it stays beside yours."
    case .beside(let place): "Note: at \(place) the answers of others stay beside yours."
    case .decide(let count, 0, let record):
      "\(Grammar.count(count, "thing")) in it must be decided: kulkul conflicts show \(record)"
    case .decide(0, let checks, let record):
      "It breaks \(Grammar.count(checks, "check")): kulkul conflicts show \(record)"
    case .decide(let count, let checks, let record):
      "\(Grammar.count(count, "thing")) in it must be decided, and it breaks "
        + "\(Grammar.count(checks, "check")): kulkul conflicts show \(record)"
    case .drafts(let count):
      count == 0 ? "Nothing is unfinished." : "\(Grammar.count(count, "draft"))."
    case .howToFinish(let key):
      "To finish it: kulkul drafts resume \(key). To throw it away: kulkul drafts discard \(key)"
    case .draftGone(let key): "Threw the unfinished work \(key) away."
    case .records(let count): count == 0 ? "No records." : Grammar.count(count, "record") + "."
    case .exported(let count, let file):
      "Exported \(Grammar.count(count, "record"))" + (file.map { " to \($0)." } ?? ".")
    case .rowsLeftOut(let rows):
      "\(Grammar.count(rows, "row")) of repeats had no room in the table; "
        + "\"kulkul export --format json\" has them."
    case .skippedRows(let file): "The rows that were left out are in \(file): mend and import it."
    case .moreProblems(let count): "… and \(count) more."
    case .refusal(let ground, let village):
      "Changes in \(village) were not taken: \(Self.words(ground))."
    case .seeConflicts: "Type \"kulkul conflicts\" to see what must be decided."
    case .reopened(let place, let record, let who, let writers):
      "Reopened: \(place) of \(record), settled by \(who); what \(Grammar.list(writers)) wrote "
        + "had not seen it."
    case .conflicts(0, 0): "Nothing must be decided."
    case .conflicts(let count, 0): "\(Grammar.count(count, "thing")) to decide."
    case .conflicts(0, let checks): "Nothing must be decided; \(Self.broken(checks))."
    case .conflicts(let count, let checks):
      "\(Grammar.count(count, "thing")) to decide; \(Self.broken(checks))."
    case .seeConflict(let record): "Type \"kulkul conflicts show \(record)\" to see the first."
    case .howToResolve(let record, let item): Self.howToResolve(record, item)
    case .sideStays(let side, let who):
      "Note: the side \(side) of \(Grammar.list(who)) came since, and stays."
    case .backupChecked:
      "The copy was opened again and checked. Keep it where this laptop's loss does not reach it."
    case .nothingToTrim:
      "No backup of the office has more than was dropped here already, as far as the last sync told."
    case .olderAtOffice: "What happened before is known at the office, and not on this laptop."
    case .released(let villages):
      "Nobody of this laptop works in \(Grammar.list(villages)) any more. The office has all of it in a "
        + "checked backup, so it is no longer kept here."
    case .bundle(let words): words.text
    case .sound: "The store is sound, and every answer is accounted for."
    }
  }

  private static func found(_ reason: TwinReason) -> String {
    switch reason {
    case .copied: "this store is a copy, or was moved here"
    case .restored: "this store is older than it was: somebody put an earlier copy in its place"
    }
  }

  private static func broken(_ checks: Int) -> String {
    checks == 1 ? "1 check is broken" : "\(checks) checks are broken"
  }

  private static func howToResolve(_ record: String, _ item: ConflictItem) -> String {
    switch item.matter {
    case .answers(let sides):
      "To settle it: kulkul resolve \(record) '\(item.place)' --take \(sides.first?.name ?? "SIDE") "
        + "--because \"…\""
    case .life:
      "To settle it: kulkul resolve \(record)"
        + (item.place.kind == .rowLife ? " '\(item.place)'" : "") + " --keep, or --delete"
    case .check(let finding, _): Self.howToMend(record, item, finding.question)
    case .shared(let shared, _): Self.howToMend(record, item, shared.question)
    }
  }

  /// What is private is asked for, and never typed.
  private static func howToMend(
    _ record: String, _ item: ConflictItem, _ question: Question
  ) -> String {
    "To settle it: kulkul edit \(record) --set '\(item.place)=\(question.isPrivate ? "-" : "…")'"
  }

  private static func words(_ ground: Refusal.Ground) -> String {
    switch ground {
    case .unknownPerson: "the office does not know the person"
    case .foreignDevice: "this laptop does not serve the person"
    case .role: "the person's role may not do this"
    case .village: "the person does not work there"
    case .naming: "they replace answers that they may not replace"
    case .fork: "there are others of the same numbers, so a store was copied"
    case .chain: "their hashes do not fit"
    case .malformed: "they cannot be read"
    case .revoked: "this laptop was turned away"
    case .gap: "changes before them are missing"
    case .directory: "they cite an older directory than a change before them"
    case .seal: "nobody who is known here vouches for them"
    }
  }
}
