import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadServer

/// Floods of one tenant, and whether another notices: the refusal must fall on the one who floods.
extension Catalogue {
  private static let bounded = "each tenant has a bound of its own: the control gives one tenant room for all"

  static let bounds: [any Attack] = [
    Plot(
      "application.flood.requests", "One tenant has as many requests under way as it may", .degrade, .application,
      tiers: [.pooled], steps: ["Admit requests of the attacker until one is refused.", "Admit one of the victim."],
      expected: "The victim's request is admitted.", wall: .inAttack(bounded)
    ) { field in
      let limits = RequestLimits(
        tenantRequestsMax: 64, totalRequestsMax: 64, newcomersReserve: field.isControl ? 0 : 16)
      while (try? limits.admit(field.attacker.tenant.id)) != nil {}
      let isAdmitted = (try? limits.admit(field.victim.tenant.id)) != nil
      return isAdmitted ? .held("admitted beside \(limits.total - 1)") : .breach("the victim is refused")
    },
    Plot(
      "application.flood.leases", "One tenant holds as many database leases as it may", .degrade, .application,
      tiers: [.pooled], steps: ["Take leases for the attacker until they wait.", "Take one for the victim."],
      expected: "The victim gets one at once.", wall: .inAttack(bounded)
    ) { field in
      let gate = FairLeases(
        limits: LeaseLimits(
          totalMax: 8, perTenantMax: 8, waitersPerTenantMax: 0, newcomersReserve: field.isControl ? 0 : 2))
      let deadline = ContinuousClock.now + .seconds(1)
      while (try? await gate.acquire(field.attacker.tenant.id, deadline: deadline)) != nil {}
      do {
        _ = try await gate.acquire(field.victim.tenant.id, deadline: deadline)
        return .held("a lease beside \(gate.usage.inUse - 1)")
      } catch { return .breach("the victim waits: \(error)") }
    },
    Plot(
      "request.flood.login", "Wrong passwords for the victim's colleague at another tenant", .degrade, .request,
      tiers: [.pooled],
      steps: ["Try a name at the attacker's tenant until it is locked.", "Try the same name at the victim's once."],
      expected: "The victim's account is not locked.",
      wall: .inAttack("tries are counted for tenant and name: the control counts for the name alone")
    ) { field in
      let throttle = LoginThrottle(clock: field.platform.ambient.clock)
      func admit(_ side: Side, peer: String) -> Bool {
        let tenant = field.isControl ? nil : side.tenant.id
        return (try? throttle.admit(tenant: tenant, account: "clerk@example.test", peer: peer)) != nil
      }
      for number in 0..<32 where !admit(field.attacker, peer: "10.0.0.\(number)") { break }
      guard !admit(field.attacker, peer: "10.0.1.1") else { throw Unmakeable("the attacker's account is not locked") }
      return admit(field.victim, peer: "10.0.1.2") ? .held("admitted") : .breach("the victim's account is locked")
    },
    Plot(
      "request.flood.loginNames", "Made-up names fill the memory of login tries", .degrade, .request, tiers: [.pooled],
      steps: [
        "Lock an account of the victim.", "Try 9,000 made-up names at the attacker's tenant.",
        "Try the victim's account again.",
      ],
      expected: "It is still locked, and the attacker's tenant has run out of its own share.",
      wall: .inAttack("each tenant has a share of the memory: the control uses a name in each of 140,000 tenants")
    ) { field in try await forgetting(field) },
  ]

  private static func forgetting(_ field: Battlefield) async throws -> Outcome {
    let throttle = LoginThrottle(
      clock: field.platform.ambient.clock, peerRate: AttemptRate(burst: 1_000_000, interval: .milliseconds(1)))
    let victim = field.victim.tenant.id
    while (try? throttle.admit(tenant: victim, account: "boss", peer: "10.0.0.1")) != nil {}
    if field.isControl {
      // Two generations of the whole memory, each name at a tenant of its own.
      for number in 0..<(2 * LoginThrottle.accountsMax + 9000) {
        let tenant = TenantID(EntityID(high: 1, low: UInt64(number)))
        try? throttle.admit(tenant: tenant, account: "a", peer: "10.0.0.2")
      }
    } else {
      for number in 0..<9000 {
        try? throttle.admit(tenant: field.attacker.tenant.id, account: "a\(number)", peer: "10.0.0.2")
      }
    }
    let isForgotten = (try? throttle.admit(tenant: victim, account: "boss", peer: "10.0.0.3")) != nil
    return isForgotten ? .breach("the victim's account is open again") : .held("still locked")
  }
}
