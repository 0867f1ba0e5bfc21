import Forms
import Model
import Testing

struct CompatibilityTests {
  private typealias Row = SmallForm

  private static let base = [
    SmallForm.row("text", "a", 16, ["rule": "latest"]),
    SmallForm.row("select_one warna", "b", 17),
    SmallForm.row("begin_group", "tk", 18, ["rule": "ask"]),
    SmallForm.row("integer", "l", 19, ["group": "tk"]),
    SmallForm.row("integer", "p", 20, ["group": "tk"]),
    SmallForm.row("end_group"),
    SmallForm.row("begin_repeat", "omzet", 21, ["key": "tahun"]),
    SmallForm.row("integer", "tahun", 22), SmallForm.row("integer", "nilai", 23),
    SmallForm.row("end_repeat"),
  ]
  private static let colours = [["warna", "merah", "", ""], ["warna", "putih", "", ""]]

  private func problems(
    _ choices: [[String]] = colours, _ change: (inout [[String]]) -> Void
  ) throws -> [FormProblem] {
    var rows = Self.base
    change(&rows)
    let older = try SmallForm.form(Self.base, choices: Self.colours)
    return try SmallForm.form(rows, choices: choices).compatible(with: older)
  }

  @Test func `Labels, order, conditions, most rules and new questions are free`() throws {
    let found = try problems(Self.colours.reversed() + [["warna", "hitam", "", ""]]) { rows in
      rows.swapAt(0, 1)
      rows[1] = Row.row("text", "nama", 16, ["rule": "fixed", "required": "yes"])
      rows.insert(Row.row("integer", "anak", 24, ["group": "tk"]), at: 5)
      rows.append(Row.row("date", "baru", 25))
    }

    #expect(found.isEmpty)
  }

  @Test func `Leaving a question out is free`() throws {
    #expect(try problems { $0.removeFirst() }.isEmpty)
  }

  @Test func `A number never changes what it means`() throws {
    #expect(
      try problems { $0[0] = Row.row("integer", "a", 16) }
        == [.typeChanged(FieldID(16), was: "text", is: "integer")])
    #expect(
      try problems { $0[0] = Row.row("text", "a", 16, ["rule": "union"]) }
        == [.ruleChanged(FieldID(16), was: .latest(then: .ask), is: .union)])
    #expect(
      try problems { $0[8] = Row.row("integer", "nilai", 23, ["rule": "sum"]) }
        == [.ruleChanged(FieldID(23), was: .ask, is: .sum)])
    #expect(
      try problems([["warna", "merah", "", ""]]) { _ in }
        == [.choicesRemoved(FieldID(17), names: ["putih"])])
    #expect(
      try problems { rows in
        rows.removeFirst()
        rows.insert(Row.row("text", "a", 16, ["rule": "latest"]), at: rows.count - 1)
      } == [.repeatChanged(FieldID(16), was: nil, is: "omzet")])
    #expect(
      try problems { rows in
        rows[6] = Row.row("begin_repeat", "omzet", 21)
      }.contains(.keyChanged(FieldID(21))))
    #expect(
      try problems { $0[0] = Row.row("note", "a", 16) }
        .contains(.typeChanged(FieldID(16), was: "text", is: "note")))
  }

  @Test func `Members of a group stay, in their order`() throws {
    #expect(try problems { $0.swapAt(3, 4) } == [.membersChanged(FieldID(18))])
    #expect(
      try problems { rows in
        rows.insert(Row.row("integer", "anak", 24, ["group": "tk"]), at: 3)
      } == [.membersChanged(FieldID(18))])
    #expect(
      try problems { rows in
        rows.remove(at: 4)
        rows.append(Row.row("integer", "p", 20))
      } == [.membersChanged(FieldID(18)), .groupChanged(FieldID(20))])
    #expect(
      try problems { rows in
        rows[2] = Row.row("begin_group", "tk", 18)
        rows[3] = Row.row("integer", "l", 19)
        rows[4] = Row.row("integer", "p", 20)
      }.contains(.kindChanged(FieldID(18), was: "register group", is: "group")))
  }

  @Test func `Another form is no later version of this one`() throws {
    let form = try SmallForm.form(Self.base, choices: Self.colours)
    let other = try Form(
      SmallForm.sheets(Self.base, choices: Self.colours, settings: ["Uji", "lain", "2", "id"]))

    #expect(form.compatible(with: form).isEmpty)
    #expect(form.compatible(with: other) == [.otherForm(id: 1, name: "lain")])
  }
}
