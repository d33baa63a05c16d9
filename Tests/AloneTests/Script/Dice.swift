import BulkheadCore

/// Repeatable chance: everything that a script is made of comes from one seed.
struct Dice {
  private let source: SeededRandom

  init(seed: UInt64) { source = SeededRandom(seed: seed) }

  mutating func below(_ bound: Int) -> Int { Int(source.next() % UInt64(max(1, bound))) }
  /// True in `percent` of 100 cases.
  mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
