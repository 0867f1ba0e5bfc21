import Commands
import Glibc

/// The laptop's program: it reads its arguments, does one thing, and ends with what came of it.
@main
enum Kulkul {
  static func main() {
    exit(Program.run())
  }
}
