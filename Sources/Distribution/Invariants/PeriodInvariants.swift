import BulkheadCore

extension InvariantCheck {
  /// Closed stock against the moves that it stands for.
  static let periodChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "S1", title: "what a closed month wrote down is the sum of the moves before its end",
      statement: Statement(
        """
        SELECT period.starts_on::text || ' ' || p.sku || ' at ' || place.code || ' lot ' || coalesce(lot.code, '-'),
               sum(part.moved)::text, sum(part.held)::text
          FROM (SELECT b.period_id, b.quant_id, b.on_hand AS held, 0::numeric AS moved
                  FROM stock_period_balance AS b
                UNION ALL
                SELECT upto.id, target.id, 0, m.qty
                  FROM stock_period AS upto
                  JOIN stock_move AS m ON m.effective_at < upto.ends_at
                  JOIN stock_quant AS target
                    ON target.product_id = m.product_id AND target.location_id = m.to_location_id
                       AND target.lot_key = m.lot_key AND target.package_key = m.package_key
                       AND target.owner_key = m.owner_key
                UNION ALL
                SELECT upto.id, source.id, 0, -m.qty
                  FROM stock_period AS upto
                  JOIN stock_move AS m ON m.effective_at < upto.ends_at
                  JOIN stock_quant AS source
                    ON source.product_id = m.product_id AND source.location_id = m.from_location_id
                       AND source.lot_key = m.lot_key AND source.package_key = m.package_key
                       AND source.owner_key = m.owner_key) AS part
          JOIN stock_period AS period ON period.id = part.period_id
          JOIN stock_quant AS q ON q.id = part.quant_id
          JOIN product AS p ON p.id = q.product_id
          JOIN location AS place ON place.id = q.location_id
          LEFT JOIN lot AS lot ON lot.id = q.lot_key
         WHERE period.state = 'closed'
         GROUP BY period.id, period.starts_on, p.sku, place.code, lot.code, part.quant_id
        HAVING sum(part.moved) <> sum(part.held)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "S2", title: "stock is closed up to the end of the latest closed month",
      statement: Statement(
        """
        SELECT 'stock', coalesce(latest.ends_at::text, 'none'), coalesce(calendar.closed_before::text, 'none')
          FROM (SELECT max(ends_at) AS ends_at FROM stock_period WHERE state = 'closed') AS latest
          LEFT JOIN stock_calendar AS calendar ON true
         WHERE calendar.closed_before IS DISTINCT FROM latest.ends_at
         LIMIT 100
        """)),
  ]
}
