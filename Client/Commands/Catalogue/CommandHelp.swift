import ArgumentParser
import Bytes

/// What `--help` says of each command.
enum CommandHelp {
  case kulkul, day
  case join, start, become, whoami, status, sync
  case add, edit, move, show, list, delete, undelete, log
  case importing, export, coverage, verify, backup, trim
  case drafts, draftList, draftResume, draftDiscard
  case conflicts, conflictList, conflictShow, resolve
  case bundle, bundleWrite, bundleShow, bundleRead

  /// What the command is and does.
  func configuration(
    _ name: String, subcommands: [any ParsableCommand.Type] = [],
    default defaultCommand: (any ParsableCommand.Type)? = nil, isHidden: Bool = false,
    version: String = ""
  ) -> CommandConfiguration {
    CommandConfiguration(
      commandName: name, abstract: abstract, discussion: discussion, version: version,
      shouldDisplay: !isHidden, subcommands: subcommands, defaultSubcommand: defaultCommand)
  }

  private var abstract: String {
    switch self {
    case .kulkul: "Survey without a network, and bring the answers together"
    case .day: "Show the day: who, where, what is done and what is due"
    case .join: "Join an office's survey with a one-time code"
    case .start: "Start a survey on this laptop alone"
    case .become: "Say who works on this laptop now"
    case .whoami: "Say who works on this laptop, and where"
    case .status: "Show what this laptop is, and what waits to be sent"
    case .sync: "Exchange with the office what either side lacks"
    case .add: "Record a business"
    case .edit: "Change answers of a record"
    case .move: "Move a record to the village where it belongs"
    case .show: "Show a record"
    case .list: "List records"
    case .delete: "Delete a record"
    case .undelete: "Bring a deleted record back"
    case .log: "Show who changed what, and when"
    case .importing: "Import records from a table"
    case .export: "Export records as a table or as JSON"
    case .coverage: "Count the records of each village"
    case .backup: "Copy the store, and check the copy"
    case .trim: "Drop history that the office keeps in a checked backup"
    case .verify: "Check that the store is sound and nothing is lost"
    case .drafts: "See, finish or throw away what was begun"
    case .draftList: "List what was begun and not finished"
    case .draftResume: "Go on with what was begun"
    case .draftDiscard: "Throw away what was begun"
    case .conflicts: "Manage what people must decide"
    case .conflictList: "List what people must decide"
    case .conflictShow: "Show the sides of a record's conflicts"
    case .resolve: "Settle a conflict"
    case .bundle: "Carry changes about in a file, where there is no network"
    case .bundleWrite: "Write what is held here into a file"
    case .bundleShow: "Show whose changes are in a file"
    case .bundleRead: "Take in what a file brings"
    }
  }

  private var discussion: String {
    switch self {
    case .kulkul: Self.overview
    case .day: "Example:\n  kulkul"
    case .join:
      """
      The office gives the code with "kulkul-server device invite". Records that you made here \
      before are handed in. The first sync follows at once. A laptop that the office turned away \
      comes back the same way, with all that it holds; the office then types "kulkul-server device \
      invite --again". If the answer was lost on the way, type the same again.

      Example:
        kulkul join https://office.example K7M3-Q9X2
      """
    case .start:
      """
      Everything but sync works without an office.

      Example:
        kulkul init --standalone --person wayan
      """
    case .become: "Example:\n  kulkul as wayan"
    case .whoami: "Example:\n  kulkul whoami"
    case .status: "Examples:\n  kulkul status\n  kulkul status --format json"
    case .sync:
      """
      What was saved stays here whatever happens on the way; simply sync again.

      Example:
        kulkul sync
      """
    case .add: Self.addHelp
    case .edit: Self.editHelp
    case .move:
      """
      The answers follow as soon as the office has heard of it.

      Example:
        kulkul move K7M3Q Sanur
      """
    case .show:
      """
      What you are shown is noted: an edit replaces what you saw, and nothing else.

      Examples:
        kulkul show K7M3Q
        kulkul show "batik sari"
        kulkul show @ --format json
      """
    case .list:
      """
      Examples:
        kulkul list --today --mine
        kulkul list --village Sanur --find batik
      """
    case .delete:
      """
      What somebody else wrote meanwhile is not deleted: a supervisor then decides.

      Example:
        kulkul delete K7M3Q
      """
    case .undelete: "Example:\n  kulkul undelete K7M3Q"
    case .log: "Examples:\n  kulkul log\n  kulkul log K7M3Q"
    case .importing: Self.importHelp
    case .export:
      """
      Private answers are left out unless you ask for them. The columns _id and _seen let \
      "kulkul import" take changed cells back as edits.

      Examples:
        kulkul export -o ikm.csv
        kulkul export --format json --village Sanur
      """
    case .coverage: "Examples:\n  kulkul coverage\n  kulkul coverage --format json"
    case .drafts: "Examples:\n  kulkul drafts\n  kulkul drafts resume 3"
    case .draftList: "Example:\n  kulkul drafts list"
    case .draftResume: "Example:\n  kulkul drafts resume 3"
    case .draftDiscard: "Example:\n  kulkul drafts discard 3"
    case .backup:
      """
      The copy is opened again and checked before it gets its name. To use it, put it where the store \
      was, or name it with --store: it notices that it is a copy and goes on under a number of its own, \
      so nothing that was saved since in the other is overwritten. It holds all answers and this \
      laptop's key: keep it as you keep the laptop.

      Examples:
        kulkul backup /media/usb/laptop-7.db
        kulkul backup /media/usb/laptop-7.db --replace
      """
    case .trim:
      """
      All answers, conflicts and records stay as they are; what goes is who had changed what before. It \
      goes only where the office has said at the last sync that it is in a backup that was checked, and \
      only if what is here comes to the same as there.

      Example:
        kulkul sync && kulkul trim
      """
    case .verify: "Examples:\n  kulkul verify\n  kulkul verify --list"
    case .bundle:
      """
      One laptop writes a bundle, another reads it, and whichever meets the office first hands all of \
      it in. Whoever carries the file can change nothing in it.

      Examples:
        kulkul bundle write /media/usb/renon.kulkul
        kulkul bundle read /media/usb/renon.kulkul
      """
    case .bundleWrite:
      """
      What the office is not known to have is written, be it yours or of others who gave it to you; \
      with --all everything that is held here. The file is sealed by this laptop, and not encrypted.

      Examples:
        kulkul bundle write /media/usb/renon.kulkul
        kulkul bundle write /media/usb/all.kulkul --all --village Renon
      """
    case .bundleShow:
      """
      Shows no answers.

      Examples:
        kulkul bundle show /media/usb/renon.kulkul
        kulkul bundle show /media/usb/renon.kulkul --format json
      """
    case .bundleRead:
      """
      What is of your villages is taken in; the rest stays on the stick, for others. Reading a file \
      twice brings nothing the second time.

      Example:
        kulkul bundle read /media/usb/renon.kulkul
      """
    case .conflicts: "Examples:\n  kulkul conflicts\n  kulkul conflicts show K7M3Q"
    case .conflictList:
      "Examples:\n  kulkul conflicts list --village Sanur\n  kulkul conflicts --open --question nib"
    case .conflictShow:
      """
      Each side has a name of its own that "kulkul resolve --take" understands. What you are shown \
      is noted: a resolution replaces what you saw, and nothing else.

      Examples:
        kulkul conflicts show K7M3Q
        kulkul conflicts show K7M3Q nib
      """
    case .resolve:
      """
      Examples:
        kulkul resolve K7M3Q nib --take XJ --because "seen on the licence"
        kulkul resolve K7M3Q nib --answer 9120001112223 \\
          --because "asked the owner"
        kulkul resolve K7M3Q --keep
      """
    }
  }

  private static let overview = """
    Start with "kulkul join URL CODE" if an office gave you a code, or with "kulkul init \
    --standalone" to work alone. Then "kulkul add" records a business, and "kulkul" alone shows \
    your day.

    Exit codes: 0 done, 1 refused, 2 not understood, 3 office out of reach, 4 store or file, \
    70 a fault of the program.
    """

  private static let addHelp = """
    Without --set, at a terminal, asks question by question: ? for help, < to go back, empty to \
    skip, :s to save, :q to leave a draft that "kulkul add --resume" goes on with.

    Examples:
      kulkul add --village Sanur
      kulkul add --village 03.1007 --set hasil_kunjungan=tutup \\
        --set nama_usaha='Tenun Padma' --set nik=-
      kulkul add --village Sanur --set lokasi='-8.65 115.24 8' \\
        --set pemasaran=bazar,hotel --set 'produk[new].nama=Kain'
      kulkul add --village Sanur --set leaflet+=1

    With "kulkul edit", 'produk[K7M3]-' removes a row.
    """

  private static let editHelp = """
    Replaces what you were last shown of the record, and nothing else: "kulkul show" it first. \
    Without --set, at a terminal, asks question by question.

    Examples:
      kulkul edit K7M3Q --set alamat='Jalan Raya 12' --clear rt
      kulkul edit @ --set pemasaran+=hotel --set pemasaran-=bazar
      kulkul edit @ --set leaflet+=1
      kulkul edit @ --set 'produk[K7M3].nama=Kain' --set 'produk[Q2XA]-'
      kulkul edit K7M3Q --seen 5f0c9b2a7d3e4f60718a --set tahun_mulai=2009
    """

  private static let importHelp = """
    A row without _id is a new record. A row with _id and _seen, as "kulkul export" writes them, \
    is an edit of what the export showed; cells that were not changed write nothing.

    Nothing is imported if a row is wrong, unless --skip-bad. Villages stand in the column desa, \
    by code, or by name beside the column kecamatan.

    Examples:
      kulkul import --dry-run ikm.csv
      kulkul import ikm.csv
    """
}
