import ArgumentParser
import Fieldwork
import Forms

/// Which records a command is about.
struct RecordOptions: ParsableArguments {
  @Flag(help: OptionHelp.today.argument)
  var today = false

  @Flag(help: OptionHelp.mine.argument)
  var mine = false

  @Option(help: OptionHelp.ofVillage.argument)
  var village: String?

  @Flag(help: OptionHelp.unsent.argument)
  var unsent = false

  @Flag(help: OptionHelp.deleted.argument)
  var deleted = false

  @Flag(help: OptionHelp.conflict.argument)
  var conflict = false

  @Option(help: OptionHelp.find.argument("text"))
  var find: String?

  /// What is asked of the store.
  func request(_ bench: Workbench) throws -> ListRequest {
    var request = ListRequest()
    request.today = today
    request.mine = mine
    request.villages = try village.map { [try bench.village($0, isForReading: true).code] }
    request.unsent = unsent
    request.deleted = deleted
    request.conflict = conflict
    request.text = find
    return request
  }
}
