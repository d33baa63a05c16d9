import BulkheadCore
import BulkheadData

/// What is told about every change of a shipment: its history, an event for the workers, an entry of the audit trail.
struct ShipmentRecords {
  let services: Services
  let context: TenantContext
  let now: Instant

  /// One change of one shipment. `event` is also the topic and the act: `shipment.packed`.
  func queries(
    _ event: String, _ shipment: LockedShipment, to phase: ShipmentPhase, detail more: [JSON.Member] = []
  ) throws -> [Query] {
    let detail = JSON.object(
      [
        .init("number", .string(shipment.number)), .init("order", .string(shipment.orderNumber)),
        .init("state", .string(phase.rawValue)),
      ] + more)
    return [
      history([shipment.id], event: event, from: [shipment.phase], to: [phase], detail: detail),
      try services.outbox.query(
        topic: event, key: shipment.id.description,
        payload: [
          "shipment": .id(shipment.id), "number": .string(shipment.number), "order": .id(shipment.orderID),
          "state": .string(phase.rawValue),
        ], context: context),
      try services.audit.query(event, subject: "shipment:\(shipment.id)", detail: detail, context: context),
    ]
  }

  /// One line of history for each of many shipments.
  func history(
    _ shipments: [EntityID], event: String, from: [ShipmentPhase?], to: [ShipmentPhase], detail: JSON = .object([])
  ) -> Query {
    Query(
      Self.insertHistory, .instant(now), .text(context.actor.description), .text(event), .json(detail),
      .ids(shipments.map { _ in services.ambient.makeID() }), .ids(shipments), .texts(from.map { $0?.rawValue }),
      .texts(to.map(\.rawValue)))
  }

  static let insertHistory = Statement(
    """
    INSERT INTO shipment_history (at, actor, event, detail, id, shipment_id, from_state, to_state)
    SELECT $1::timestamptz, $2, $3, $4::jsonb, h.id, h.shipment_id, h.from_state, h.to_state
      FROM unnest($5::uuid[], $6::uuid[], $7::text[], $8::text[]) AS h (id, shipment_id, from_state, to_state)
    """)

  /// One line in the history of each of many orders.
  func orderHistory(_ orders: [EntityID], event: String, from: [OrderStatus], to: [OrderStatus]) -> Query {
    Query(
      Self.insertOrderHistory, .instant(now), .text(context.actor.description), .text(event),
      .ids(orders.map { _ in services.ambient.makeID() }), .ids(orders), .texts(from.map(\.rawValue)),
      .texts(to.map(\.rawValue)))
  }

  static let insertOrderHistory = Statement(
    """
    INSERT INTO sales_order_history (at, actor, event, id, order_id, from_status, to_status)
    SELECT $1::timestamptz, $2, $3, h.id, h.order_id, h.from_status, h.to_status
      FROM unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[]) AS h (id, order_id, from_status, to_status)
    """)
}
