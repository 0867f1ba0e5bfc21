import Testing

/// Checks on all pairs and triples of the samples that `merge` is a join: commutative, associative
/// and idempotent, so that what is merged may come in any order, in any grouping and repeatedly.
///
/// Only the first violation of each law is recorded, with the samples that show it.
public func checkJoinLaws<Value: Equatable>(
  of samples: [Value], merge: (Value, Value) -> Value,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(!samples.isEmpty, sourceLocation: sourceLocation)
  func violation(of law: String, _ samples: Value...) {
    let list = samples.map { "\($0)" }.joined(separator: "\n  ")
    Issue.record("merge is not \(law) for\n  \(list)", sourceLocation: sourceLocation)
  }

  if let a = samples.first(where: { merge($0, $0) != $0 }) { violation(of: "idempotent", a) }

  // The merges of all pairs are kept: every triple then needs two more.
  let joined = samples.map { a in samples.map { b in merge(a, b) } }
  commutativity: for a in samples.indices {
    for b in 0..<a where joined[a][b] != joined[b][a] {
      violation(of: "commutative", samples[a], samples[b])
      break commutativity
    }
  }

  for a in samples.indices {
    for b in samples.indices {
      for c in samples.indices
      where merge(joined[a][b], samples[c]) != merge(samples[a], joined[b][c]) {
        violation(of: "associative", samples[a], samples[b], samples[c])
        return
      }
    }
  }
}
