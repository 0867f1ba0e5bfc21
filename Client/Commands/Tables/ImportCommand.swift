import ArgumentParser
import Fieldwork
import Forms

/// `kulkul import FILE`: records from a table, all or none.
struct ImportCommand: StoreCommand {
  static let configuration = CommandHelp.importing.configuration("import")

  @Argument(help: OptionHelp.importFile.argument)
  var file: String

  @Flag(help: OptionHelp.skipBad.argument)
  var skipBad = false

  @Flag(help: OptionHelp.again.argument)
  var again = false

  @Flag(help: OptionHelp.dryRun.argument)
  var dryRun = false

  @OptionGroup var place: PlaceOptions
  @OptionGroup var output: FormatOptions

  func run(_ bench: Workbench) throws {
    let place = try bench.place()
    let form = try bench.form()
    let bytes = try Files.read(file)
    var request = ImportRequest(
      form: form.id, name: file.split(separator: "/").last.map(String.init) ?? file,
      skipBad: skipBad, again: again)
    request.dryRun = dryRun
    let words = TableReport(bench: bench, place: place)
    var rest: String?
    let report: ImportReport
    do {
      defer { bench.console.clearProgress() }
      // NB: the rows that are left out are kept first: where that cannot be, nothing is imported.
      report = try Importer(place).run(
        bytes, request, keeping: { rest = try Files.writeFresh($0, beside: file) }
      ) { done, all in
        bench.console.progress(TableWords.progress(done, of: all).text)
      }
    } catch ImportError.rows(let problems, let rows) {
      words.say(problems)
      throw Failure.badRows(bad: Set(problems.map(\.line)).count, of: rows, file: file)
    } catch {
      if let rest { Files.remove(rest) }
      throw error
    }
    words.print(report, isDry: dryRun, output.format)
    if let rest { bench.say(.skippedRows(rest)) }
  }
}
