import CAllocationLimit
import FuzzTargets
import Glibc

/// Runs libFuzzer on one target, or writes the seeds of all; `scripts/fuzz` builds it and says how.
///
/// The target stands in the environment and not among the arguments, because libFuzzer starts itself
/// again with arguments of its own.
@main
struct Fuzz {
  static let target = FuzzTarget.named(variable("KULKUL_FUZZ_TARGET") ?? "")

  /// The most megabytes that may be asked for at once: a few more than a message may have.
  private static let megabytes = variable("KULKUL_FUZZ_MEGABYTES").flatMap { Int($0) } ?? 80

  static func main() throws {
    if let folder = variable("KULKUL_FUZZ_SEEDS") { return try writeSeeds(to: folder) }
    guard target != nil else {
      print("KULKUL_FUZZ_TARGET is to be one of:")
      for target in FuzzTarget.all { print(target.name) }
      exit(2)
    }
    var count = CommandLine.argc
    var arguments: Arguments = CommandLine.unsafeArgv
    exit(
      runDriver(&count, &arguments) { start, count in
        Fuzz.run(Array(UnsafeBufferPointer(start: start, count: count)))
        return 0
      })
  }

  /// Tries one input; a broken promise ends the program, as a trap would.
  private static func run(_ bytes: [UInt8]) {
    kulkul_limit_allocations(megabytes << 20)
    defer { kulkul_limit_allocations(0) }
    do {
      try target?.run(bytes)
    } catch {
      // NB: no precondition, because an optimised program does not say which one stopped it.
      fatalError("\(error)")
    }
  }

  /// Writes each target's seeds into a folder of its name, and prints the names with the limits.
  private static func writeSeeds(to folder: String) throws {
    for target in FuzzTarget.all {
      print(target.name, target.limit)
      mkdir("\(folder)/\(target.name)", 0o700)
      for (number, seed) in try target.seeds().enumerated() {
        guard let file = fopen("\(folder)/\(target.name)/seed-\(number)", "w") else { exit(1) }
        fwrite(seed, 1, seed.count, file)
        fclose(file)
      }
    }
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

/// libFuzzer's loop, for programs that bring a `main` of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments>,
  _ run: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt
