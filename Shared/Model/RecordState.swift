import Bytes
import Causality

/// One of several answers at one place that are all still standing.
public struct Sibling: Hashable, Sendable {
  /// The identity of the answer: the name of the change that first made it.
  public let origin: Name
  /// The answer.
  public let answer: Answer

  /// Makes a sibling.
  public init(origin: Name, answer: Answer) {
    self.origin = origin
    self.answer = answer
  }
}

/// Everything that stands in one record in one village, and which changes it accounts for.
///
/// At each place stand the siblings that nothing replaced; beside them the state lists every
/// *origin* it accounts for: an answer whose origin is listed and which does not stand has been
/// replaced, one whose origin is not listed has never been seen. That is what makes states
/// mergeable without tombstones, and what keeps an answer that comes by two roads from being
/// applied twice.
///
/// - Invariant: origins ascend by name, places ascend, siblings of a place ascend by origin; an
///   origin has its authorship exactly as long as one of its answers stands. So equal histories
///   have equal representations and equal bytes.
public struct RecordState: Hashable, Sendable {
  /// One change that the state accounts for.
  public struct Origin: Hashable, Sendable {
    /// Its name.
    public let name: Name
    /// Whether it moved the record: copies in other villages are told of moves alone.
    public let isMove: Bool
    /// Who answers for it, while one of its answers stands.
    public var author: Authorship?

    /// Makes an origin.
    public init(name: Name, isMove: Bool, author: Authorship?) {
      self.name = name
      self.isMove = isMove
      self.author = author
    }
  }

  /// One place and what stands there; never empty.
  public struct Register: Hashable, Sendable {
    /// The place.
    public let path: Path
    /// What stands there, in ascending order of origin.
    public var siblings: Siblings

    /// Makes a register.
    public init(path: Path, siblings: Siblings) {
      self.path = path
      self.siblings = siblings
    }
  }

  /// Every change that the state accounts for.
  public private(set) var origins: [Origin]
  /// Every place where something stands.
  public private(set) var registers: [Register]
  /// The canonical bytes that it was read from, until it changes.
  private(set) var read: [UInt8]?

  /// Makes the state of a record of which nothing is known.
  public init() {
    origins = []
    registers = []
  }

  init(origins: [Origin], registers: [Register], from read: [UInt8]? = nil) {
    self.origins = origins
    self.registers = registers
    self.read = read
  }

  /// Whether two states say the same, wherever they come from.
  public static func == (one: RecordState, other: RecordState) -> Bool {
    one.origins == other.origins && one.registers == other.registers
  }

  /// Hashes what the state says.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(origins)
    hasher.combine(registers)
  }

  /// Whether nothing is known of the record.
  public var isEmpty: Bool { origins.isEmpty }

  /// What stands at a place.
  public func siblings(at path: Path) -> [Sibling] {
    let index = registerIndex(path)
    guard index < registers.count, registers[index].path == path else { return [] }
    return Array(registers[index].siblings)
  }

  /// Whether a change is accounted for.
  public func accounts(for name: Name) -> Bool {
    let index = originIndex(name)
    return index < origins.count && origins[index].name == name
  }

  /// Who answers for an answer that stands.
  public func author(of name: Name) -> Authorship? {
    let index = originIndex(name)
    guard index < origins.count, origins[index].name == name else { return nil }
    return origins[index].author
  }

  /// Applies a change's answers: at each place the named siblings go and its own answer comes.
  ///
  /// A change that is already accounted for, by whatever road, puts nothing a second time; only
  /// what it names goes, should that have come after it: the office may have issued the change again
  /// without names that nobody had then.
  ///
  /// - Complexity: O(answers · log places), plus one pass over the places where something is
  ///   replaced.
  public mutating func apply(_ origin: Name, by author: Authorship, _ answers: [PlacedAnswer]) {
    let place = originIndex(origin)
    if place < origins.count, origins[place].name == origin { return remove(answers) }
    let isMove = answers.contains(where: \.path.isVillage)
    let standing = answers.isEmpty ? nil : author
    read = nil
    origins.insert(Origin(name: origin, isMove: isMove, author: standing), at: place)
    if registers.isEmpty {
      registers.reserveCapacity(answers.count)
      for index in answers.indices {
        let sibling = Sibling(origin: origin, answer: answers[index].answer)
        registers.append(Register(path: answers[index].path, siblings: Siblings(sibling)))
      }
      return
    }
    var replaced: [Name] = []
    for placed in answers {
      let sibling = Sibling(origin: origin, answer: placed.answer)
      let index = registerIndex(placed.path)
      if index < registers.count, registers[index].path == placed.path {
        var standing: [Sibling] = []
        for other in registers[index].siblings {
          if placed.replaces.contains(other.origin) {
            replaced.append(other.origin)
          } else {
            standing.append(other)
          }
        }
        let at = standing.firstIndex { $0.origin > origin }
        standing.insert(sibling, at: at ?? standing.count)
        registers[index].siblings = Siblings(standing)
      } else {
        registers.insert(Register(path: placed.path, siblings: Siblings(sibling)), at: index)
      }
    }
    forgetAuthors(of: replaced)
  }

  /// Removes what answers name, without putting them.
  private mutating func remove(_ answers: [PlacedAnswer]) {
    read = nil
    var replaced: [Name] = []
    for placed in answers where !placed.replaces.isEmpty {
      let index = registerIndex(placed.path)
      guard index < registers.count, registers[index].path == placed.path else { continue }
      let standing = registers[index].siblings.filter { !placed.replaces.contains($0.origin) }
      if standing.count == registers[index].siblings.count { continue }
      for sibling in registers[index].siblings where placed.replaces.contains(sibling.origin) {
        replaced.append(sibling.origin)
      }
      if standing.isEmpty {
        registers.remove(at: index)
      } else {
        registers[index].siblings = Siblings(standing)
      }
    }
    forgetAuthors(of: replaced)
  }

  /// Merges what another copy of the record knows into this one.
  ///
  /// A sibling that both hold stays; one that only one holds stays unless the other accounts for
  /// it. Equal to applying the changes of both in any causal order. With `villageOnly` only the
  /// other's moves are taken, and it says nothing of other places.
  public mutating func merge(_ all: RecordState, villageOnly: Bool = false) {
    let other = villageOnly ? all.movesOnly : all
    read = nil
    var merged: [Register] = []
    merged.reserveCapacity(max(registers.count, other.registers.count))
    var left = registers[...]
    var right = other.registers[...]
    func add(_ path: Path, _ mine: Siblings?, _ theirs: Siblings?) {
      let mine = mine.map { Array($0) } ?? []
      let theirs = theirs.map { Array($0) } ?? []
      var kept: [Sibling] = []
      for sibling in mine {
        let both = theirs.contains { $0.origin == sibling.origin }
        if both || !other.accounts(for: sibling.origin) { kept.append(sibling) }
      }
      for sibling in theirs where !mine.contains(where: { $0.origin == sibling.origin }) {
        if !accounts(for: sibling.origin) { kept.append(sibling) }
      }
      if kept.isEmpty { return }
      kept.sort { $0.origin < $1.origin }
      merged.append(Register(path: path, siblings: Siblings(kept)))
    }
    while !left.isEmpty || !right.isEmpty {
      if let a = left.first, let b = right.first, a.path == b.path {
        add(a.path, a.siblings, b.siblings)
        left.removeFirst()
        right.removeFirst()
      } else if let a = left.first, right.first.map({ a.path < $0.path }) ?? true {
        if villageOnly && a.path != .village {
          merged.append(a)
        } else {
          add(a.path, a.siblings, nil)
        }
        left.removeFirst()
      } else if let b = right.first {
        add(b.path, nil, b.siblings)
        right.removeFirst()
      }
    }
    registers = merged
    mergeOrigins(other.origins)
  }

  /// The part of the state that tells a copy elsewhere where the record went.
  public var movesOnly: RecordState {
    RecordState(
      origins: origins.filter(\.isMove),
      registers: registers.filter { $0.path == .village })
  }

  /// Whether merging `other` would add nothing: all of its changes are accounted for here.
  public func includes(_ other: RecordState) -> Bool {
    other.origins.allSatisfy { accounts(for: $0.name) }
  }

  private mutating func mergeOrigins(_ others: [Origin]) {
    var authors: [Name: Authorship] = [:]
    for origin in origins + others where origin.author != nil {
      authors[origin.name] = origin.author
    }
    var live = Set<Name>()
    for register in registers { for sibling in register.siblings { live.insert(sibling.origin) } }
    var joined: [Origin] = []
    joined.reserveCapacity(origins.count + others.count)
    var left = origins[...]
    var right = others[...]
    while !left.isEmpty || !right.isEmpty {
      let next: Origin
      if let a = left.first, right.first.map({ a.name <= $0.name }) ?? true {
        if right.first?.name == a.name { right.removeFirst() }
        next = a
        left.removeFirst()
      } else {
        next = right.removeFirst()
      }
      joined.append(
        Origin(
          name: next.name, isMove: next.isMove,
          author: live.contains(next.name) ? authors[next.name] : nil))
    }
    origins = joined
  }

  private mutating func forgetAuthors(of replaced: [Name]) {
    if replaced.isEmpty { return }
    var gone = Set(replaced)
    for register in registers {
      for sibling in register.siblings { gone.remove(sibling.origin) }
      if gone.isEmpty { return }
    }
    for name in gone { origins[originIndex(name)].author = nil }
  }

  private func originIndex(_ name: Name) -> Int {
    var low = 0
    var high = origins.count
    while low < high {
      let middle = (low + high) / 2
      if origins[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func registerIndex(_ path: Path) -> Int {
    var low = 0
    var high = registers.count
    while low < high {
      let middle = (low + high) / 2
      if registers[middle].path < path { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
