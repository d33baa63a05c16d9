import BulkheadCore

/// The statements that number, fill and close packages.
enum PackStatements {
  static let available = Statement(
    """
    SELECT line.id, ol.line_no, line.product_id, picked.lot_key, lot.code, picked.qty, coalesce(packed.qty, 0)
      FROM shipment_line AS line
      JOIN sales_order_line AS ol ON ol.id = line.order_line_id
      JOIN (SELECT t.shipment_line_id, t.lot_key, sum(t.picked) AS qty FROM pick_task AS t
             WHERE t.shipment_id = $1 AND t.picked > 0 GROUP BY t.shipment_line_id, t.lot_key) AS picked
        ON picked.shipment_line_id = line.id
      LEFT JOIN (SELECT i.shipment_line_id, i.lot_key, sum(i.qty) AS qty
                   FROM package AS p JOIN package_item AS i ON i.package_id = p.id
                  WHERE p.shipment_id = $1 AND p.state <> 'void' GROUP BY i.shipment_line_id, i.lot_key) AS packed
        ON packed.shipment_line_id = line.id AND packed.lot_key = picked.lot_key
      LEFT JOIN lot AS lot ON lot.id = picked.lot_key
     WHERE line.shipment_id = $1
     ORDER BY ol.line_no, lot.code
    """)

  static let lastNumber = Statement(
    "SELECT coalesce(max(p.number), 0) FROM package AS p WHERE p.shipment_id = $1")

  /// Takes the next serial. The row stays locked until the transaction ends, so no two packages get the same; a serial
  /// taken by a transaction that failed was never on a package.
  static let takeSerial = Statement(
    """
    UPDATE gs1_prefix SET next_serial = next_serial + 1 WHERE is_default
    RETURNING prefix, extension_digit, next_serial - 1
    """)

  static let insertPackage = Statement(
    """
    INSERT INTO package (id, shipment_id, number, sscc, type, weight_grams, created_at, created_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """)

  static let insertItems = Statement(
    """
    INSERT INTO package_item (package_id, id, shipment_line_id, product_id, lot_key, qty)
    SELECT $1::uuid, i.id, i.line_id, i.product_id, i.lot_key, i.qty
      FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::numeric[])
           AS i (id, line_id, product_id, lot_key, qty)
    ON CONFLICT (package_id, shipment_line_id, lot_key) DO UPDATE SET qty = package_item.qty + excluded.qty
    """)

  static let touch = Statement("UPDATE package SET version = version + 1 WHERE id = $1")

  static let shipmentOf = Statement("SELECT shipment_id FROM package WHERE id = $1")

  static let lockPackage = Statement("SELECT state, sscc FROM package WHERE id = $1 FOR UPDATE")

  static let contents = Statement(
    """
    SELECT i.shipment_line_id, sum(i.qty) FROM package_item AS i WHERE i.package_id = $1 GROUP BY i.shipment_line_id
    """)

  static let setState = Statement("UPDATE package SET state = $2, version = version + 1 WHERE id = $1")

  /// Lines that are not packed as picked, packages that hold nothing, packages in all.
  static let completeness = Statement(
    """
    SELECT (SELECT count(*) FROM shipment_line AS line WHERE line.shipment_id = s.id AND line.packed <> line.picked),
           (SELECT count(*) FROM package AS p WHERE p.shipment_id = s.id AND p.state = 'open'
               AND NOT EXISTS (SELECT 1 FROM package_item AS i WHERE i.package_id = p.id)),
           (SELECT count(*) FROM package AS p WHERE p.shipment_id = s.id AND p.state <> 'void')
      FROM shipment AS s WHERE s.id = $1
    """)

  static let closeAll = Statement(
    "UPDATE package SET state = 'closed', version = version + 1 WHERE shipment_id = $1 AND state = 'open'")

  static let one = Statement(
    """
    SELECT p.id, p.shipment_id, s.number, p.number, p.sscc, p.type, p.state, p.weight_grams, p.version
      FROM package AS p JOIN shipment AS s ON s.id = p.shipment_id
     WHERE p.id = $1
    """)

  static let items = Statement(
    """
    SELECT ol.line_no, product.sku, lot.code, i.qty
      FROM package_item AS i
      JOIN shipment_line AS l ON l.id = i.shipment_line_id
      JOIN sales_order_line AS ol ON ol.id = l.order_line_id
      JOIN product AS product ON product.id = i.product_id
      LEFT JOIN lot AS lot ON lot.id = i.lot_id
     WHERE i.package_id = $1
     ORDER BY ol.line_no, lot.code
    """)
}
