import Causality
import Forms
import Model
import Store

/// Reads the villages of a table: by code, or by name beside the name of the kecamatan.
///
/// Ten of Denpasar's names are the beginnings of others, across kecamatan. So a name alone is not
/// taken, and one that is not written in full is taken but said.
struct VillageCells {
  private let list: VillageList
  private var known: [String: VillageMatch] = [:]

  init(_ place: Workplace) {
    list = place.standing.villages
  }

  mutating func village(
    _ typed: String, _ kecamatan: String, _ sheet: inout RowFindings
  ) -> VillageCode? {
    let column = PlaceName.village
    guard let first = typed.utf8.first else {
      sheet.add(column, .noVillage)
      return nil
    }
    let isCode = (48...57).contains(first)
    if !isCode, kecamatan.isEmpty {
      sheet.add("kecamatan", .needsKecamatan)
      return nil
    }
    let key = typed + "\n" + kecamatan
    let match = known[key] ?? list.find(typed, kecamatan: kecamatan.isEmpty ? nil : kecamatan)
    known[key] = match
    switch match {
    case .exact(let village, _):
      if !isCode, !isWholeName(typed, of: village) { sheet.warn(column, .villageTaken(village)) }
      return village.code
    case .several(let some): sheet.add(column, .severalVillages(some))
    case .none(let suggestions): sheet.add(column, .unknownVillage(suggestions: suggestions))
    }
    return nil
  }

  private func isWholeName(_ typed: String, of village: Village) -> Bool {
    let wanted = fold(typed)
    return ([village.name] + village.aliases).contains { fold($0) == wanted }
  }

  /// Lower case without anything but letters and digits.
  private func fold(_ name: String) -> String {
    String(name.lowercased().unicodeScalars.filter { $0.properties.isAlphabetic || $0.isNumber })
      .replacing("klod", with: "kelod")
  }
}

extension Unicode.Scalar {
  fileprivate var isNumber: Bool { ("0"..."9").contains(self) }
}
