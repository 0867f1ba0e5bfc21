import Foundation
import Glibc
import Model
import Store
import Workload

/// Kulkul beside other programs that go through the same workload: one object of JSON, with the keys
/// that their table has.
///
/// What is timed here is time on the clock, as it is of the others, with the waits for the disk.
/// `nosync_per_s` is the same without them.
public enum Peer {
  /// Goes through the workload.
  ///
  /// - Parameters:
  ///   - data: the workload's files without their ending, such as `data/n4045`. The records are made
  ///     here; the files are compared with them, so that nobody compares different ones.
  ///   - work: an empty folder, which stays.
  public static func run(data: String, work: String) throws -> String {
    let word = data.split(separator: "/").last.map { $0.drop { !$0.isNumber } } ?? ""
    guard let count = Int(word), count >= 100 else {
      throw BenchError.unexpected("\(data) does not end in the number of records, like n4045")
    }
    try WorkloadFiles.check(data, records: count)
    try Durability.install()
    let place = try Place(at: work)
    var keys: [String: Any] = [:]
    try one(count, place, &keys)
    let season = try Season(count: count, place: place, packs: true)
    try season.recordAndHandIn()
    try season.spread()
    try season.edit()
    try season.merge()
    try season.catchUp()
    whole(season, &keys)
    keys["converged"] = try season.doAgree()
    try daily(season, &keys)
    let path = season.office.store.path ?? ""
    try season.close()
    keys["disk_bytes"] = try Place.bytes(path)
    if season.editors.count == Denpasar.villages {
      keys["conflict"] = overlaps(try season.readOverlaps())
    }
    try state(path, place, &keys)
    keys["open_path"] = path
    let text = try JSONSerialization.data(
      withJSONObject: keys, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: text, as: UTF8.self)
  }

  /// Opens a store that was left there, and reads in it.
  public static func open(_ path: String) throws -> String {
    let before = Program.memory(of: getpid(), .now) ?? 0
    let milliseconds =
      try Clock.seconds {
        let store = try Store.open(at: path)
        _ = try store.standing()
        _ = try store.toDecide(form: 1, around: BenchOffice.villages)
        var filter = RecordFilter()
        filter.limit = 1
        _ = try store.records(form: 1, filter)
      } * 1000
    let memory = (Program.memory(of: getpid(), .now) ?? 0) - before
    return "{\"load_ms\":\(milliseconds),\"load_rss_mb\":\(Double(max(0, memory)) / 1_048_576)}"
  }

  /// Records that are saved one by one.
  private static func one(_ count: Int, _ place: Place, _ keys: inout [String: Any]) throws {
    let laptop = try BenchLaptop.alone(in: place)
    let creations = laptop.creations(0..<min(count, 1200))
    keys["create_each"] = try each(creations, real: creations.count / 6) {
      _ = try laptop.store.save($0)
    }
    try laptop.store.close()
  }

  /// The whole survey's figures.
  private static func whole(_ season: Season, _ keys: inout [String: Any]) {
    let marks = season.marks
    let up = marks.editsUp.reduce(0, +)
    keys["create_batch_rps"] = Double(season.count) / marks.recording.wall
    keys["p1_up_bytes"] = marks.firstUp
    keys["p1_up_z3"] = marks.firstUpPacked
    keys["p1_merge_cps"] =
      Double(season.count * Denpasar.fields.count) / marks.firstMerging.wall
    keys["edit_batch_eps"] = Double(marks.edits) / marks.editing.wall
    keys["p2_delta_bytes"] = up
    keys["p2_delta_z3"] = marks.editsUpPacked
    keys["p2_merge_cps"] = Double(marks.cells) / marks.merging.wall
    keys["full_history_bytes"] = marks.firstUp + up
    keys["full_history_z3"] = marks.firstUpPacked + marks.editsUpPacked
    keys["catchup_ms"] = marks.catchingUp.wall * 1000
    keys["catchup_bytes"] = marks.caughtUp.down
  }

  /// What a laptop is given that joins now and is to hold everything.
  ///
  /// It keeps every change, so the state comes to it as its history, in the office's frames.
  private static func state(_ path: String, _ place: Place, _ keys: inout [String: Any]) throws {
    let office = BenchOffice(try Store.open(at: path, surroundings: place.surroundings))
    guard let person = PersonID("observer") else { preconditionFailure("BUG: a bad word") }
    try office.assign([person]) { _ in .all }
    let laptop = try office.laptop(
      for: person, path: place.path("laptop.db"), surroundings: place.surroundings)
    var packed = 0
    let carried = try laptop.sync(with: office) { packed += Packed.size($0) }
    keys["full_state_bytes"] = carried.down
    keys["full_state_z3"] = packed
    try laptop.store.close()
    try office.store.close()
  }

  /// What a laptop costs from day to day.
  private static func daily(_ season: Season, _ keys: inout [String: Any]) throws {
    guard let laptop = season.laptops[0] else { return }
    var carried = Carried()
    var times: [Double] = []
    for _ in 0..<5 {
      times.append(
        try Clock.seconds { carried = try laptop.sync(with: season.office, isAnew: true) })
    }
    keys["nochange_ms"] = Spread(times).median * 1000
    keys["nochange_bytes"] = carried.up + carried.down
    var small: [Double] = []
    for turn in 0..<3 {
      let (carried, took) = try season.handInTen(turn)
      small.append(took.wall)
      keys["small_bytes"] = carried.up
    }
    keys["small_ms"] = Spread(small).median * 1000
    let micro = Denpasar.microEdits(season.count)
    let edits = try laptop.edits(micro.map { (season.records[$0.record], $0.changes) })
    keys["edit_each"] = try each(edits, real: micro.count / 5) {
      _ = try laptop.store.save($0)
    }
  }

  /// Some things one by one, each durable: the first with the waits for the disk, the rest without.
  private static func each(
    _ some: [Edit], real: Int, _ body: (Edit) throws -> Void
  ) throws -> [String: Any] {
    var waits = 0
    let wall = try Clock.seconds {
      waits = try Durability.waits { for one in some.prefix(real) { try body(one) } }
    }
    let rest = some.dropFirst(real)
    let without = try Durability.skipping {
      try Clock.seconds { for one in rest { try body(one) } }
    }
    return [
      "real_per_s": Double(real) / wall, "fsyncs_per_commit": Double(waits) / Double(real),
      "nosync_per_s": Double(rest.count) / without,
    ]
  }

  private static func overlaps(_ found: Overlaps) -> [String: Any] {
    [
      "cells": found.cells, "win_a": found.first, "win_b": found.second,
      "other": found.cells - found.first - found.second, "loser_kept": found.lostReadable,
      "kept_checked": true, "single": found.single, "single_ok": found.singleKept,
      "own": found.own, "own_ok": found.ownKept,
    ]
  }
}
