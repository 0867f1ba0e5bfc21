import Causality
import Model
import Reading
import Rules
import Store

extension BenchLaptop {
  /// Makes records contested: each is edited, and deleted by somebody who had not seen that.
  ///
  /// The workload's questions go to the latest answer, so that its overlapping edits leave nothing to
  /// decide. A record that was deleted and edited is for a person to decide whatever the rules say.
  func contest(_ records: some Sequence<RecordID>) throws {
    let shown = try store.show(records.map { ($0, 1) }, to: person)
    func edits(_ wish: (Int, RecordState) -> Wish) -> [Edit] {
      shown.enumerated().map { index, shown in
        Edit(
          form: 1, village: shown.village, record: shown.record, person: person,
          view: shown.state, wishes: [wish(index, shown.state)])
      }
    }
    _ = try store.save(
      edits { index, _ in Wish(Self.path(3), .whole(Int64(1_000_000 + index))) })
    _ = try store.save(
      edits { _, seen in Wish(.life, lifeAnswer(alive: false, seeing: seen, row: nil).answer) })
  }
}
