import Glibc
import OfficeCommands

/// The office's program.
@main struct KulkulServer {
  static func main() async {
    exit(await OfficeProgram.run())
  }
}
