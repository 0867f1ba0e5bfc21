import Fieldwork
import Forms
import Model

/// Conflicts as they are printed: in a line, in short under a record, and in full.
struct ConflictBlocks {
  let bench: Workbench
  /// The language of the form's texts.
  let language: String

  init(_ bench: Workbench, _ place: Workplace) {
    self.bench = bench
    language = place.language
  }

  /// A line for a table.
  func summary(_ item: ConflictItem) -> String {
    switch item.matter {
    case .answers(let sides):
      return sides.map { side in
        ConflictWords.side(side.text, who: people(side.witnesses)).text
      }.joined(separator: " | ")
    case .life(let deletes, let unseen):
      return ConflictWords.life(
        deleted: people(deletes), wrote: people(unseen.compactMap(\.witness))
      ).text
    case .check(let finding, _): return words(finding)
    case .shared(let shared, _): return SharedWords.holders(shared)
    }
  }

  /// Some lines under a record.
  func short(_ item: ConflictItem) -> [Report.Block] {
    [
      .line(ConflictWords.head(item.place, item).text, .warning),
      .line("  " + summary(item)),
    ]
  }

  /// Everything about it.
  func long(_ item: ConflictItem) -> [Report.Block] {
    var blocks: [Report.Block] = [.line(ConflictWords.head(item.place, item).text, .warning)]
    if let decision = item.decision {
      let words = ConflictWords.reopened(
        by: bench.name(of: decision), at: bench.clock.text(decision.time),
        because: item.reopenedBy.map { bench.name(of: $0) })
      blocks.append(.line("  " + words.text))
    }
    switch item.matter {
    case .answers(let sides):
      for side in sides { blocks += self.side(side) }
    case .life(let deletes, let unseen):
      for witness in deletes {
        blocks.append(.line("  " + ConflictWords.deleted.text, .bold))
        blocks += self.witness(witness, tellsReplaced: false)
      }
      for answer in unseen {
        let place = answer.place.description
        blocks.append(.line("  " + ConflictWords.unseen(place, answer.text).text, .bold))
        if let witness = answer.witness { blocks += self.witness(witness) }
      }
    case .check(let finding, let given):
      blocks.append(.line("  " + words(finding)))
      blocks += self.given(given)
    case .shared(let shared, let given):
      blocks.append(.line("  " + SharedWords.holders(shared)))
      blocks += self.given(given)
    }
    return blocks
  }

  private func given(_ given: [GivenAnswer]) -> [Report.Block] {
    given.flatMap { answer -> [Report.Block] in
      let text = ConflictWords.given(answer.place, answer.text).text
      return [.line("  " + text, .bold)] + (answer.witness.map { witness($0) } ?? [])
    }
  }

  private func side(_ side: ConflictSide) -> [Report.Block] {
    let head = ConflictWords.sideHead(
      side.name, Plain.oneLine(side.text), isProvisional: side.isProvisional)
    return [.line("  " + head.text, .bold)] + side.witnesses.flatMap { witness($0) }
  }

  private func witness(_ witness: Witness, tellsReplaced: Bool = true) -> [Report.Block] {
    var lines = [
      ConflictWords.witness(
        bench.name(of: witness), device: bench.device(of: witness),
        time: bench.clock.text(witness.time), witness.trust)
    ]
    if let reason = witness.reason { lines.append(.because(Plain.oneLine(reason))) }
    if let seen = witness.seen {
      lines.append(.seen(seen.map { (bench.name(of: $0.person), $0.seen, $0.all) }))
    }
    for old in witness.replaced where tellsReplaced {
      lines.append(
        .replaced(
          old.person.map { bench.name(of: $0) }, old.text.map { Plain.oneLine($0) }))
    }
    return lines.map { .line("      " + $0.text, .dim) }
  }

  private func people(_ witnesses: [Witness]) -> [String] {
    var names: [String] = []
    for witness in witnesses {
      let name = bench.name(of: witness)
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  private func words(_ finding: Finding) -> String {
    FindingWords(finding, .standing, language: language).message
  }
}

extension Workbench {
  /// Who gave an answer, by name.
  func name(of witness: Witness) -> String {
    witness.personName ?? name(of: witness.person)
  }

  /// The laptop that it was given on; `nil` before that had joined.
  func device(of witness: Witness) -> String? {
    if witness.device == .standalone { return nil }
    return witness.deviceName ?? RecordWords.device(witness.device)
  }
}
