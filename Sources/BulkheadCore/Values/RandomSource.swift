import Synchronization

/// Where chance comes from. Passed in, so that a test can be repeated from its seed.
public protocol RandomSource: Sendable {
  /// 64 bits, uniformly distributed.
  func next() -> UInt64
}

extension RandomSource {
  /// `count` random bytes.
  public func bytes(_ count: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count + 8)
    while result.count < count {
      let word = next()
      for shift in stride(from: 0, to: 64, by: 8) { result.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
    }
    return Array(result.prefix(count))
  }
}

/// The operating system's generator; fit for keys and tokens.
public struct SystemRandom: RandomSource {
  public init() {}
  public func next() -> UInt64 {
    var generator = SystemRandomNumberGenerator()
    return generator.next()
  }
}

/// SplitMix64 (Steele, Lea, Flood 2014): a repeatable sequence for tests and simulations. Never for keys.
public final class SeededRandom: RandomSource, RandomNumberGenerator {
  private let state: Mutex<UInt64>

  public init(seed: UInt64) { state = Mutex(seed) }

  public func next() -> UInt64 {
    state.withLock { state in
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }
}

/// Time, chance and identity in one value: what a component needs to make ids and stamps.
public struct Ambient: Sendable {
  public let clock: any WallClock
  public let random: any RandomSource

  public init(clock: any WallClock = SystemClock(), random: any RandomSource = SystemRandom()) {
    self.clock = clock
    self.random = random
  }

  public var now: Instant { clock.now() }

  /// A fresh, time-ordered id.
  public func makeID() -> EntityID { EntityID.make(at: clock.now(), from: random) }
}
