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
    if let file { try putBack(file) }
    if goOn { try go() }
  }

  private func putBack(_ file: String) throws {
    let environment = Environment()
    let console = Console(environment: environment)
    let path = try environment.storePath(given: place.store)
    try DataFolder.make(for: path)
    let restored: PutBack
    do {
      defer { console.show(nil) }
      restored = try Store.putBack(
        file, at: path, replacing: replace, surroundings: environment.surroundings()
      ) { done, all in console.show(.progress(done: done, all: all)) }
    } catch let error as BackupError {
      throw Failure.restore(error)
    } catch StoreError.missing(let missing) {
      throw Failure.noBackup(path: missing)
    } catch StoreError.foreign(let foreign) {
      throw Failure.notABackup(path: foreign)
    }
    let office = try Headquarters(place)
    office.print(
      Report(
        "restored",
        facts: [
          .init("survey", .survey, .text(restored.survey)), .init("store", .store, .text(path)),
          .init("changes", .changes, .number(restored.changes)),
          .init("digest", .digest, .digest(restored.digest)),
          .init("aside", .aside, restored.aside.map { .text($0) } ?? .none),
        ]), as: format.format)
    if let aside = restored.aside { office.say(.keptAside(aside)) }
    office.say(.laptopsBringBack)
    if !goOn { office.say(.waitsForLaptop) }
    office.say(.nextServe)
  }

  private func go() throws {
    let office = try Headquarters(place)
    guard try office.store.waitsSince() != nil else { return office.say(.waitsForNobody) }
    try office.store.noteHeard()
    office.say(.goesOn)
  }
}
