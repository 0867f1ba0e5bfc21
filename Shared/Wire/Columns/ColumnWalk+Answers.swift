import Bytes

/// Places in a record, and the answers at them.
extension ColumnWalk {
  /// The column of the next place, which most often is the one that came next the last time.
  mutating func place(after last: Int) throws(ByteError) -> Int {
    var head = try port.takeVarint()
    let expected = columns[last].next
    let isExpected = columns[last].successor(isNew: isNew)
    if expected > 0, port.bit(head == expected ? 1 : 0, isExpected) == 1 {
      head = expected
    } else {
      let parts = port.tree(Int(head & 3), bits: 2, small + Short.parts.rawValue)
      let further = port.signed(Int64(bitPattern: (head >> 2) &- (lastHead >> 2)), chances(.head))
      head = ((lastHead >> 2) &+ UInt64(bitPattern: further)) << 2 | UInt64(parts)
    }
    columns[last].next = head
    lastHead = head
    try port.put(varint: head)
    if head & 1 != 0 { try row() }
    if head & 2 != 0 { try text(column(.element, head >> 2)) }
    return column(.answer, head >> 2)
  }

  private mutating func row() throws(ByteError) {
    let group = try port.takeVarint()
    let id = try takeText()
    if flag(group == lastRow.group && id == lastRow.id, .row) {
      try port.put(varint: lastRow.group)
    } else {
      lastRow.group = port.number(group, chances(.group))
      try port.put(varint: lastRow.group)
      lastRow.id = try letters(id, column(.row, lastRow.group))
    }
    try putText(lastRow.id)
  }

  /// An answer at a place.
  mutating func answer(_ place: Int, isMember: Bool) throws(ByteError) {
    let told = try port.takeByte()
    var kind = columns[place].lastKind
    if port.bit(told == kind ? 1 : 0, columns[place].isAgain) == 0 {
      kind = UInt8(port.tree(Int(min(told, 15)), bits: 4, columns[place].kind))
      if kind > 10 { kind = UInt8(port.flat(UInt64(told), bits: 8)) }
      columns[place].lastKind = kind
    }
    try port.put(byte: kind)
    switch kind {
    case 0, 1, 2: break
    case 3:
      let scale = try port.takeByte()
      guard scale < 16 else { throw .unexpected(UInt64(scale), at: 0) }
      if port.bit(scale == columns[place].lastScale ? 1 : 0, columns[place].isSameScale) == 0 {
        columns[place].lastScale = UInt8(port.tree(Int(scale), bits: 4, columns[place].scale))
      }
      try port.put(byte: columns[place].lastScale)
      try port.put(varint: port.zigzag(try port.takeVarint(), columns[place].numbers(memory)))
    case 4: try port.put(fixed64: port.flat(try port.takeFixed64(), bits: 64))
    case 5: try text(place)
    case 6, 7:
      let told = try port.takeVarint()
      try port.put(varint: port.zigzag(told, columns[place].numbers(memory)))
    case 10:
      let told = try port.takeVarint()
      try port.put(varint: port.number(told, columns[place].numbers(memory)))
    case 8 where !isMember:
      let count = try count(.members)
      for index in 0..<count {
        let key = columns[place].key >> 16
        try answer(column(Column.Role.member.rawValue + UInt64(index & 255), key), isMember: true)
      }
    case 9 where !isMember: try life()
    case 8, 9: throw .unexpected(UInt64(kind), at: 0)
    default: try text(column(.loose))
    }
  }

  private mutating func life() throws(ByteError) {
    let told = try port.takeByte()
    guard told < 2 else { throw .unexpected(UInt64(told), at: 0) }
    try port.put(byte: flag(told == 1, .alive) ? 1 : 0)
    var place = 0
    for _ in 0..<(try count(.seen)) {
      place = try self.place(after: place)
      try name(lastRecord, inTable: false)
    }
  }
}
