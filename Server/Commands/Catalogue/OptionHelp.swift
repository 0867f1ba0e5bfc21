import ArgumentParser

/// What `--help` says of arguments and options, and what is said where they do not fit together.
enum OptionHelp {
  case store, format, sheetFormat
  case preset, surveyName
  case personWord, personName, role, villages
  case deviceName, people, again, device
  case host, port
  case nameOrAgain, peopleMissing, notBoth
  case aside, allDecided, allDeclared, missing, upTo, waiting, reveal, decider, because
  case assigned, assignee, assignor
  case backupFile, replaceBackup, restoreFile, replaceStore, goOn, fileOrGoOn
  case bundleFile
  case sheets, formFolder, dryRun, oneOrThree

  /// The words as ArgumentParser takes them.
  var argument: ArgumentHelp { ArgumentHelp(text) }

  /// The words, with what stands for the value.
  func argument(_ value: String) -> ArgumentHelp {
    ArgumentHelp(text, valueName: value)
  }
}

extension OptionHelp: Phrase {
  var text: String {
    switch self {
    case .store: "The store's file; otherwise $KULKUL_SERVER_STORE, otherwise your data folder."
    case .format: "How data is printed."
    case .sheetFormat: "How the table is printed."
    case .bundleFile: "The bundle's file, such as one on a memory stick."
    case .preset: "The built-in survey to begin with."
    case .surveyName: "The survey's name."
    case .personWord: "The word that the person types, such as surveyor1."
    case .personName: "The name that people read."
    case .role: "What the person may do."
    case .villages: "A village or kecamatan, by code or name, or all, or none; may be repeated."
    case .deviceName: "The laptop's name, such as \"Laptop 7\"."
    case .people: "Whom the laptop serves, with commas between them."
    case .again: "A new code for a device that is on the list, by its number or name."
    case .device: "The device, by its number or name."
    case .host: "The address to listen on; 0.0.0.0 for every address of this machine."
    case .port: "The port to listen on; 0 for any that is free."
    case .nameOrAgain: "Give a name for the new device, or --again with one that is on the list."
    case .notBoth: "A device keeps its name: give either a name or --again."
    case .aside: "The name that \"kulkul-server quarantine list\" shows, such as K7M3Q."
    case .missing: "The name that \"kulkul-server void list\" shows, such as K7M3Q."
    case .upTo: "The last counter to give up; otherwise what \"kulkul-server void list\" shows."
    case .waiting: "The name that \"kulkul-server inbox list\" shows, such as K7M3Q."
    case .allDeclared: "Also what was declared void, found since or not."
    case .allDecided: "Also what was decided already."
    case .reveal: "Show private answers."
    case .decider: "Who decides: a supervisor or an admin."
    case .because: "Why, in a few words; it is kept."
    case .assigned: "A village or kecamatan, by code or name; several one after the other."
    case .assignee: "Who gets the villages."
    case .assignor: "Who no longer works there; without it nobody loses a village."
    case .backupFile: "Where the backup will lie."
    case .replaceBackup:
      "Replace the file if there is one; of stores only an older copy of this one."
    case .restoreFile: "The backup, as \"kulkul-server backup\" made it."
    case .replaceStore: "Put the store aside that is there; it is kept under another name."
    case .goOn: "Do not wait for a laptop: what the office said since the backup is given up."
    case .fileOrGoOn: "Give the file of a backup, or --go-on to stop waiting for laptops."
    case .sheets:
      "The folder with survey.csv, choices.csv and settings.csv, or the three files."
    case .formFolder: "The folder that the three sheets are written to."
    case .dryRun: "Only show what would change."
    case .oneOrThree: "Give one folder, or the three files."
    case .peopleMissing: "Say whom the device serves: --for PERSON,PERSON."
    }
  }
}
