import BulkheadCore

/// What is to be picked together.
public struct WaveRequest: Sendable {
  /// Orders in one wave at most, named or found.
  public static let ordersMax = 200

  /// Code; `nil`: the default warehouse.
  public let warehouse: String?
  /// Empty: all orders of the warehouse that have stock to be picked and may leave with it.
  public let orders: [EntityID]
  /// Whether the pick tasks are made at once.
  public let releases: Bool

  public init(warehouse: String? = nil, orders: [EntityID] = [], releases: Bool = true) {
    self.warehouse = warehouse
    self.orders = orders
    self.releases = releases
  }

  static let empty = Refusal(.waveEmpty, "There is nothing reserved that waits to be picked.")
}

/// An order that may go into a wave, its row locked.
struct WaveCandidate: Sendable {
  let id: EntityID
  let status: OrderStatus
  let warehouseID: EntityID
  let shipPolicy: OrderRequest.ShipPolicy
  let entityID: EntityID
  let customerID: EntityID
  let currency: String
  /// Reservations that no task fetches yet.
  let pickable: Int64
  let hasOpenLines: Bool
  /// The shipment that what is found joins, and its state.
  let waiting: (id: EntityID, phase: ShipmentPhase)?

  /// Why it cannot be in a wave of `warehouse`, or `nil`.
  func obstacle(in warehouse: EntityID) -> (code: RefusalCode, detail: String)? {
    if warehouseID != warehouse { return (.orderNotShippable, "This order ships from another warehouse.") }
    if status != .confirmed && status != .inFulfilment {
      return (.orderNotShippable, "Only a confirmed order is picked.")
    }
    if waiting?.phase == .draft { return (.orderNotShippable, "This order is in a wave already.") }
    if shipPolicy == .shipComplete, hasOpenLines {
      return (.orderIncomplete, "This order ships complete, and not all of it is in stock.")
    }
    return nil
  }
}

extension WaveCandidate {
  /// Rows of `WaveStatements.lockOrders` and `WaveStatements.facts`, in the same order.
  static func read(_ orders: Rows, _ facts: Rows) throws(Refusal) -> [WaveCandidate] {
    var found: [EntityID: Row] = [:]
    for row in facts { found[try row.id(0)] = row }
    var candidates: [WaveCandidate] = []
    for row in orders {
      let id = try row.id(0)
      guard let fact = found[id] else { continue }
      let waiting: (EntityID, ShipmentPhase)? = fact.isNull(3) ? nil : (try fact.id(3), try fact.known(4))
      candidates.append(
        WaveCandidate(
          id: id, status: try row.known(1), warehouseID: try row.id(2), shipPolicy: try row.known(3),
          entityID: try row.id(4), customerID: try row.id(5), currency: try row.text(6), pickable: try fact.int(1),
          hasOpenLines: try fact.bool(2), waiting: waiting))
    }
    return candidates
  }

  /// Those that go into the wave. Orders that were named are refused by their own reason, at their place; orders that
  /// were found and have changed since are passed over.
  static func choose(
    _ candidates: [WaveCandidate], named: [EntityID], in warehouse: EntityID
  ) throws(Refusal) -> [WaveCandidate] {
    let byID = Dictionary(candidates.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let unknown = named.indices.filter { byID[named[$0]] == nil }
    try MentionCheck.refuse(.referenceUnknown, "There is no such order.", "/orderIds", unknown)
    for (index, id) in named.enumerated() {
      guard let obstacle = byID[id]?.obstacle(in: warehouse) else { continue }
      throw Refusal(obstacle.code, obstacle.detail, at: "/orderIds/\(index)")
    }
    let chosen = candidates.filter { $0.pickable > 0 && $0.obstacle(in: warehouse) == nil }
    guard !chosen.isEmpty else { throw WaveRequest.empty }
    return chosen
  }
}
