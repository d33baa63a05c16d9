import BulkheadCore
import Foundation

/// The houses of this process: for each tier one in which the tenant is alone, and one for all in which it is not.
actor Worlds {
  static let shared = Worlds()

  static let tiers: [Tier] = [.pooled, .schema, .dedicated]
  static func slug(_ tier: Tier) -> String { "company-\(tier.rawValue)" }
  /// The address that trading partners know the tenant by, in both worlds.
  static func address(_ tier: Tier) -> String {
    switch tier {
    case .pooled: "SELLER1"
    case .schema: "SELLER2"
    case .dedicated: "SELLER3"
    }
  }
  static func neighbours(_ tier: Tier) -> [String] { (1...3).map { "nb\($0)-\(tier.rawValue)" } }

  private var opening: [String: Task<House, any Error>] = [:]

  func alone(_ tier: Tier) async throws -> House {
    try await house("alone-\(tier.rawValue)", [(Self.slug(tier), tier, Self.address(tier))])
  }

  func crowded() async throws -> House {
    var tenants: [(slug: String, tier: Tier, address: String)] = []
    for tier in Self.tiers {
      for (index, slug) in Self.neighbours(tier).enumerated() {
        tenants.append((slug, tier, "NB\(index)\(tier.rawValue.uppercased().prefix(4))"))
      }
    }
    for tier in Self.tiers { tenants.append((Self.slug(tier), tier, Self.address(tier))) }
    return try await house("crowded", tenants)
  }

  private var last: Task<Void, Never>?

  /// One after the other: each looks for a free port.
  private func house(
    _ name: String, _ tenants: [(slug: String, tier: Tier, address: String)]
  ) async throws -> House {
    if let known = opening[name] { return try await known.value }
    let before = last
    let task = Task {
      await before?.value
      return try await House.open(name, tenants)
    }
    opening[name] = task
    last = Task { _ = try? await task.value }
    return try await task.value
  }
}

/// How much is tried: what the build runs, unless the environment says otherwise (two cores need some twelve minutes);
/// `make soak` goes on from there.
enum Extent {
  static let seeds = number("BULKHEAD_ALONE_SEEDS") ?? 200
  static let steps = number("BULKHEAD_ALONE_STEPS") ?? 500
  /// The planted faults to look for: all, or the one that the environment names.
  static let faults = PlantedFault.allCases.filter { fault in
    ProcessInfo.processInfo.environment["BULKHEAD_ALONE_FAULT"].map { $0 == fault.rawValue } ?? true
  }
  /// One seed to look at again.
  static let seed = number("BULKHEAD_ALONE_SEED").map { UInt64($0) }

  private static func number(_ name: String) -> Int? {
    ProcessInfo.processInfo.environment[name].flatMap { Int($0) }.flatMap { $0 > 0 ? $0 : nil }
  }
}
