import Model
import Workload

/// Draws histories from seeds: one seed, one history, everywhere.
public struct RandomHistory {
  private var random: SplitMix
  private let laptops: Int
  private let hasDeletions: Bool
  private var records = 1
  private var rows: [(record: Int, row: String)] = [(0, "row-0")]
  private var serial = 0

  /// The history of a seed, if wanted one in which nobody deletes anything.
  public static func history(seed: UInt64, hasDeletions: Bool = true) -> History {
    var draw = RandomHistory(seed: seed, hasDeletions: hasDeletions)
    return draw.history()
  }

  private init(seed: UInt64, hasDeletions: Bool) {
    random = SplitMix(seed)
    self.hasDeletions = hasDeletions
    laptops = 2 + random.below(3)
  }

  private mutating func history() -> History {
    let errors = (0..<laptops).map { _ in clockError() }
    let length = 6 + random.below(15)
    var events: [Event] = []
    while events.count < length { events += draw() }
    return History(clockErrors: errors, events: events)
  }

  /// Most clocks are right to a few seconds, one in six is off by minutes to years.
  private mutating func clockError() -> Int64 {
    let seconds = Int64(random.below(11)) - 5
    guard random.below(6) == 0 else { return seconds * 1000 }
    let off = random.pick([20, 60, 24 * 60, 30 * 24 * 60, 3 * 365 * 24 * 60]) * 60_000
    return Int64(random.below(2) == 0 ? off : -off)
  }

  private mutating func draw() -> [Event] {
    let laptop = random.below(UInt64(laptops))
    let record = random.below(UInt64(records))
    switch random.below(100) {
    case 0..<55: return [.session(laptop: laptop, record: record, touches(in: record))]
    case 55..<58: return [.session(laptop: laptop, record: record, [])]
    case 58..<60: return [.newForm(laptop: laptop)]
    case 60..<63:
      records += 1
      return [.register(laptop: laptop, record: records - 1, [.answer(place(.name), text())])]
    case 63..<64:
      // Two saves of which the second arrives first, days before the other.
      let first = Touch.answer(place(.address), text())
      let second = Touch.answer(place(.address), text())
      return [
        .sync(laptop: laptop), .session(laptop: laptop, record: record, [first]),
        .session(laptop: laptop, record: record, [second]), .newestArrives(laptop: laptop),
        .wait(minutes: Int64(24 * 60 * (1 + random.below(10)))),
      ]
    case 64..<71: return [.meet(laptop, random.below(UInt64(laptops)))]
    case 71..<75: return [.wait(minutes: Int64(1 + random.below(3 * 24 * 60)))]
    default: return [.sync(laptop: laptop)]
    }
  }

  private mutating func touches(in record: Int) -> [Touch] {
    let count = 1 + random.below(2)
    var touches: [Touch] = []
    for _ in 0..<count {
      let touch = touch(in: record)
      // A deletion stands alone; of two answers at one place there is only one in a form.
      if touch == .delete { return [.delete] }
      if !touches.contains(where: { $0.place.row == touch.place.row && !touch.place.row.isEmpty }),
        !touches.contains(where: { $0.place == touch.place })
      {
        touches.append(touch)
      }
    }
    return touches
  }

  private mutating func touch(in record: Int) -> Touch {
    let mine = rows.filter { $0.record == record }.map(\.row)
    switch random.below(100) {
    case 0..<45: return .answer(place(random.pick([.name, .address, .year])), text())
    case 45..<60:
      let box = random.below(3) == 0 ? Channel.empty : Channel.ticked
      return .answer(.choice(random.pick(Channel.all)), box)
    case 60..<70: return .answer(place(.position), fix())
    case 70..<78:
      serial += 1
      return .answer(place(.photo), "photo-\(serial)")
    case 78..<88 where !mine.isEmpty:
      return .answer(.cell(.product, row: random.pick(mine)), text())
    case 88..<91 where hasDeletions && !mine.isEmpty: return .deleteRow(random.pick(mine))
    case 91..<95 where hasDeletions: return .delete
    default:
      serial += 1
      rows.append((record, "row-\(serial)"))
      return .addRow("row-\(serial)", product: text())
    }
  }

  private func place(_ column: Column) -> Place { .cell(column, row: "") }

  /// One answer in five is one that others are likely to give too.
  private mutating func text() -> String {
    if random.below(5) == 0 { return random.pick(["Tenun Sari Bali", "Jl. Nangka 2", "1999"]) }
    serial += 1
    return "answer-\(serial)"
  }

  /// A position: mostly within some metres of the place, one in four across the street and further.
  private mutating func fix() -> String {
    let reach = random.below(4) == 0 ? 4000 : 200
    let latitude = -8_650_000 + Int64(random.below(UInt64(reach)))
    let longitude = 115_220_000 + Int64(random.below(UInt64(reach)))
    return "\(Self.degrees(latitude)) \(Self.degrees(longitude)) \(3 + random.below(40))"
  }

  /// Millionths of a degree as Kulkul writes decimals, without zeros at the end.
  private static func degrees(_ millionths: Int64) -> String {
    let digits = String(millionths.magnitude % 1_000_000)
    let padded = String(repeating: "0", count: 6 - digits.count) + digits
    let whole = "\(millionths < 0 ? "-" : "")\(millionths.magnitude / 1_000_000).\(padded)"
    return Decimal(whole).map(\.description) ?? whole
  }
}
