import Testing
import Wire
import Worlds

@testable import Store

/// Snapshots in which a line turned a bit.
extension `Dropped history` {
  /// A laptop that is about to get a snapshot, and the reply that brings it.
  private func newcomer() throws -> (laptop: TestLaptop, reply: SyncReply) {
    let first = try laptop(1)
    _ = try work(first)
    try first.sync(office)
    try backUp()
    let newcomer = try laptop(2)
    return (newcomer, try newcomer.send(try newcomer.store.firstRequest(), to: office))
  }

  /// The reply with a bit turned in the first part of the first snapshot.
  private func damaged(_ reply: SyncReply, at place: Int) throws -> SyncReply {
    var reply = reply
    let piece = try #require(reply.snapshots.first)
    var bytes = piece.bytes
    bytes[place * (bytes.count - 1) / 8] ^= 16
    let other = SnapshotPiece(
      try #require(piece.mark), index: piece.index, count: piece.count, bytes: bytes)
    reply.snapshots[0] = try #require(other)
    return reply
  }

  private func hasBase(_ laptop: TestLaptop) throws -> Bool {
    try laptop.store.read { db in try Cuts.villages(db).contains(At.renon) }
  }

  @Test(arguments: 0...8)
  func `A snapshot that came damaged is asked for again`(place: Int) throws {
    let (laptop, reply) = try newcomer()
    _ = try laptop.store.absorb(try damaged(reply, at: place), isNewOffice: false)
    #expect(try !hasBase(laptop))
    let progress = try laptop.store.read { db in try Store.snapshotProgress(db) }
    #expect(progress.first { $0.village == At.renon }?.parts == 0)
    try laptop.sync(office)
    #expect(try hasBase(laptop))
    try expectAgreement([office.store, laptop.store])
  }

  /// An office whose own copy is damaged has the changes still, and must not be asked for ever.
  @Test func `A snapshot that comes damaged every time is given up for the changes`() throws {
    let (laptop, reply) = try newcomer()
    for _ in 0..<4 {
      _ = try laptop.store.absorb(try damaged(reply, at: 4), isNewOffice: false)
    }
    let progress = try laptop.store.read { db in try Store.snapshotProgress(db) }
    let refused = try #require(progress.first { $0.village == At.renon })
    #expect(refused.parts == nil)
    #expect(refused.snapshot == reply.snapshots.first?.snapshot)
    try laptop.sync(office)
    #expect(try !hasBase(laptop))
    try expectAgreement([office.store, laptop.store])
  }
}
