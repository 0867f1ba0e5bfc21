import ArgumentParser
import Bytes

/// What `--help` says of arguments and options.
enum OptionHelp: Phrase {
  case store, person, language, format
  case village, set, clear, seen, resume
  case record, question, address, code
  case newPerson, standalone, surveyName
  case today, mine, ofVillage, unsent, deleted, conflict, find
  case importFile, skipBad, again, dryRun
  case exportFormat, withPrivate, output, force
  case open, contested, derived, replaced, draft
  case backupFile, replaceBackup
  case reveal, take, answer, because, keep, delete
  case toVillage, who
  case bundleFile, bundleAll, bundleVillage

  /// The words in ArgumentParser's own wrapping.
  var argument: ArgumentHelp { ArgumentHelp(stringLiteral: text) }

  /// The words, with what stands for the value.
  func argument(_ value: String) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: text, valueName: value)
  }

  var text: String {
    switch self {
    case .store: "The store's file; otherwise $KULKUL_STORE, otherwise your data folder."
    case .person: "Who does it, where several people share the laptop."
    case .language:
      "The language of the form's texts; otherwise $KULKUL_LANG, otherwise the locale's."
    case .format: "How data is printed."
    case .village: "The village, by name or code."
    case .set: "An answer, such as nama_usaha='Tenun Padma'; - for a private one asks for it."
    case .clear: "A question whose answer is taken away."
    case .seen: "The token of the view that the edit is made from, as JSON and CSV give it."
    case .resume: "Go on with what was left unfinished."
    case .record:
      "The record: the first letters of its name, some of its text, or @ for the last one."
    case .question: "The question, by its name in the form."
    case .address: "The office's address, such as https://office.example."
    case .code: "The one-time code that the office gave you."
    case .newPerson: "The word for you, such as wayan."
    case .standalone: "Start without an office; a later join hands the records in."
    case .surveyName: "The survey's name."
    case .today: "Only records created or changed today."
    case .mine: "Only records that you created or changed last."
    case .ofVillage: "Only records of this village."
    case .unsent: "Only records with changes that are not at the office."
    case .deleted: "The deleted records instead of the others."
    case .conflict: "Only records with something to decide, or a broken check."
    case .find: "Only records in which this text is found; private answers only with --reveal."
    case .open: "What a rule leaves open: two answers to one question."
    case .contested: "What one deleted and another kept or wrote to."
    case .derived: "Checks that are broken since answers met."
    case .backupFile: "Where the backup will lie."
    case .replaceBackup:
      "Replace the file if there is one; of stores only an older copy of this one."
    case .replaced: "List every answer that was replaced, and by whom."
    case .draft: "The number of the unfinished work."
    case .importFile: "The table: a CSV file whose first line names the questions."
    case .skipBad: "Import the good rows and leave the wrong ones out."
    case .again: "Import the file although it was imported before."
    case .dryRun: "Check the file and import nothing."
    case .exportFormat: "The format of the export."
    case .withPrivate: "Also export private answers."
    case .output: "The file to write; otherwise stdout."
    case .force: "Replace the file if it is there; a store is never replaced."
    case .reveal: "Show private answers; an edit replaces only what was shown."
    case .take: "The side that is right, as conflicts show names it."
    case .answer: "The right answer, if no side has it."
    case .because: "Why, in your words."
    case .keep: "Keep the contested record."
    case .delete: "Delete the contested record."
    case .toVillage: "The village where the record belongs, by name or code."
    case .who: "The person's word."
    case .bundleFile: "The bundle's file, such as one on a memory stick."
    case .bundleAll: "Write all that is held here, also what the office has."
    case .bundleVillage: "Only this village, by name or code; may be given several times."
    }
  }
}

extension ArgumentHelp {
  fileprivate init(stringLiteral text: String, valueName: String) {
    self.init(text, valueName: valueName)
  }
}
