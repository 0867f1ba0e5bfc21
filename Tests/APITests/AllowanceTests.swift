import Synchronization
import Testing

@testable import API

@Suite struct `An allowance` {
  @Test func `is never overdrawn, and everyone has a turn`() async throws {
    let allowance = Allowance(10)
    let book = Book()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<200 {
        let share = task % 12 + 1
        group.addTask {
          await allowance.holding(share) {
            book.add(min(share, 10))
            await Task.yield()
            book.add(-min(share, 10))
          }
        }
      }
    }
    #expect(book.held == 0)
    #expect(book.most <= 10 && book.most > 1)
  }

  /// How much is held, and how much was at most.
  private final class Book: Sendable {
    private let state = Mutex((held: 0, most: 0))

    var held: Int { state.withLock { $0.held } }
    var most: Int { state.withLock { $0.most } }

    func add(_ share: Int) {
      state.withLock { state in
        state.held += share
        state.most = max(state.most, state.held)
      }
    }
  }

  @Test func `is given back when the work fails`() async throws {
    struct Failed: Error {}
    let allowance = Allowance(1)
    for _ in 0..<3 {
      await #expect(throws: Failed.self) { try await allowance.holding(1) { throw Failed() } }
    }
  }

  @Test func `is waited for no longer than one wants, and holds nobody up meanwhile`() async {
    let allowance = Allowance(10)
    #expect(await allowance.take(6))
    async let large = allowance.take(8, within: .milliseconds(50))
    await Task.yield()
    async let small = allowance.take(3, within: .seconds(10))
    #expect(await large == false)
    #expect(await small, "whoever stood behind goes on")
    #expect(allowance.free == 1)
    #expect(await allowance.take(11, within: .seconds(10)) == false, "there is no such share")
    allowance.give(9)
    #expect(allowance.free == 10)
  }
}
