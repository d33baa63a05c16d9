import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import Distribution

extension Platform {
  /// The OEM and partner on the way to a tenant, made when missing.
  func ensureParents(_ path: String) async throws {
    let tree = OrgTree(control: control, ambient: ambient)
    var node = try await tree.platform()
    for (depth, slug) in path.split(separator: "/").enumerated() {
      node = try await tree.ensure(
        depth == 0 ? .oem : .partner, slug: String(slug), name: String(slug), below: node)
    }
  }

  /// Gives a tenant an address of the outside world, in the registry and among the tenant's own.
  func allot(scheme: String, address: String, to record: TenantRecord) async throws {
    let parts = address.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2 else {
      throw Refusal(.inputInvalid, "An X12 address is a qualifier, a colon and an id: ZZ:ACME.", at: "/address")
    }
    try EDIModule.check(qualifier: parts[0], address: parts[1])
    try await Addresses(control: control).allot(scheme: scheme, address: address, to: record.id)
    let tenant = try await operatorTenant(record, reason: "address \(scheme) \(address) allotted")
    let id = ambient.makeID()
    try await tenant.transaction { transaction in
      try await EDIModule.allot(qualifier: parts[0], address: parts[1], id: id, in: transaction)
    }
    try await PlatformAuditTrail(control: control, ambient: ambient).record(
      "address.allotted", subject: "tenant:\(record.id)",
      detail: ["scheme": .string(scheme), "address": .string(address)], actor: operatorActor)
  }
}
