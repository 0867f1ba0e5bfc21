import ArgumentParser
import Bytes

/// What `--help` says of each command.
enum CommandHelp {
  case program
  case initialize, serve, status, coverage, verify
  case person, personAdd, personList, personChange
  case device, deviceInvite, deviceList, deviceChange, deviceRevoke
  case backup, restore, assign
  case form, formPublish, formList, formExport
  case bundle, bundleShow, bundleRead
  case quarantine, quarantineList, quarantineShow, quarantineTake, quarantineDrop
  case void, voidList, voidDeclare
  case inbox, inboxList, inboxDrop

  /// What the command is and does.
  func configuration(
    _ name: String, subcommands: [any ParsableCommand.Type] = [], version: String = ""
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: abstract, discussion: discussion, version: version,
      subcommands: subcommands)
  }

  private var abstract: String {
    switch self {
    case .program: "Run the office of a field survey: who works where, and what they bring back"
    case .initialize: "Begin a survey"
    case .serve: "Serve laptops that join and sync"
    case .status: "Show the survey, what has come in and what is stuck"
    case .coverage: "Count the records of each village"
    case .verify: "Check that the store is sound and nothing is lost"
    case .person: "Manage the people of the survey"
    case .personAdd: "Add a person"
    case .personList: "List everyone"
    case .personChange: "Change a person's name, role or villages"
    case .device: "Manage the laptops of the survey"
    case .deviceInvite: "Make a one-time code with which a laptop joins"
    case .deviceList: "List the laptops"
    case .deviceChange: "Change a laptop's name, or whom it serves"
    case .deviceRevoke: "Turn a laptop away"
    case .backup: "Copy the store while the office serves, and check the copy"
    case .restore: "Go on from a backup; the laptops bring back what came after it"
    case .assign: "Give villages to a person, and take them from another"
    case .form: "Manage the questionnaire"
    case .formPublish: "Publish another edition of the questionnaire"
    case .formList: "List all editions"
    case .formExport: "Write the questionnaire to files"
    case .bundle: "Take in what laptops wrote into a file"
    case .bundleShow: "Show whose changes are in a file"
    case .bundleRead: "Take in what a file brings"
    case .quarantine: "Decide about changes that were not taken"
    case .quarantineList: "List what was not taken, and why"
    case .quarantineShow: "Show what changes say that were not taken"
    case .quarantineTake: "Let changes in after all"
    case .quarantineDrop: "Put changes away that nobody will take"
    case .void: "Go on without work that nobody has any more"
    case .voidList: "List what is missing, and who waits for it"
    case .voidDeclare: "Declare void what is missing, and take in what waits for it"
    case .inbox: "See what waits for what it names, and put it away"
    case .inboxList: "List what waits, of whom, and who brought it"
    case .inboxDrop: "Put away what waits and need not"
    }
  }

  private var discussion: String {
    switch self {
    case .program:
      """
      Everything is kept in one file, the store. Commands may be typed while the office serves.

      Examples:
        kulkul-server init
        kulkul-server person add sari --name "Ni Wayan Sari" --role surveyor \\
          --village Renon
        kulkul-server device invite "Laptop 1" --for sari
        kulkul-server serve --host 0.0.0.0

      Exit codes: 0 done, 1 refused, 2 not understood, 3 cannot listen, 4 store unusable, 70 a bug.
      """
    case .initialize:
      """
      Makes the store: the villages, the questionnaire and an empty directory of people.

      Examples:
        kulkul-server init
        kulkul-server init --name "IKM Denpasar 2026" --store survey.db
      """
    case .serve:
      """
      Says on stderr where it listens, then one line per sync, without any answers. It speaks plain \
      HTTP: over the internet put a proxy with TLS before it. On SIGTERM or Ctrl-C it finishes what \
      it is doing and ends.

      Examples:
        kulkul-server serve
        kulkul-server serve --host 0.0.0.0 --port 8043
      """
    case .status: "Examples:\n  kulkul-server status\n  kulkul-server status --format json"
    case .coverage:
      """
      Every village has its line, also where nothing was recorded. Deleted records do not count. The \
      total stands in the table and the JSON, not in the CSV.

      Examples:
        kulkul-server coverage
        kulkul-server coverage --format csv > coverage.csv
      """
    case .verify:
      """
      Derives everything again from the journal and compares it with what is stored. It only reads, \
      and may run while the office serves.

      Examples:
        kulkul-server verify
        kulkul-server verify --format json
      """
    case .person, .personList:
      "Examples:\n  kulkul-server person list\n  kulkul-server person list --format json"
    case .personAdd:
      """
      A surveyor records and edits, a supervisor also settles conflicts, an admin also runs the \
      office, a viewer only reads. Villages are given by code or name; a kecamatan stands for its \
      villages, "all" for every village.

      Examples:
        kulkul-server person add sari --name "Ni Wayan Sari" --role surveyor \\
          --village Renon
        kulkul-server person add putra --name "I Made Putra" --role surveyor \\
          --village 51.71.01.1001 --village "Denpasar Barat"
        kulkul-server person add ketut --name "Ketut Alit" --role supervisor \\
          --village all
      """
    case .personChange:
      """
      Only what is given is changed; --village replaces all villages that the person had. Laptops \
      learn of it at their next sync; what was recorded before is judged by the rights of then. \
      Nobody is ever removed, because their answers stay theirs: who leaves gets --village none.

      Examples:
        kulkul-server person change sari --village "Denpasar Timur"
        kulkul-server person change putra --village none
        kulkul-server person change sari --role supervisor --village all
      """
    case .device, .deviceList:
      """
      "unsent" is how many changes the laptop still had when it was last heard.

      Examples:
        kulkul-server device list
        kulkul-server device list --format json
      """
    case .deviceInvite:
      """
      The code has no 0, O, 1, I or L and can be read over the telephone. It works once, for two \
      weeks. With --again a device gets a new code in place of the old one: because it was lost, or \
      because the laptop was.

      Examples:
        kulkul-server device invite "Laptop 7" --for sari,putra
        kulkul-server device invite --again 7
      """
    case .deviceRevoke:
      """
      The laptop can neither hand in nor take away. What it still brings is kept aside, not lost: \
      "kulkul-server quarantine list" shows it. If the laptop is found again, or was turned away by \
      mistake, "kulkul-server device invite --again" gives a code; with "kulkul join URL CODE" the \
      laptop comes back as the device that it was, with a new key, and hands in what it still has. \
      Its old key, and whoever copied it, stay locked out.

      Examples:
        kulkul-server device revoke 7
        kulkul-server device revoke "Laptop 7"
        kulkul-server device invite --again "Laptop 7"
      """
    case .deviceChange:
      """
      Only what is given is changed; --for replaces all whom the laptop served. The laptop learns of \
      it at its next sync; what was saved before that is judged by the rights of then.

      Examples:
        kulkul-server device change 7 --name "Laptop Renon"
        kulkul-server device change "Laptop 7" --for sari,putra
      """
    case .backup:
      """
      May be typed while the office serves. The copy is opened again and checked from its first change \
      on before it gets its name, so a file of that name can be restored. Put it on another disk. It \
      holds all answers and the office's key: keep it as you keep the store.

      Examples:
        kulkul-server backup /mnt/usb/office-monday.db
        kulkul-server backup /mnt/usb/office.db --replace --format json
      """
    case .restore:
      """
      Stop the office first. The backup is checked, and only read. A store that is there is kept under \
      another name with --replace, never deleted. What came after the backup is on the laptops: each \
      brings it back at its next sync, and nobody types anything else for it. Until the first has \
      come, the office says nothing new: nobody is added, invited or assigned, and no form is \
      published. With --go-on it does not wait; then what it said since the backup is given up: people, \
      roles and villages are as in the backup, and laptops that joined since need a new code; what was saved under what is given up goes to the \
      quarantine, for a supervisor to take.

      Examples:
        kulkul-server restore /mnt/usb/office-monday.db
        kulkul-server restore /mnt/usb/office-monday.db --replace
        kulkul-server restore --go-on
      """
    case .assign:
      """
      The villages are added to what the person has; with --from they are taken from another, both at \
      once. A kecamatan stands for its villages. Laptops learn of it at their next sync; what was \
      recorded before that is taken by the rights of then.

      Examples:
        kulkul-server assign Renon Sanur --to putra --from sari
        kulkul-server assign "Denpasar Barat" --to putra
      """
    case .form, .formList:
      "Examples:\n  kulkul-server form list\n  kulkul-server form list --format json"
    case .formPublish:
      """
      The sheets are read and checked as a whole, and compared with every edition before: a number \
      goes on meaning what it meant, choices are only added, groups grow at their end. Laptops get it at \
      their next sync; until then they go on with the edition they have, and nothing that they record is \
      lost. Raise "version" in the settings with every edition.

      Examples:
        kulkul-server form export sheets
        kulkul-server form publish sheets --dry-run
        kulkul-server form publish sheets
      """
    case .formExport: "Example:\n  kulkul-server form export sheets"
    case .bundle, .bundleShow:
      """
      A laptop writes such a file with "kulkul bundle write", where there is no network. No answers \
      are shown.

      Example:
        kulkul-server bundle show /mnt/usb/renon.kulkul
      """
    case .bundleRead:
      """
      May be typed while the office serves. Each change is judged as if the laptop that wrote it had \
      brought it, whoever carried the file. The laptops hear of it at their next sync. Reading a file \
      twice brings nothing the second time.

      Examples:
        kulkul-server bundle read /mnt/usb/renon.kulkul
        kulkul-server bundle read /mnt/usb/renon.kulkul --format json
      """
    case .quarantine, .quarantineList:
      """
      What a laptop may not hand in is kept whole and shown to nobody, until a supervisor decides. \
      Behind it the laptop's work in that village stands still; its other villages go on.

      Examples:
        kulkul-server quarantine list
        kulkul-server quarantine list --all --format json
      """
    case .quarantineShow:
      """
      Private answers are masked unless --reveal.

      Examples:
        kulkul-server quarantine show K7M3Q
        kulkul-server quarantine show K7M3Q --format json
      """
    case .quarantineTake:
      """
      The changes go through the ordinary door, on the supervisor's word: it stands for a right that \
      was missing. Changes that are forged, damaged, or of a copied laptop cannot be taken by \
      anybody. What is wrong in them is corrected or deleted afterwards, like any other record.

      Examples:
        kulkul-server quarantine take K7M3Q --as ketut
        kulkul-server quarantine take K7M3Q --as ketut --because "hers after all"
      """
    case .quarantineDrop:
      """
      It is no longer asked about. Nothing is erased: "list --all" still shows it, and "take" still \
      takes it. What the laptop wrote behind it in that village stays outside too; to let that in, \
      take it all and delete what is wrong.

      Examples:
        kulkul-server quarantine drop K7M3Q --as ketut --because "written by a thief"
      """
    case .void, .voidList:
      """
      After an office was put back and a laptop was lost, what others wrote on top of the lost work \
      waits for it. A laptop or a memory stick that has it brings it by itself. What lies in the \
      quarantine can be taken from there. The second table says who waits, and for how much: what is \
      unproven, or of a laptop that was turned away, does not count for how far something is missing. \
      With --all also what was put away and waits for something, and every word that was given, found \
      since or not.

      Examples:
        kulkul-server void list
        kulkul-server void list --all --format json
      """
    case .voidDeclare:
      """
      What waits is taken in without what it says of the missing work: answers that it replaced there \
      are unknown, and stand nowhere. Should the missing work be found after all, it comes in by \
      itself, and a supervisor may be asked about what stands twice then. From the first change that is \
      found the rest is waited for again. Give up no more than was lost: compare the counters that \
      "list" shows, and say --up-to where one of them is beyond belief.

      Examples:
        kulkul-server void declare K7M3Q --as ketut --because "laptop 3 was stolen"
        kulkul-server void declare K7M3Q --up-to 41 --as ketut --because "laptop 3 was stolen"
      """
    case .inbox, .inboxList:
      """
      What comes before what it names waits, and comes in by itself as soon as that is there. Each \
      laptop has room for so much of it and no more. "Device" is whose it is known to be, 0 the office \
      itself; "brought by" is only said in a file, by whoever wrote it.

      Examples:
        kulkul-server inbox list
        kulkul-server inbox list --format json
      """
    case .inboxDrop:
      """
      It lies in the quarantine then, as dropped, and "quarantine list --all" shows who did it and \
      why. It does not wait again when it is brought again; once what it waits for is there, it is \
      taken from whoever brings it. If that is lost, "void list --all" shows it, and "quarantine take" \
      takes what was put away once it is void.

      Example:
        kulkul-server inbox drop K7M3Q --as ketut --because "nobody of ours wrote this"
      """
    }
  }
}
