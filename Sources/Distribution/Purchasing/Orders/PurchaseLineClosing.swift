import BulkheadCore

/// Lines that a supplier will not deliver: what of them has not come is not expected any more, and what contracts gave
/// for it comes back. The order's row is locked before.
enum PurchaseLineClosing {
  static func queries(_ lines: [EntityID]) -> [Query] {
    let ids = SQLValue.ids(lines)
    return [Query(lockContracts, ids), Query(unrelease, ids), Query(unplan, ids), Query(cancel, ids)]
  }

  private static let lockContracts = Statement(
    """
    SELECT line.id FROM supplier_contract_line AS line
     WHERE line.id IN (SELECT l.contract_line_id FROM purchase_order_line AS l WHERE l.id = ANY ($1::uuid[]))
     ORDER BY line.id FOR UPDATE OF line
    """)

  private static let unrelease = Statement(
    """
    UPDATE supplier_contract_line AS line SET released_qty = line.released_qty - n.qty
      FROM (SELECT l.contract_line_id AS id, sum(l.open) AS qty FROM purchase_order_line AS l
             WHERE l.id = ANY ($1::uuid[]) AND l.contract_line_id IS NOT NULL GROUP BY l.contract_line_id) AS n
     WHERE line.id = n.id
    """)

  private static let unplan = Statement(
    """
    UPDATE planned_move SET state = 'cancelled', version = version + 1
     WHERE state IN ('draft', 'assigned') AND origin_type = 'purchase_order_line' AND origin_id = ANY ($1::uuid[])
    """)

  private static let cancel = Statement(
    """
    UPDATE purchase_order_line SET cancelled = cancelled + open WHERE id = ANY ($1::uuid[]) AND open > 0
    """)
}
