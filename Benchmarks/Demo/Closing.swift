import Foundation

/// What it came to, what it took, and how to go on playing.
struct Closing {
  private let scene: Scene

  init(_ scene: Scene) {
    self.scene = scene
  }

  func run(since start: Date) throws {
    Narration.say("")
    Narration.say(try scene.server("coverage").output)
    let seconds = Int(Date().timeIntervalSince(start).rounded())
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    Narration.say(
      "It took \(seconds) s; the largest process used \(usage.ru_maxrss / 1024) MB of memory.")
    Narration.say(
      """

      The stores are in \(scene.tool.folder.path). Go on with, for example:
        export PATH=\(scene.tool.binaries.path):$PATH
        kulkul --store \(scene.store(0))
        kulkul list --conflict --store \(scene.supervisorStore)
        kulkul-server serve --store \(scene.office)
        sqlite3 \(scene.store(0)) 'select nama_usaha, alamat from ikm limit 5'
      """)
  }
}
