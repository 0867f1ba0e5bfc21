import Forms
import GRDB
import Glibc
import Model
import Reading
import Testing
import Worlds

@testable import Store

@Suite struct `Opening a store` {
  let folder: TemporaryFolder
  let wayan: PersonID

  init() throws {
    folder = try TemporaryFolder()
    wayan = try #require(PersonID("wayan"))
  }

  @Test func `The writer of a file is durable`() throws {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    #expect(try laptop.store.durabilityLevel() == 2)
    try laptop.store.close()

    let again = try Store.open(at: folder.file, surroundings: laptop.clock.surroundings)
    #expect(try again.durabilityLevel() == 2)
    try again.close()
  }

  @Test func `A store that a command opens alone is durable, keeps its log and is not written to`()
    throws
  {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    try laptop.store.close()
    let before = try folder.bytes(folder.file)
    let alone = try Store.open(
      at: folder.file, surroundings: laptop.clock.surroundings, for: .alone)
    #expect(try alone.durabilityLevel() == 2)
    #expect(alone.database is DatabaseQueue)
    _ = try alone.standing()
    try alone.close()
    #expect(try folder.bytes(folder.file) == before)

    // Another program may have done without the log.
    let other = try DatabaseQueue(path: folder.file)
    try other.inDatabase { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
    try other.close()
    let again = try Store.open(
      at: folder.file, surroundings: laptop.clock.surroundings, for: .alone)
    #expect(
      try again.database.unsafeRead { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal"
    )
    try again.close()
  }

  @Test func `Who reads alone sees one moment, and an error leaves no transaction open`() throws {
    struct Halt: Error {}
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    let alone = try Store.open(
      at: folder.file, surroundings: laptop.clock.surroundings, for: .alone)
    try alone.read { db in
      let first = try Meta.text(db, .address)
      try laptop.store.write { try Meta.set($0, .address, .text("elsewhere")) }
      #expect(try Meta.text(db, .address) == first)
    }
    #expect(throws: Halt.self) { try alone.read { _ in throw Halt() } }
    #expect(try alone.read { try Meta.text($0, .address) } == "elsewhere")
    try alone.close()
    try laptop.store.close()
  }

  @Test func `A new store has its name when it is whole, and never before`() throws {
    let path = folder.file
    let begun = try TestLaptop(seed: 1).store
    let store = try Store.create(
      at: path, role: .standalone, surroundings: begun.surroundings
    ) { store in
      // Whoever is killed here leaves nothing that has the name.
      #expect(!FileProbe.exists(path))
      try store.extendDirectory(TinySurvey.founding())
    }
    #expect(store.path == path)
    #expect(try store.standing().survey != nil)
    #expect(store.twinReason == nil)
    try store.close()
    #expect(folder.names == ["field.db", "field.db-shm", "field.db-wal"])
  }

  @Test func `A store that could not be founded leaves nothing, and replaces nothing`() throws {
    let path = folder.file
    struct Refusal: Error {}
    #expect(throws: Refusal.self) {
      try Store.create(at: path, role: .office) { _ in throw Refusal() }
    }
    #expect(folder.names == [])
    let first = try TestLaptop(seed: 1, at: path)
    try first.store.close()
    let before = folder.names
    #expect(throws: StoreError.self) { try Store.create(at: path, role: .office) }
    // Another process was faster, after this one had looked.
    let other = folder.file + "2"
    #expect(throws: StoreError.self) {
      try Store.create(at: other, role: .office) { _ in
        try Store.create(at: other, role: .standalone).close()
      }
    }
    #expect(try Store.open(at: other).standing().role == .standalone)
    #expect(folder.names.filter { !$0.hasPrefix("field.db2") } == before)
  }

  @Test func `A process goes on when another has changed the tables`() throws {
    let one = try TestLaptop(seed: 1, at: folder.file)
    let two = try Store.open(at: folder.file)
    try one.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    #expect(try two.records(form: 1).count == 1)
    let form = TinySurvey.sheets(version: 2, more: ["text,nanti,nanti,60,ask,,,"])
    try one.store.extendDirectory([
      .form(id: 1, survey: form.survey, choices: form.choices, settings: form.settings)
    ])
    #expect(try two.records(form: 1).count == 1)
    var filter = RecordFilter()
    filter.columns = ["nanti"]
    #expect(try two.records(form: 1, filter).first?.columns == [nil])
    try two.close()
    try one.store.close()
  }

  @Test func `A save is one commit`() throws {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    let counter = CommitCounter()
    laptop.store.database.add(transactionObserver: counter, extent: .observerLifetime)

    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    #expect(counter.count == 1)
    let shown = try laptop.show(record, to: wayan)
    #expect(counter.count == 2)
    try laptop.edit(shown, by: wayan, [.village: .village(At.sanur)])
    #expect(counter.count == 3, "a move carries the record in the same commit")
    #expect(try laptop.reading(record).home == At.sanur)
    try laptop.store.close()
  }

  @Test func `What was saved is there after opening again`() throws {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    let record = try laptop.add(
      wayan, in: At.renon, [At.name: .text("Batik Sari"), At.visits: .whole(1)])
    try laptop.edit(record, by: wayan, [At.name: .text("Batik Sari Asih")])
    let token = try laptop.show(record, to: wayan).token
    let state = try #require(try laptop.store.peek(record, form: 1)).state
    let vectors = try laptop.store.vectors()
    try laptop.store.close()

    let again = try Store.open(at: folder.file, surroundings: laptop.clock.surroundings)
    #expect(try again.peek(record, form: 1)?.state.bytes == state.bytes)
    #expect(try again.vectors() == vectors)
    #expect(try again.view(token, of: record)?.state == state)
    #expect(try again.latestView(of: record, form: 1, for: wayan)?.state == state)
    #expect(try again.verify().isClean)
    try again.close()
  }

  @Test func `A file that is there is not made anew`() throws {
    try TestLaptop(seed: 1, at: folder.file).store.close()
    let error = #expect(throws: StoreError.self) { try TestLaptop(seed: 2, at: folder.file) }
    guard case .present? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `A missing file is said to be missing, and is not made`() throws {
    let error = #expect(throws: StoreError.self) { try Store.open(at: folder.file) }
    guard case .missing? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(access(folder.file, F_OK) != 0)
  }

  @Test(arguments: ["", "nama,alamat\nBatik,Renon\n", "SQLite format 2 is something else"])
  func `A file of another kind is foreign, and stays as it was`(text: String) throws {
    try Bytes.write(Array(text.utf8), to: folder.file)
    try expectForeign()
    #expect(try Bytes.read(folder.file) == Array(text.utf8))
  }

  @Test func `Another program's database is foreign, and stays as it was`() throws {
    let other = try DatabaseQueue(path: folder.file)
    try other.write { db in try db.execute(sql: "CREATE TABLE cucian (warna TEXT)") }
    try other.close()
    let before = try Bytes.read(folder.file)

    try expectForeign()
    #expect(try Bytes.read(folder.file) == before)
  }

  private func expectForeign() throws {
    let error = #expect(throws: StoreError.self) { try Store.open(at: folder.file) }
    guard case .foreign? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func `A store of a newer version is left alone`() throws {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    try laptop.store.database.write { db in
      try db.execute(sql: "PRAGMA user_version = \(Store.schemaVersion + 1)")
    }
    try laptop.store.close()
    let before = try Bytes.read(folder.file)

    let error = #expect(throws: StoreError.self) { try Store.open(at: folder.file) }
    guard case .newer? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try Bytes.read(folder.file) == before)
  }

  @Test func `Damage is called damage, whichever page it is in`() throws {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    for index in 0..<40 {
      try laptop.add(wayan, in: At.renon, [At.name: .text("Batik \(index)")])
    }
    let record = try laptop.add(wayan, in: At.renon, [At.name: .text("Batik Sari")])
    try laptop.store.close()
    let whole = try Bytes.read(folder.file)

    for page in 0..<(whole.count / 4096) {
      var damaged = whole
      let start = page * 4096 + (page == 0 ? 100 : 0)
      for index in start..<(page + 1) * 4096 { damaged[index] = 0xa5 }
      try Bytes.write(damaged, to: folder.file)
      do {
        let store = try Store.open(at: folder.file, surroundings: laptop.clock.surroundings)
        defer { try? store.close() }
        let report = try store.verify()
        if report.isClean {
          // NB: a page that holds nothing of worth may be lost without harm.
          #expect(try store.peek(record, form: 1) != nil)
        }
      } catch let error as StoreError {
        switch error {
        case .damaged, .inconsistent, .foreign: break
        default: Issue.record("page \(page): \(error)")
        }
      }
      // Opening touches SQLite's own counters and list of free pages, nothing else.
      let after = try Bytes.read(folder.file)
      let changed = damaged.indices.filter { $0 >= after.count || after[$0] != damaged[$0] }
      #expect(changed.count < 16, "page \(page)")
    }
  }

  @Test func `A file that was cut off is not opened as if nothing were wrong`() throws {
    let laptop = try TestLaptop(seed: 1, at: folder.file)
    for index in 0..<40 {
      try laptop.add(wayan, in: At.renon, [At.name: .text("Batik \(index)")])
    }
    try laptop.store.close()
    let whole = try Bytes.read(folder.file)

    for part in [100, 4096, whole.count / 2, whole.count - 4096] {
      let rest = Array(whole.prefix(part))
      try Bytes.write(rest, to: folder.file)
      do {
        let store = try Store.open(at: folder.file, surroundings: laptop.clock.surroundings)
        defer { try? store.close() }
        #expect(try !store.verify().isClean, "cut at \(part)")
      } catch let error as StoreError {
        switch error {
        case .damaged, .inconsistent, .foreign: break
        default: Issue.record("cut at \(part): \(error)")
        }
      }
    }
  }
}

/// Counts commits.
private final class CommitCounter: TransactionObserver {
  private(set) var count = 0

  func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
  func databaseDidChange(with event: DatabaseEvent) {}
  func databaseWillCommit() { count += 1 }
  func databaseDidCommit(_ db: Database) {}
  func databaseDidRollback(_ db: Database) {}
}

/// Whole files.
private enum Bytes {
  static func read(_ path: String) throws -> [UInt8] {
    let file = try #require(fopen(path, "rb"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  static func write(_ bytes: [UInt8], to path: String) throws {
    for name in ["-wal", "-shm"] { unlink(path + name) }
    let file = try #require(fopen(path, "wb"))
    defer { fclose(file) }
    #expect(fwrite(bytes, 1, bytes.count, file) == bytes.count)
  }
}
