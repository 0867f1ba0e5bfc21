import Synchronization

extension Chances {
  /// The memory of a frame's chances.
  ///
  /// It is some hundred kilobytes, however little the frame says. To take that from the system for each
  /// frame, page by page, takes as long as to read what a short one says; so it comes in slabs, and some
  /// are kept for the next frame. What is taken is set before it is used, whatever it was.
  final class Memory {
    private static let slabSize = 1 << 16
    private var slabs: [Slab] = []
    /// How much of the last slab is taken.
    private var used = Memory.slabSize

    /// Takes memory for some chances, which are as learned, or else one half.
    func take(_ count: Int, as learned: [Int32]? = nil) -> Chance {
      let block = room(for: count)
      if let learned {
        block.initialize(from: learned, count: count)
      } else {
        block.initialize(repeating: 0, count: count)
      }
      return block
    }

    /// Takes memory for chances that begin as others are, with little weight.
    func take(_ count: Int, like model: Chance?) -> Chance {
      guard let model else { return take(count) }
      let block = room(for: count)
      for index in 0..<count { block[index] = Learned.lesson(model[index]) }
      return block
    }

    private func room(for count: Int) -> Chance {
      precondition(count <= Self.slabSize, "BUG: chances that have no room")
      if used + count > Self.slabSize {
        slabs.append(Self.idle.withLock { $0.popLast() } ?? Slab())
        used = 0
      }
      defer { used += count }
      return slabs[slabs.count - 1].start + used
    }

    deinit {
      Self.idle.withLock { idle in
        while let slab = slabs.popLast(), idle.count < Self.idleLimit { idle.append(slab) }
      }
    }

    /// The most slabs that are kept: as many as two walks of usual frames take.
    private static let idleLimit = 4
    private static let idle = Mutex<[Slab]>([])

    // NB: unsafe by type only; whoever has taken a slab out has it alone.
    private final class Slab: @unchecked Sendable {
      let start = Chance.allocate(capacity: Memory.slabSize)

      deinit { start.deallocate() }
    }
  }
}
