import Causality
import Model

/// The villages of a survey, found by code or by name as people type them.
///
/// A full name means its village even where others begin with it: "Penatih" is Penatih and not
/// Penatih Dangin Puri, but that there is another is said. Part of a name that fits one village
/// means it; a part that fits several means none. Case, spaces and hyphens do not count, and "klod"
/// is "kelod".
public struct VillageList: Sendable {
  /// The shortest part of a name that is looked for.
  static let shortestPart = 3

  /// All villages in the order of the list.
  public let villages: [Village]
  private let byCode: [VillageCode: Int]
  /// Each village's name and other spellings, folded.
  private let folded: [[String]]

  /// Makes a list of no villages, as a store has it that belongs to no survey yet.
  public init() {
    villages = []
    byCode = [:]
    folded = []
  }

  /// Reads a list with columns `code`, `bps`, `kecamatan_code`, `kecamatan`, `kind`, `name`,
  /// `aliases`, `lat`, `lon` and `area_km2`, in any order.
  public init(csv: [UInt8]) throws(VillageError) {
    var reader = VillageReader(csv)
    var villages: [Village] = []
    var byCode: [VillageCode: Int] = [:]
    while let (village, line) = try reader.next() {
      guard byCode.updateValue(villages.count, forKey: village.code) == nil else {
        throw .duplicateCode(village.code, line: line)
      }
      villages.append(village)
    }
    self.villages = villages
    self.byCode = byCode
    folded = villages.map { ([$0.name] + $0.aliases).map(VillageList.fold) }
  }

  /// Reads a list that was handed on as text.
  public init(csv: String) throws(VillageError) {
    try self.init(csv: Array(csv.utf8))
  }

  /// Fails unless there are so many villages in each kecamatan, and no others.
  ///
  /// Widely copied lists of Denpasar lack Ubung; a survey that copied one would never visit it.
  public func require(_ counts: [String: Int]) throws(VillageError) {
    let expected = counts.values.reduce(0, +)
    guard villages.count == expected else {
      throw .wrongCount(found: villages.count, expected: expected)
    }
    for (kecamatan, count) in counts.sorted(by: { $0.key < $1.key }) {
      let found = villages.count { $0.kecamatanCode == kecamatan }
      guard found == count else {
        throw .wrongCountOfKecamatan(kecamatan, found: found, expected: count)
      }
    }
  }

  /// The village of a code.
  ///
  /// - Complexity: O(1).
  public subscript(_ code: VillageCode) -> Village? {
    byCode[code].map { villages[$0] }
  }

  /// Finds the village that a person means, among those of a kecamatan if one is given by its name
  /// (`Denpasar Barat` or `Barat`) or code (`51.71.03` or `03`).
  public func find(_ typed: String, kecamatan: String? = nil) -> VillageMatch {
    let pool = villages.indices.filter { isIn(villages[$0], kecamatan) }
    let text = typed.trimmed
    if let first = text.utf8.first, (48...57).contains(first) { return find(code: text, in: pool) }
    let wanted = VillageList.fold(text)
    let named = pool.filter { folded[$0].contains(wanted) }
    if let only = named.first, named.count == 1 {
      let others = pool.filter { index in
        index != only && folded[index].contains { $0.hasPrefix(wanted) }
      }
      return .exact(villages[only], isPrefixOfOthers: others.map { villages[$0] })
    }
    guard named.isEmpty else { return .several(named.map { villages[$0] }) }
    return find(part: wanted, in: pool)
  }

  private func find(part: String, in pool: [Int]) -> VillageMatch {
    guard part.utf8.count >= VillageList.shortestPart else { return .none(suggestions: []) }
    let found = pool.filter { folded[$0].contains { Substring($0).contains(part) } }
    if found.count > 1 { return .several(found.map { villages[$0] }) }
    if let only = found.first { return .exact(villages[only], isPrefixOfOthers: []) }
    let limit = max(1, part.utf8.count / 4)
    let near = pool.map { index in
      (index, folded[index].map { Distance.between($0, part) }.min() ?? .max)
    }
    let suggestions = near.filter { $0.1 <= limit }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }
    return .none(suggestions: suggestions.prefix(3).map { villages[$0.0] })
  }

  private func find(code text: String, in pool: [Int]) -> VillageMatch {
    if let code = VillageCode(text) {
      if let index = byCode[code], pool.contains(index) {
        return .exact(villages[index], isPrefixOfOthers: [])
      }
      // Not taken for the village itself: most such numbers are another village of the ministry's.
      let digits = text.filter { $0 != "." }
      return .none(suggestions: pool.map { villages[$0] }.filter { $0.bps == digits })
    }
    let found = pool.map { villages[$0] }.filter { village in
      let code = village.code.description
      return code.hasSuffix("." + text) && (text.utf8.count == 7 || text.utf8.count == 4)
    }
    if found.count > 1 { return .several(found) }
    guard let only = found.first else { return .none(suggestions: []) }
    return .exact(only, isPrefixOfOthers: [])
  }

  private func isIn(_ village: Village, _ kecamatan: String?) -> Bool {
    guard let typed = kecamatan?.trimmed, !typed.isEmpty else { return true }
    if typed == village.kecamatanCode || village.kecamatanCode.hasSuffix("." + typed) {
      return true
    }
    let name = VillageList.fold(village.kecamatan)
    let last = village.kecamatan.split(separator: " ").last.map { VillageList.fold(String($0)) }
    let wanted = VillageList.fold(typed)
    return name == wanted || last == wanted
  }

  /// Lower case without anything but letters and digits, "klod" as "kelod".
  static func fold(_ name: String) -> String {
    var letters: [UInt8] = []
    for byte in name.lowercased().utf8 where byte >= 128 || isLetterOrDigit(byte) {
      letters.append(byte)
      if letters.suffix(4).elementsEqual("klod".utf8) {
        letters.removeLast(3)
        letters.append(contentsOf: "elod".utf8)
      }
    }
    return String(decoding: letters, as: UTF8.self)
  }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte)
  }
}

/// How many letters must be changed, added or left out to make one word of another.
public enum Distance {
  /// The number of letters between two words, counted in bytes of UTF-8.
  ///
  /// - Complexity: O(length · length).
  public static func between(_ left: String, _ right: String) -> Int {
    let target = Array(right.utf8)
    var costs = Array(0...target.count)
    for (row, letter) in left.utf8.enumerated() {
      var diagonal = costs[0]
      costs[0] = row + 1
      for column in target.indices {
        let above = costs[column + 1]
        let change = diagonal + (target[column] == letter ? 0 : 1)
        costs[column + 1] = min(change, above + 1, costs[column] + 1)
        diagonal = above
      }
    }
    return costs[target.count]
  }
}
