import BulkheadCore
import BulkheadData

/// Reads waves.
enum WaveReader {
  static func queries(_ wave: EntityID) -> [Query] { [Query(one, .id(wave)), Query(shipments, .id(wave))] }

  /// The wave in the answer of `queries`, or `nil`.
  static func wave(_ rows: [Rows]) throws(Refusal) -> (json: JSON, version: Int64)? {
    guard rows.count == 2, let row = rows[0].first else { return nil }
    var shipments: [JSON] = []
    for row in rows[1] {
      shipments.append([
        "id": .id(try row.id(0)), "number": .string(try row.text(1)), "orderId": .id(try row.id(2)),
        "order": .string(try row.text(3)), "state": .string(try row.text(4)),
      ])
    }
    var members = try summary(row).members ?? []
    members.append(.init("shipments", .array(shipments)))
    return (.object(members), try row.int(6))
  }

  static func summary(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "number": .string(try row.text(1)), "warehouse": .string(try row.text(2)),
      "state": .string(try row.text(3)), "createdAt": .instant(try row.instant(4)),
      "releasedAt": row.instantOrNil(5).map { .instant($0) } ?? .null, "version": .int(try row.int(6)),
      "tasksOpen": .int(try row.int(7)), "tasksFinished": .int(try row.int(8)),
    ]
  }

  static let one = Statement(
    """
    SELECT w.id, w.number, place.code, w.state, w.created_at, w.released_at, w.version,
           (SELECT count(*) FROM pick_task AS t WHERE t.wave_id = w.id AND t.state IN ('open', 'claimed')),
           (SELECT count(*) FROM pick_task AS t WHERE t.wave_id = w.id AND t.state NOT IN ('open', 'claimed'))
      FROM wave AS w JOIN location AS place ON place.id = w.warehouse_id
     WHERE w.id = $1
    """)

  static let shipments = Statement(
    """
    SELECT s.id, s.number, s.order_id, o.number, s.state
      FROM shipment AS s JOIN sales_order AS o ON o.id = s.order_id
     WHERE s.wave_id = $1 ORDER BY s.id
    """)

  static let list = Statement(
    """
    SELECT w.id, w.number, place.code, w.state, w.created_at, w.released_at, w.version,
           (SELECT count(*) FROM pick_task AS t WHERE t.wave_id = w.id AND t.state IN ('open', 'claimed')),
           (SELECT count(*) FROM pick_task AS t WHERE t.wave_id = w.id AND t.state NOT IN ('open', 'claimed'))
      FROM wave AS w JOIN location AS place ON place.id = w.warehouse_id
     WHERE w.id < $1 ORDER BY w.id DESC LIMIT $2
    """)
}
