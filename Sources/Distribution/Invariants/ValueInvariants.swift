import BulkheadCore

extension InvariantCheck {
  /// Valuation layers against stock and against themselves.
  static let valueChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "I5", title: "what layers are worth is the balance of the inventory accounts",
      statement: Statement(
        """
        SELECT entity.code, sum(part.layered)::text, sum(part.booked)::text
          FROM (SELECT legal_entity_id, value_remaining_minor AS layered, 0::bigint AS booked FROM valuation_layer
                UNION ALL
                SELECT line.legal_entity_id, 0, line.debit_minor - line.credit_minor
                  FROM ledger_line AS line JOIN account ON account.id = line.account_id
                 WHERE account.control = 'inventory') AS part
          JOIN legal_entity AS entity ON entity.id = part.legal_entity_id
         GROUP BY entity.code
        HAVING sum(part.layered) <> sum(part.booked)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I6", title: "what layers have left is what lies in valued places and what left before it was there",
      statement: Statement(
        """
        SELECT p.sku || ' lot ' || coalesce(lot.code, '-'), sum(part.held)::text, sum(part.layered)::text
          FROM (SELECT product_id, lot_key, on_hand AS held, 0::numeric AS layered FROM stock_quant
                 WHERE location_type = 'storage' AND owner_key = '00000000-0000-0000-0000-000000000000'
                UNION ALL
                SELECT product_id, lot_key, open_qty, 0 FROM stock_shortage WHERE open_qty > 0
                UNION ALL
                SELECT product_id, lot_key, 0, qty_remaining FROM valuation_layer) AS part
          JOIN product AS p ON p.id = part.product_id
          LEFT JOIN lot AS lot ON lot.id = part.lot_key
         GROUP BY p.sku, lot.code, part.lot_key
        HAVING sum(part.held) <> sum(part.layered)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I6a", title: "a product's totals are the sums of its layers",
      statement: Statement(
        """
        SELECT p.sku, coalesce(sum(layer.qty_remaining), 0)::text || ' worth '
                 || coalesce(sum(layer.value_remaining_minor), 0)::text,
               cost.qty::text || ' worth ' || cost.value_minor::text
          FROM product_cost AS cost
          JOIN product AS p ON p.id = cost.product_id
          LEFT JOIN valuation_layer AS layer
            ON layer.product_id = cost.product_id AND layer.legal_entity_id = cost.legal_entity_id
         GROUP BY p.sku, cost.legal_entity_id, cost.qty, cost.value_minor
        HAVING coalesce(sum(layer.qty_remaining), 0) <> cost.qty
            OR coalesce(sum(layer.value_remaining_minor), 0) <> cost.value_minor
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I6b", title: "what a layer has lost is what was drawn from it, less what it was revalued by",
      statement: Statement(
        """
        SELECT p.sku || ' layer ' || layer.id::text,
               (layer.qty_in - layer.qty_remaining)::text || ' worth '
                 || (layer.value_in_minor - layer.value_remaining_minor)::text,
               coalesce(drawn.qty, 0)::text || ' worth '
                 || (coalesce(drawn.value_minor, 0) - coalesce(changed.value_minor, 0))::text
          FROM valuation_layer AS layer
          JOIN product AS p ON p.id = layer.product_id
          LEFT JOIN (SELECT layer_id, sum(qty) AS qty, sum(value_minor) AS value_minor FROM layer_consumption
                      GROUP BY layer_id) AS drawn ON drawn.layer_id = layer.id
          LEFT JOIN (SELECT layer_id, sum(value_minor) AS value_minor FROM layer_revaluation
                      GROUP BY layer_id) AS changed ON changed.layer_id = layer.id
         WHERE layer.qty_in - layer.qty_remaining <> coalesce(drawn.qty, 0)
            OR layer.value_in_minor - layer.value_remaining_minor
               <> coalesce(drawn.value_minor, 0) - coalesce(changed.value_minor, 0)
         LIMIT 100
        """)),
  ]
}
