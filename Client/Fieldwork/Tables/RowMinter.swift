import Bytes
import Causality
import Forms
import Model
import Reading
import Store
import Wire

/// Names the new rows that a table adds to a record that is there.
///
/// The letters are made from what the row of the table is: the view that it was exported from, the
/// repeat and the slot, and who imports it on which replica. So a file that is corrected and
/// imported again means the same rows, while two people who each fill in the next slot of the same
/// export have added two.
struct RowMinter {
  private let token: ViewToken
  private let writer: PersonID
  private let replica: ReplicaID

  init(_ view: RecordReading, writer: PersonID, replica: ReplicaID) {
    token = ViewToken(of: view.state, masked: view.masked, record: view.record)
    self.writer = writer
    self.replica = replica
  }

  func row(of slot: TableHeader.Slot) -> Text {
    var bytes = ByteWriter()
    bytes.raw(token.bytes)
    bytes.text(writer.description)
    bytes.varint(replica.number)
    bytes.varint(UInt64(slot.repeated.id.number))
    bytes.count(slot.number)
    let digest = Digest.sha256(bytes.bytes).bytes
    let number = digest.prefix(10).reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    return Text(Letters.text(of: number, bits: 80, count: RowFinder.letterCount))
  }
}
