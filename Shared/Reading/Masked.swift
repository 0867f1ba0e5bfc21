import Bytes
import Causality
import Forms
import Model

/// The answers of a view that stood there masked: that they are there was shown, not what they say.
///
/// Whoever saw `•••` has not seen the answer, so an ordinary edit from such a view may not replace
/// it. An answer that somebody was once shown they have seen, also if a later view masks it again.
public struct Masked: Hashable, Sendable {
  /// The places and names of the answers.
  public private(set) var answers: Set<Life.Seen> = []

  /// Nothing is masked.
  public static let none = Masked()

  /// Whether nothing is masked.
  public var isEmpty: Bool { answers.isEmpty }

  private init() {}

  /// What is masked of a state where private answers are: those answers, and the ones at places
  /// that the form does not know, which may be private.
  public init(of state: RecordState, form: Form?) {
    for place in state.registers where !place.path.field.isSystem {
      if form?.register(field: place.path.field)?.isPrivate == false { continue }
      for sibling in place.siblings {
        answers.insert(Life.Seen(path: place.path, name: sibling.origin))
      }
    }
  }

  /// Whether an answer is masked.
  public func contains(_ origin: Name, at path: Path) -> Bool {
    !answers.isEmpty && answers.contains(Life.Seen(path: path, name: origin))
  }

  /// Whether anything is masked at a register; of one with elements, at any of them.
  public func touches(_ place: Path) -> Bool {
    answers.contains { $0.path.field == place.field && $0.path.row == place.row }
  }

  /// Without what the same person saw unmasked in an older view.
  public func without(_ older: RecordState, masked: Masked) -> Masked {
    var rest = self
    rest.answers = answers.filter { pair in
      let wasThere = older.siblings(at: pair.path).contains { $0.origin == pair.name }
      return !wasThere || masked.answers.contains(pair)
    }
    return rest
  }

  /// What of it still stands in a state.
  public func standing(in state: RecordState) -> Masked {
    if answers.isEmpty { return self }
    var rest = self
    rest.answers = answers.filter { pair in
      state.siblings(at: pair.path).contains { $0.origin == pair.name }
    }
    return rest
  }
}

extension Masked {
  /// The canonical form: nothing if nothing is masked, else the pairs in order.
  public var bytes: [UInt8] {
    if answers.isEmpty { return [] }
    var writer = ByteWriter()
    writer.count(answers.count)
    for pair in answers.sorted() {
      pair.path.encode(to: &writer)
      pair.name.encode(to: &writer)
    }
    return writer.bytes
  }

  /// Reads the canonical form.
  public init(bytes: [UInt8]) throws(ByteError) {
    if bytes.isEmpty { return }
    var reader = ByteReader(bytes)
    for _ in 0..<(try reader.count(limit: Life.seenLimit, ofAtLeast: 19)) {
      let path = try Path(from: &reader)
      answers.insert(Life.Seen(path: path, name: try Name(from: &reader)))
    }
    try reader.finish()
  }
}
