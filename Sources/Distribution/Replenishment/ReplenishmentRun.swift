import BulkheadCore

/// What a run decides. Pure: policies, positions, prices and open proposals have been read under their locks.
struct ReplenishmentRun: Sendable {
  struct Policy: Sendable {
    let id: EntityID
    let productID: EntityID
    let warehouseID: EntityID
    let rule: ReorderQuantity
    let supplierID: EntityID?
    let position: ReorderQuantity.Position
    /// The proposal that is open for the product and warehouse.
    let open: Open?
  }

  struct Open: Sendable, Hashable {
    let id: EntityID
    let quantity: Quantity
    let supplierID: EntityID?
    /// A person has accepted it: no run touches it any more.
    let isAccepted: Bool
  }

  struct Proposal: Sendable {
    let policy: Policy
    let supplierID: EntityID?
    let quantity: Quantity
    let inputs: JSON
  }

  private(set) var proposals: [Proposal] = []
  /// Open proposals that are no longer right.
  private(set) var expired: [EntityID] = []
  private(set) var unchanged = 0

  /// A proposal that is still right stays as it is, so running twice changes nothing.
  init(_ policies: [Policy], prices: [SupplierPrice]) throws(Refusal) {
    let byProduct = Dictionary(grouping: prices, by: \.productID)
    for policy in policies {
      if policy.open?.isAccepted == true {
        unchanged += 1
        continue
      }
      let wanted = try Self.proposal(policy, byProduct[policy.productID] ?? [])
      if let open = policy.open, let wanted, open.quantity == wanted.quantity,
        open.supplierID == wanted.supplierID
      {
        unchanged += 1
        continue
      }
      if let open = policy.open { expired.append(open.id) }
      if let wanted { proposals.append(wanted) }
    }
  }

  private static func proposal(_ policy: Policy, _ prices: [SupplierPrice]) throws(Refusal) -> Proposal? {
    guard let missing = try policy.rule.missing(policy.position) else { return nil }
    let source = try ReorderSource(missing, prices, preferred: policy.supplierID)
    return Proposal(
      policy: policy, supplierID: source?.price.supplierID ?? policy.supplierID,
      quantity: source?.quantity ?? missing, inputs: try inputs(policy, missing, source))
  }

  /// Everything that the quantity was computed from, for whoever decides.
  private static func inputs(
    _ policy: Policy, _ missing: Quantity, _ source: ReorderSource?
  ) throws(Refusal) -> JSON {
    let position = policy.position
    return [
      "method": .string(policy.rule.method.rawValue), "reorderPoint": policy.rule.reorderPoint.json,
      "target": policy.rule.target.json, "onHand": position.onHand.json, "onOrder": position.onOrder.json,
      "backordered": position.backordered.json, "reserved": position.reserved.json,
      "position": try position.total().json, "missing": missing.json,
      "packMultiple": source?.price.pack.json ?? .null, "minimumOrder": source?.price.minimumOrder.json ?? .null,
      "unitPrice": source?.price.unitPrice.json ?? .null,
      "leadTimeDays": source.map { .int($0.price.leadTimeDays) } ?? .null,
    ]
  }
}
