import BulkheadCore

extension InvariantCheck {
  /// Orders against their lines, their reservations and their customers' credit.
  static let orderChecks: [InvariantCheck] = [
    InvariantCheck(
      name: "I8", title: "ordered = open + reserved + shipped + cancelled on every order line",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text, l.ordered::text,
               (l.open + l.reserved + l.shipped + l.cancelled)::text
          FROM sales_order_line AS l JOIN sales_order AS o ON o.id = l.order_id
         WHERE l.ordered <> l.open + l.reserved + l.shipped + l.cancelled
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I8a", title: "what a line has reserved is what reservations hold for it",
      statement: Statement(
        """
        SELECT o.number || ' line ' || l.line_no::text, l.reserved::text, coalesce(held.qty, 0)::text
          FROM sales_order_line AS l
          JOIN sales_order AS o ON o.id = l.order_id
          LEFT JOIN (SELECT order_line_id, sum(qty) AS qty FROM stock_reservation
                      WHERE state IN ('active', 'picked') GROUP BY order_line_id) AS held
            ON held.order_line_id = l.id
         WHERE l.reserved <> coalesce(held.qty, 0)
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I8b", title: "an order's total is the sum of its lines, and an order has lines",
      statement: Statement(
        """
        SELECT o.number, coalesce(sum(l.amount_minor), -1)::text, o.total_minor::text
          FROM sales_order AS o LEFT JOIN sales_order_line AS l ON l.order_id = o.id
         GROUP BY o.number, o.total_minor
        HAVING coalesce(sum(l.amount_minor), -1) <> o.total_minor
         LIMIT 100
        """)),
    InvariantCheck(
      name: "I9", title: "a customer's open orders are the sum of what its orders promise",
      statement: Statement(
        """
        SELECT customer.code, coalesce(promised.minor, 0)::text, account.open_orders_minor::text
          FROM credit_account AS account
          JOIN party AS customer ON customer.id = account.customer_id
          LEFT JOIN (SELECT customer_id, sum(exposure_minor) AS minor FROM sales_order GROUP BY customer_id) AS promised
            ON promised.customer_id = account.customer_id
         WHERE account.open_orders_minor <> coalesce(promised.minor, 0)
         LIMIT 100
        """)),
  ]
}
