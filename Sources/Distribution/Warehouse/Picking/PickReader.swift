import BulkheadCore
import BulkheadData

/// Reads pick tasks.
enum PickReader {
  static let one = Statement(
    """
    SELECT t.id, t.wave_id, t.shipment_id, s.number, o.number, ol.line_no, p.sku, p.name, p.base_uom, lot.code,
           place.code, output.code, t.pick_sequence, t.qty, t.picked, t.state, t.worker, t.device, t.short_reason,
           t.version
      FROM pick_task AS t
      JOIN shipment AS s ON s.id = t.shipment_id
      JOIN sales_order AS o ON o.id = s.order_id
      JOIN shipment_line AS line ON line.id = t.shipment_line_id
      JOIN sales_order_line AS ol ON ol.id = line.order_line_id
      JOIN product AS p ON p.id = t.product_id
      JOIN location AS place ON place.id = t.from_location_id
      JOIN location AS output ON output.id = t.to_location_id
      LEFT JOIN lot AS lot ON lot.id = t.lot_id
     WHERE t.id = $1
    """)

  /// `$2` wave, `$3` shipment, `$4` state, each NULL for any.
  static let list = Statement(
    """
    SELECT t.id, t.wave_id, t.shipment_id, s.number, o.number, ol.line_no, p.sku, p.name, p.base_uom, lot.code,
           place.code, output.code, t.pick_sequence, t.qty, t.picked, t.state, t.worker, t.device, t.short_reason,
           t.version
      FROM pick_task AS t
      JOIN shipment AS s ON s.id = t.shipment_id
      JOIN sales_order AS o ON o.id = s.order_id
      JOIN shipment_line AS line ON line.id = t.shipment_line_id
      JOIN sales_order_line AS ol ON ol.id = line.order_line_id
      JOIN product AS p ON p.id = t.product_id
      JOIN location AS place ON place.id = t.from_location_id
      JOIN location AS output ON output.id = t.to_location_id
      LEFT JOIN lot AS lot ON lot.id = t.lot_id
     WHERE t.id > $1 AND ($2::uuid IS NULL OR t.wave_id = $2) AND ($3::uuid IS NULL OR t.shipment_id = $3)
       AND ($4::text IS NULL OR t.state = $4)
     ORDER BY t.id LIMIT $5
    """)

  static func task(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "waveId": .id(try row.id(1)), "shipmentId": .id(try row.id(2)),
      "shipment": .string(try row.text(3)), "order": .string(try row.text(4)), "line": .int(try row.int(5)),
      "sku": .string(try row.text(6)), "name": .string(try row.text(7)), "baseUnit": .string(try row.text(8)),
      "lot": row.jsonText(9), "from": .string(try row.text(10)), "to": .string(try row.text(11)),
      "pickSequence": .int(try row.int(12)), "quantity": try row.quantity(13).json,
      "picked": try row.quantity(14).json, "state": .string(try row.text(15)), "worker": row.jsonText(16),
      "device": row.jsonText(17), "shortReason": row.jsonText(18), "version": .int(try row.int(19)),
    ]
  }
}
