import Foundation
import Testing

/// The benchmarks at a small size: that each row is measured at all, and that nothing has collapsed.
///
/// What is asserted are counts, bytes and what is kept, never a time. They run in processes of their
/// own, because they put a layer under SQLite.
@Suite(.serialized) struct `The benchmarks` {
  private let programs: URL

  init() throws {
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    programs = URL(filePath: own).deletingLastPathComponent()
  }

  private func run(_ arguments: [String]) throws -> (code: Int32, out: Data, err: String) {
    let process = Process()
    process.executableURL = programs.appending(path: "kulkul-bench")
    process.arguments = arguments
    let (output, errors) = (Pipe(), Pipe())
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // NB: what is said aside is a few lines, which the pipe holds until they are read.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let aside = errors.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, said, String(decoding: aside, as: UTF8.self))
  }

  private func bench(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try run(arguments)
    #expect(outcome.code == 0, "\(outcome.err)")
    return try #require(try JSONSerialization.jsonObject(with: outcome.out) as? [String: Any])
  }

  /// A folder that is gone afterwards.
  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("kulkul-bench-\(UInt64.random(in: 0 ..< .max))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer {
      do { try FileManager.default.removeItem(at: folder) } catch {
        Issue.record("left behind: \(folder.path)")
      }
    }
    try body(folder)
  }

  @Test func `Every row that is quick is measured, and what it counts is sane`() throws {
    let object = try bench([
      "--records", "129", "--runs", "1", "--large", "258", "--format", "json",
    ])
    #expect(object["kind"] as? String == "bench" && object["records"] as? Int == 129)
    let figures = try #require(object["figures"] as? [[String: Any]])
    for figure in figures {
      let median = try #require(figure["median"] as? Double)
      #expect(median.isFinite && median >= 0, "\(figure)")
    }
    let rows = Set(figures.compactMap { $0["row"] as? String })
    #expect(
      rows == [
        "save-one", "edit-one", "bulk-create", "first-sync-bytes", "first-sync-held-out",
        "edit-bytes", "merge-first", "merge-edits", "nothing-new", "ten-edits", "catch-up",
        "open-store", "memory", "disk", "whole-process", "bursts", "readable",
      ])
    func median(_ row: String, _ what: String) throws -> Double {
      let found = figures.first {
        $0["row"] as? String == row && ($0["what"] as? String)?.hasPrefix(what) == true
      }
      return try #require(found?["median"] as? Double, "\(row): \(what)")
    }
    #expect(try median("save-one", "waits for the disk") < 1.2)
    #expect(try median("edit-one", "waits for the disk") < 1.2)
    // NB: bytes differ from run to run by a few, so each may be a third more than it was at this size,
    // and not so much more that a form of the wire could be lost unseen.
    for (row, what, most) in [
      ("first-sync-bytes", "43 first uploads", 31_000.0),
      ("first-sync-held-out", "43 first uploads", 36_000),
      ("edit-bytes", "43 laptops' edits", 6300),
      ("nothing-new", "bodies, both ways, 129", 145),
      ("nothing-new", "bodies, both ways, 258", 145),
      ("nothing-new", "headers of the request", 430), ("nothing-new", "headers of the reply", 146),
      ("ten-edits", "the request, 129", 300), ("ten-edits", "the reply, 129", 560),
      // The first from this laptop in each village, with a secret for each.
      ("ten-edits", "the request, 258", 500),
      ("catch-up", "what comes", 5200), ("catch-up", "what goes", 105),
      ("disk", "the office's store", 600_000), ("disk", "a laptop's store", 540_000),
    ] {
      let found = try median(row, what)
      #expect(found > 0 && found <= most, "\(row), \(what): \(found)")
    }
    #expect(try median("nothing-new", "round trips") == 1)
    #expect(try median("catch-up", "changes that came") == 23)
    for figure in figures where figure["row"] as? String == "readable" {
      #expect(figure["is_reached"] as? Bool == true, "\(figure)")
    }
  }

  @Test func `As a peer it speaks with the keys of the others, and leaves a store to be opened`()
    throws
  {
    try withFolder { folder in
      let written = try run(["data", "--records", "129", "--to", folder.path])
      #expect(written.code == 0 && written.out.split(separator: UInt8(ascii: "\n")).count == 6)
      try checkPeer(data: folder.path + "/n129", work: folder.path + "/work")
    }
  }

  private func checkPeer(data: String, work: String) throws {
    let keys = try bench(["peer", "--data", data, "--work", work])
    let rates = ["create_each", "edit_each"].compactMap { keys[$0] as? [String: Double] }
    #expect(rates.count == 2)
    for rate in rates {
      #expect(Set(rate.keys) == ["real_per_s", "fsyncs_per_commit", "nosync_per_s"])
    }
    for key in [
      "create_batch_rps", "edit_batch_eps", "p1_up_bytes", "p1_up_z3", "p1_merge_cps",
      "p2_merge_cps", "p2_delta_bytes", "p2_delta_z3", "catchup_ms", "catchup_bytes", "nochange_ms",
      "nochange_bytes", "small_ms", "small_bytes", "full_history_bytes",
      "full_history_z3", "full_state_bytes", "full_state_z3", "disk_bytes",
    ] {
      #expect((keys[key] as? Double ?? 0) > 0, "\(key)")
    }
    let conflict = try #require(keys["conflict"] as? [String: Any])
    for (kept, all) in [("loser_kept", "cells"), ("single_ok", "single"), ("own_ok", "own")] {
      #expect(conflict[kept] as? Int == conflict[all] as? Int, "\(kept)")
    }
    #expect(keys["converged"] as? Bool == true)
    let path = try #require(keys["open_path"] as? String)
    #expect((try bench(["peer", "--open", path])["load_ms"] as? Double ?? 0) > 0)
  }

  @Test func `A peer refuses files that are not the workload's, and says how to make them`() throws
  {
    try withFolder { folder in
      let data = folder.path + "/n129"
      let work = folder.path + "/work"
      let peer = ["peer", "--data", data, "--work", work]
      let hint = "kulkul-bench data --records 129 --to \(folder.path)"
      let absent = try run(peer)
      #expect(absent.code != 0 && absent.err.contains("n129.jsonl cannot be read"))
      #expect(absent.err.contains(hint), "\(absent.err)")
      #expect(try run(["data", "--records", "129", "--to", folder.path]).code == 0)
      let csv = data + ".p2.csv"
      var cells = try String(contentsOfFile: csv, encoding: .utf8)
      cells.removeLast()
      try cells.write(toFile: csv, atomically: true, encoding: .utf8)
      let other = try run(peer)
      #expect(other.code != 0 && other.err.contains("n129.p2.csv is not what the workload"))
      #expect(other.err.contains(hint), "\(other.err)")
      #expect(!FileManager.default.fileExists(atPath: work))
    }
  }

  @Test func `The table names the commit, and its figures go to a file as well`() throws {
    try withFolder { folder in
      let file = folder.path + "/bench.json"
      let outcome = try run([
        "--records", "129", "--runs", "1", "--rows", "save-one", "--commit",
        "abc1234-dirty", "--json", file,
      ])
      let table = String(decoding: outcome.out, as: UTF8.self)
      #expect(outcome.code == 0 && table.hasPrefix("Commit abc1234-dirty, 129 records.\n\n| row"))
      #expect(outcome.err.contains(file))
      let object = try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: file)))
      #expect((object as? [String: Any])?["commit"] as? String == "abc1234-dirty")
    }
  }
}
