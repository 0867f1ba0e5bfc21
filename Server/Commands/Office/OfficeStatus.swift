import ArgumentParser
import Bytes
import Causality
import Forms
import Model
import Rules
import Store
import Wire

/// `status`: what the survey is, what has come in, and what is stuck.
struct OfficeStatus: ParsableCommand {
  static let configuration = CommandHelp.status.configuration("status")

  @OptionGroup var place: PlaceOptions
  @OptionGroup var format: FormatOptions

  func run() throws {
    let office = try Headquarters(place)
    let store = office.store
    let standing = try store.standing()
    let rows = try standing.forms.keys.sorted().flatMap { form in
      var filter = RecordFilter()
      filter.withDeleted = true
      return try store.records(form: form, filter)
    }
    let present = rows.filter { $0.life != .deleted }
    let undecided = present.count { $0.conflicts > 0 }
    let quarantined = try store.quarantined()
    let people = standing.directory.people
    var report = Report("status")
    report.facts = [
      .init("survey", .survey, .text(office.survey.name)),
      .init("store", .store, .text(office.path)),
      .init("epoch", .epoch, .text(String(Self.hex(standing.epoch).prefix(8)))),
      .init("directory", .directory, .number(Int(standing.directory.version))),
      .init("villages", .villages, .number(standing.villages.villages.count)),
    ]
    let waits = try store.waitsSince()
    if waits != nil || format.format == .json {
      report.facts.append(.init("waits_since", .restored, .instant(waits)))
    }
    report.facts += Self.facts(people: people) + Self.facts(devices: try store.devices())
    report.facts += [
      .init("records", .records, .number(present.count)),
      .init("deleted", .deleted, .number(rows.count - present.count)),
      .init("in_conflict", .conflicts, .number(undecided)),
      .init("breaking_checks", .checks, .number(present.count { $0.derived > 0 })),
      .init("waiting_frames", .waiting, .number(try store.waitingCount())),
      .init("quarantined", .quarantined, .number(quarantined.count)),
    ]
    let backup = try store.backupStanding()
    let since = try backup?.since ?? store.vectors().reduce(0) { $0 + $1.vector.total }
    report.facts += [
      .init("backed_up_at", .backedUp, .instant(backup?.at)),
      .init("since_backup", .sinceBackup, .number(Int(clamping: since))),
    ]
    if !quarantined.isEmpty || format.format == .json {
      report.tables = [Self.table(quarantined)]
    }
    office.print(report, as: format.format)
    if waits != nil { office.say(.waitsForLaptop) }
    if !quarantined.isEmpty { office.say(.seeAside) }
    if try store.waitingCount() > 0 { office.say(.seeMissing) }
    if undecided > 0 { office.say(.decide(conflicts: undecided)) }
  }

  private static func hex(_ number: UInt64) -> String {
    Hex.text((0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) })
  }

  private static func facts(people: [Person]) -> [Report.Fact] {
    let counts = Role.allCases.reversed().map { role in
      (role: role, count: people.count { $0.role == role })
    }.filter { $0.count > 0 }
    let words = people.map(\.id.description)
    return [.init("people", .people, .list(words, shown: Term.peopleByRole(counts).text))]
  }

  private static func facts(devices: [DeviceStanding]) -> [Report.Fact] {
    let shown = Term.devices(
      joined: devices.count { $0.hasJoined && !$0.isRevoked },
      invited: devices.count { !$0.hasJoined }, revoked: devices.count { $0.isRevoked })
    return [.init("devices", .devices, .list(devices.map(\.name), shown: shown.text))]
  }

  /// What was kept aside: one row per device and reason.
  private static func table(_ quarantined: [QuarantinedChange]) -> Report.Table {
    var groups: [(ground: Refusal.Ground, device: DeviceID, changes: Int, arrived: Int64)] = []
    for change in quarantined {
      if let index = groups.firstIndex(where: {
        $0.ground == change.ground && $0.device == change.device
      }) {
        groups[index].changes += 1
        groups[index].arrived = max(groups[index].arrived, change.arrived)
      } else {
        groups.append((change.ground, change.device, 1, change.arrived))
      }
    }
    return Report.Table(
      key: "quarantine",
      columns: [
        .init(key: "device", heading: .device, isNumber: true),
        .init(key: "changes", heading: .changes, isNumber: true),
        .init(key: "arrived_at", heading: .arrived), .init(key: "ground", heading: .ground),
      ],
      rows: groups.map {
        [
          .number(Int($0.device.number)), .number($0.changes), .instant($0.arrived),
          .term(word: $0.ground.word, .ground($0.ground)),
        ]
      })
  }
}
