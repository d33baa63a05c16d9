import BulkheadCore
import Testing

@testable import BulkheadKeys

@Suite("The bounded cache")
struct GenerationCacheTests {
  let now = Instant(seconds: 0)
  let alpha = TenantID(EntityID(high: 1, low: 1))
  let beta = TenantID(EntityID(high: 1, low: 2))

  @Test("it never holds more than its bound, and keeps what is used")
  func bound() {
    var cache = GenerationCache<Int, Int>(entriesMax: 100)
    for key in 0..<10_000 {
      cache.insert(key, for: key, now: now)
      #expect(cache.count <= 100)
      let used = cache.use(0, now: now)
      #expect(used == 0)
    }
    #expect(cache.value(for: 9999) == 9999 && cache.value(for: 5) == nil)
  }

  @Test("an owner at its share keeps what it has and gets nothing more; others are not touched")
  func shares() {
    var cache = GenerationCache<Int, Int>(entriesMax: 100, ownerEntriesMax: 10)
    cache.insert(-1, for: -1, owner: beta, now: now)
    let stored = (0..<1000).filter { cache.insert($0, for: $0, owner: alpha, now: now) }
    #expect(stored == Array(0..<10))
    cache.insert(77, for: 3, owner: alpha, now: now)
    #expect(cache.value(for: 3) == 77 && cache.value(for: -1) == -1)
    cache.remove(3, owner: alpha)
    cache.insert(5000, for: 5000, owner: alpha, now: now)
    #expect(cache.value(for: 5000) == 5000)
  }

  @Test("a generation gives way when it is old, also when the clock is set back")
  func age() {
    var cache = GenerationCache<Int, Int>(entriesMax: 100, turnAfter: .seconds(60))
    cache.insert(1, for: 1, now: now)
    cache.insert(2, for: 2, now: now + .seconds(60))
    #expect(cache.value(for: 1) == 1)
    cache.insert(3, for: 3, now: now + .seconds(120))
    #expect(cache.value(for: 1) == nil && cache.value(for: 2) == 2)
    cache.insert(4, for: 4, now: now)
    #expect(cache.value(for: 2) == nil && cache.value(for: 3) == 3)
  }
}
