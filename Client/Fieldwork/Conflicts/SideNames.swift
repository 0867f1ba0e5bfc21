import Bytes
import Causality
import Model
import Wire

/// The names of the sides of a conflict.
///
/// A side is named by letters made of the record, the place and the answer itself, so it keeps its
/// name on every laptop, whoever joins it and whatever other side comes or goes. The letters are as
/// many as tell the sides apart, two at least; a longer name means the same side.
enum SideNames {
  /// The fewest letters of a name.
  static let shortest = 2
  private static let longest = 12

  /// The names of sides with these answers, in their order.
  static func names(of answers: [Answer], record: RecordID, path: Path) -> [String] {
    let all = answers.map { letters(of: $0, record: record, path: path) }
    var length = shortest
    while length < longest, Set(all.map { $0.prefix(length) }).count < Set(all).count {
      length += 1
    }
    return all.map { String($0.prefix(length)) }
  }

  /// All letters of the side with an answer.
  static func letters(of answer: Answer, record: RecordID, path: Path) -> String {
    var writer = ByteWriter(capacity: 128)
    writer.raw(record.bytes)
    path.encode(to: &writer)
    answer.encode(to: &writer)
    let hash = Digest.sha256(writer.bytes)
    let number = UInt128(hash.tag) << 16 | UInt128(hash.second >> 48)
    return Letters.text(of: number, bits: 80, count: longest)
  }
}
