import ArgumentParser
import Store

/// `restore`: the office goes on from a backup, and the laptops bring back what came after it.
struct OfficeRestore: ParsableCommand {
  static let configuration = CommandHelp.restore.configuration("restore")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  @Argument(help: OptionHelp.restoreFile.argument("file"))
  private var file: String?

  @Flag(help: OptionHelp.replaceStore.argument)
  private var replace = false

  @Flag(help: OptionHelp.goOn.argument)
  private var goOn = false

  func validate() throws {
    if file == nil && !goOn { throw ValidationError(OptionHelp.fileOrGoOn.text) }
  }

  func run() throws {
    let environment = Environment()
    let path = try environment.storePath(given: place.store)
    let restored = try file.map { try putBack($0, at: path, environment) }
    let office = try Headquarters(place)
    // NB: all is done before anything is said, because nobody may be there to take that.
    let wentOn = Result { goOn ? try go(office.store) : false }
    if let restored { say(restored, office) }
    if goOn { office.say(try wentOn.get() ? .goesOn : .waitsForNobody) }
  }

  private func putBack(
    _ file: String, at path: String, _ environment: Environment
  ) throws -> PutBack {
    let console = Console(environment: environment)
    try DataFolder.make(for: path)
    do {
      defer { console.show(nil) }
      return try Store.putBack(
        file, at: path, replacing: replace, surroundings: environment.surroundings()
      ) { done, all in console.show(.progress(done: done, all: all)) }
    } catch let error as BackupError {
      throw Failure.restore(error)
    } catch StoreError.missing(let missing) {
      throw Failure.noBackup(path: missing)
    } catch StoreError.foreign(let foreign) {
      throw Failure.notABackup(path: foreign)
    }
  }

  /// Goes on without waiting; false if the office does not wait.
  private func go(_ store: Store) throws -> Bool {
    guard try store.waitsSince() != nil else { return false }
    try store.noteHeard()
    return true
  }

  private func say(_ restored: PutBack, _ office: Headquarters) {
    office.print(
      Report(
        "restored",
        facts: [
          .init("survey", .survey, .text(restored.survey)),
          .init("store", .store, .text(office.path)),
          .init("changes", .changes, .number(restored.changes)),
          .init("digest", .digest, .digest(restored.digest)),
          .init("aside", .aside, restored.aside.map { .text($0) } ?? .none),
        ]), as: format.format)
    if let aside = restored.aside { office.say(.keptAside(aside)) }
    office.say(.laptopsBringBack)
    if !goOn { office.say(.waitsForLaptop) }
    office.say(.nextServe)
  }
}
