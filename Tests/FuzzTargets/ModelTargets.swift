import Bytes
import Causality
import Forms
import Model
import Reading
import Rules
import Worlds

extension FuzzTarget {
  /// What the journal and the directory are made of.
  static let model: [FuzzTarget] = [
    FuzzTarget("content", seeds: Samples.contents) { bytes in
      let village = TinySurvey.villages[0]
      guard let content = try? ChangeContent(bytes, village: village) else { return }
      try promise(content.bytes(village: village) == bytes, "a change is canonical")
      _ = content.author.isSuspect
      var state = RecordState()
      let hash = ChainHash(1, 2, 3, 4)
      let dot = Dot(replica: ReplicaID(1), village: village, counter: 1)
      let change = Change(dot: dot, hash: hash, content: content)
      switch content.body {
      case .answers(let answers): state.apply(change.origin, by: content.author, answers)
      case .carry(let carried, let villageOnly): state.merge(carried, villageOnly: villageOnly)
      case .unknown: return
      }
      try check(state)
    },
    FuzzTarget("state", seeds: Samples.states) { bytes in
      guard let state = try? RecordState(bytes) else { return }
      try promise(state.bytes == bytes, "a state is canonical")
      try check(state)
    },
    FuzzTarget("states", seeds: Samples.pairsOfStates) { bytes in
      var reader = ByteReader(bytes)
      guard let left = try? RecordState(from: &reader),
        let right = try? RecordState(from: &reader)
      else { return }
      var joined = left
      joined.merge(right)
      var turned = right
      turned.merge(left)
      // Two authors of one name are a lie of whoever wrote the bytes; nothing can be promised then.
      if agree(left, right) { try promise(joined == turned, "a merge has no sides") }
      var again = joined
      again.merge(right)
      try promise(again == joined, "a merge twice is a merge once")
      try check(joined)
    },
    FuzzTarget("directory-entry", seeds: Samples.entries) { bytes in
      guard let entry = try? DirectoryEntry(bytes) else { return }
      try promise(entry.bytes == bytes, "an entry of the directory is canonical")
      var directory = Directory(TinySurvey.founding())
      directory.append(entry)
      for person in directory.people { _ = directory.person(person.id, at: 3) }
      for device in directory.devices {
        _ = directory.villages(of: device.id, among: TinySurvey.villages)
      }
    },
    FuzzTarget("primitives", limit: 1024, seeds: Samples.primitives) { bytes in
      var reader = ByteReader(bytes)
      var writer = ByteWriter()
      while let kind = try? reader.byte() {
        guard (try? copy(kind % 9, from: &reader, to: &writer)) != nil else { return }
        writer.byte(kind)
      }
      try promise(writer.bytes.count == bytes.count, "a primitive has one form")
      if let masked = try? Masked(bytes: bytes) {
        try promise(try Masked(bytes: masked.bytes) == masked, "a mask reads back")
      }
    },
  ]

  /// Reads a state as people see it, by every rule, and writes it and reads it back.
  static func check(_ state: RecordState) throws {
    try promise(try RecordState(state.bytes) == state, "a state reads back")
    let reading = RecordReading(
      record: RecordID(high: 1, low: 2), state: state, copy: TinySurvey.villages[0],
      form: Samples.form, directory: Samples.directory)
    _ = DerivedConflicts.findings(in: reading, zoneMinutes: 480)
    _ = Masked(of: state, form: Samples.form)
    for register in reading.registers where register.contenders.count < 50 {
      for rule in Samples.rules { _ = settle(register.contenders, by: rule, rank: nil) }
    }
    for row in reading.rows { _ = lifeAnswer(alive: false, seeing: state, row: row.row) }
  }

  private static func agree(_ left: RecordState, _ right: RecordState) -> Bool {
    left.origins.allSatisfy { origin in
      let other = right.origins.first { $0.name == origin.name }
      guard let other else { return true }
      let isSame = other.author == nil || origin.author == nil || other.author == origin.author
      return isSame && other.isMove == origin.isMove
    }
      && left.registers.allSatisfy { register in
        register.siblings.allSatisfy { sibling in
          right.siblings(at: register.path).allSatisfy {
            $0.origin != sibling.origin || $0.answer == sibling.answer
          }
        }
      }
  }

  private static func copy(
    _ kind: UInt8, from reader: inout ByteReader, to writer: inout ByteWriter
  ) throws(ByteError) {
    switch kind {
    case 0: writer.varint(try reader.varint())
    case 1: writer.signed(try reader.signed())
    case 2: writer.fixed64(try reader.fixed64())
    case 3: writer.blob(try reader.blob(limit: 64))
    case 4: writer.text(try reader.text(limit: 64))
    case 5: try Answer(from: &reader).encode(to: &writer)
    case 6: try Path(from: &reader).encode(to: &writer)
    case 7: try Name(from: &reader).encode(to: &writer)
    default: try VersionVector(from: &reader).encode(to: &writer)
    }
  }
}
