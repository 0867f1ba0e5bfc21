import API
import ArgumentParser
import Glibc
import Logging
import Model
import Store

/// `serve`: answers laptops until it is told to stop.
struct OfficeServe: AsyncParsableCommand {
  static let configuration = CommandHelp.serve.configuration("serve")

  @OptionGroup var place: PlaceOptions

  @Option(help: OptionHelp.host.argument("address"))
  private var host = "127.0.0.1"

  @Option(help: OptionHelp.port.argument("number"))
  private var port: UInt16 = 8043

  func run() async throws {
    let office = try Headquarters(place)
    // A database that was put back from a copy must not count on where its old self went on.
    try office.store.mint()
    let isWaiting = try office.store.waitsSince() != nil
    let logger = Logger(label: OfficeProgram.name) { StreamLogHandler.standardError(label: $0) }
    let host = host
    try await serve(store: office.store, host: host, port: Int(port), logger: logger) { port in
      office.say(.listening(survey: office.survey.name, address: Self.address(host, port)))
      if Self.isLoopback(host) { office.say(.onlyThisMachine) }
      if isWaiting { office.say(.waitsForLaptop) }
      office.say(.howToStop(process: getpid()))
    }
    try office.store.close()
    office.say(.stopped)
  }

  private static func address(_ host: String, _ port: Int) -> String {
    "http://" + (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
  }

  private static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || host == "::1" || host.hasPrefix("127.")
  }
}
