import Causality
import Forms
import Model

/// Villages as people type them: a code, a name, a kecamatan or `all`.
struct Places {
  let list: VillageList

  /// What was meant, and what is to be said about it.
  struct Choice {
    var scope: Scope
    var notices: [Notice] = []
  }

  private static let all = "all"
  private static let none = "none"

  /// What all that was typed comes to.
  ///
  /// - Throws: ``Failure`` if a part fits several villages, or none.
  func choice(_ typed: [String]) throws -> Choice {
    let words = typed.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
      .map { Self.trimmed(String($0)) }
    if words.contains(where: { $0.lowercased() == Self.all }) {
      return Choice(scope: .all, notices: [.worksInAll(count: list.villages.count)])
    }
    if words.contains(where: { $0.lowercased() == Self.none }) {
      guard words.count == 1 else { throw Failure.mixedNone }
      return Choice(scope: .villages([]), notices: [.worksNowhere])
    }
    var codes = Set<VillageCode>()
    var notices: [Notice] = []
    for word in words {
      let villages = try villages(word, notices: &notices)
      codes.formUnion(villages.map(\.code))
    }
    let chosen = codes.sorted().compactMap { list[$0] }
    return Choice(
      scope: .villages(chosen.map(\.code)), notices: notices + chosen.map { .village($0) })
  }

  private func villages(_ word: String, notices: inout [Notice]) throws -> [Village] {
    guard !word.isEmpty else { throw Failure.unknownVillage(word, suggestions: []) }
    let kecamatan = kecamatan(word)
    switch list.find(word) {
    case .exact(let village, let others) where kecamatan.isEmpty:
      if !others.isEmpty { notices.append(.alsoBeginsOthers(village, others)) }
      return [village]
    case .several(let villages) where kecamatan.isEmpty:
      throw Failure.severalVillages(word, villages)
    case .none(let suggestions) where kecamatan.isEmpty:
      throw Failure.unknownVillage(word, suggestions: suggestions)
    default: return kecamatan
    }
  }

  /// The villages of the kecamatan of a name or code; none if there is no such kecamatan.
  private func kecamatan(_ word: String) -> [Village] {
    var meant: [String: Bool] = [:]
    return list.villages.filter { village in
      if let isMeant = meant[village.kecamatanCode] { return isMeant }
      // The list knows how kecamatan are written: one of its villages is found there, or is not.
      guard case .exact = list.find(village.code.description, kecamatan: word) else {
        meant[village.kecamatanCode] = false
        return false
      }
      meant[village.kecamatanCode] = true
      return true
    }
  }

  private static func trimmed(_ word: String) -> String {
    word.split(separator: " ").joined(separator: " ")
  }

  /// How people see a scope: kecamatan that are whole by their names.
  func shown(_ scope: Scope) -> String {
    guard case .villages(let codes) = scope else { return Term.allVillages.text }
    var parts: [String] = []
    var rest = codes[...]
    while let code = rest.popFirst() {
      guard let village = list[code] else {
        parts.append(code.description)
        continue
      }
      let whole = list.villages.filter { $0.kecamatanCode == village.kecamatanCode }
      if whole.count > 1, Set(whole.map(\.code)).isSubset(of: codes) {
        parts.append(Term.wholeKecamatan(village.kecamatan, villages: whole.count).text)
        rest = rest.filter { list[$0]?.kecamatanCode != village.kecamatanCode }[...]
      } else {
        parts.append(village.name)
      }
    }
    return parts.joined(separator: ", ")
  }

  /// The codes of the villages that a scope has now.
  func codes(_ scope: Scope) -> [String] {
    list.villages.map(\.code).sorted().filter { scope.contains($0) }.map(\.description)
  }
}
