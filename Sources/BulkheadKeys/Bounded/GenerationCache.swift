import BulkheadCore

/// A bounded map in two generations: what is written goes to the current one, and when that is full or old it becomes
/// the previous one and the previous one is dropped.
///
/// Every operation takes constant time. Against a least-recently-used list this keeps no links to repair on each hit,
/// so a hit is one or two look-ups and writes nothing. An owner holds at most `ownerEntriesMax` entries of a
/// generation, so no single tenant can fill it, and what one tenant writes cannot push out what others hold.
struct GenerationCache<Key: Hashable, Value> {
  private var current: [Key: Value] = [:]
  private var previous: [Key: Value] = [:]
  private var held: [TenantID?: Int] = [:]
  private var turnedAt: Instant?
  private let generationMax: Int
  private let ownerMax: Int
  private let turnAfter: Duration?

  /// - Parameters:
  ///   - entriesMax: entries in both generations together; at least 2.
  ///   - ownerEntriesMax: entries of one owner in one generation; everything when `nil`.
  ///   - turnAfter: age at which a generation gives way. Entries that outlive it must be harmless to lose.
  init(entriesMax: Int, ownerEntriesMax: Int? = nil, turnAfter: Duration? = nil) {
    generationMax = max(1, entriesMax / 2)
    ownerMax = max(1, min(ownerEntriesMax ?? generationMax, generationMax))
    self.turnAfter = turnAfter
  }

  var count: Int { current.count + previous.count }

  func value(for key: Key) -> Value? { current[key] ?? previous[key] }

  /// The value, kept for another generation because it was of use.
  mutating func use(_ key: Key, now: Instant) -> Value? {
    if let value = current[key] { return value }
    guard let value = previous[key] else { return nil }
    insert(value, for: key, now: now)
    return value
  }

  /// Stores the value, replacing one of the same key. `false`, and nothing stored, when `owner` holds its share.
  @discardableResult
  mutating func insert(_ value: Value, for key: Key, owner: TenantID? = nil, now: Instant) -> Bool {
    turnIfOld(now)
    if current[key] != nil {
      current[key] = value
      return true
    }
    if current.count >= generationMax { turn(now) }
    guard held[owner, default: 0] < ownerMax else {
      guard previous[key] != nil else { return false }
      previous[key] = value
      return true
    }
    previous[key] = nil
    current[key] = value
    held[owner, default: 0] += 1
    return true
  }

  mutating func remove(_ key: Key, owner: TenantID? = nil) {
    if current.removeValue(forKey: key) != nil, let count = held[owner] {
      held[owner] = count > 1 ? count - 1 : nil
    }
    previous[key] = nil
  }

  /// The first value that `matches`; looks at every entry.
  func first(where matches: (Value) -> Bool) -> Value? {
    current.values.first(where: matches) ?? previous.values.first(where: matches)
  }

  private mutating func turnIfOld(_ now: Instant) {
    guard let turnAfter else { return }
    guard let since = turnedAt else {
      turnedAt = now
      return
    }
    // A clock set back would otherwise keep a generation for as long as it was set back.
    if now < since || now - since >= turnAfter { turn(now) }
  }

  private mutating func turn(_ now: Instant) {
    previous = current
    current = [:]
    held = [:]
    turnedAt = now
  }
}
