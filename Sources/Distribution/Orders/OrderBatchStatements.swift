import BulkheadCore
import BulkheadData

/// The statements of many orders at once; those of one order are in `OrderStatements`.
enum OrderBatchStatements {
  /// As `CustomerTerms.statement`, with the number of the order before its columns.
  static let terms = Statement(
    """
    SELECT want.n, p.id, p.code, p.kind, p.currency, p.customer_group_id, list.lineage, p.hold_code, p.is_active,
           entity.id, entity.currency, entity.fiscal_year_start_month,
           EXISTS (SELECT 1 FROM sales_order AS o WHERE o.customer_id = p.id AND o.po_number = want.po)
      FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[]) AS want (n, id, code, po)
      JOIN party AS p ON p.id = CASE WHEN want.id IS NOT NULL THEN want.id
        ELSE (SELECT c.id FROM party AS c WHERE c.code = want.code) END
      LEFT JOIN price_list AS list ON list.id = CASE WHEN p.price_list_id IS NOT NULL THEN p.price_list_id
        ELSE (SELECT d.id FROM price_list AS d WHERE d.is_default AND d.currency = p.currency) END
      LEFT JOIN legal_entity AS entity ON entity.is_default
    """)

  static let warehouses = Statement(
    """
    SELECT w.id, w.code, w.storage_id, s.code, w.lost_found_id
      FROM location AS w JOIN location AS s ON s.id = w.storage_id
     WHERE w.code = ANY ($1::text[]) AND w.type = 'warehouse' AND w.is_active
    """)

  /// Customers are locked in the order of their ids.
  static let lockCredit = Statement(
    """
    SELECT customer_id, limit_minor, open_receivable_minor, unbilled_minor, open_orders_minor
      FROM credit_account WHERE customer_id = ANY ($1::uuid[]) ORDER BY customer_id FOR UPDATE
    """)

  /// Sent after `lockCredit`, whose locks put the orders of a customer in a row.
  static let usedPOs = Statement(
    """
    SELECT o.customer_id, o.po_number
      FROM unnest($1::uuid[], $2::text[]) AS want (customer_id, po)
      JOIN sales_order AS o ON o.customer_id = want.customer_id AND o.po_number = want.po
    """)

  static func promise(_ minor: [EntityID: Int64]) -> Query {
    let all = minor.sorted { $0.key < $1.key }
    return Query(promiseStatement, .ids(all.map(\.key)), .ints(all.map(\.value)))
  }

  static let promiseStatement = Statement(
    """
    UPDATE credit_account AS c SET open_orders_minor = c.open_orders_minor + p.minor, version = c.version + 1
      FROM unnest($1::uuid[], $2::bigint[]) AS p (customer_id, minor)
     WHERE c.customer_id = p.customer_id
    """)

  struct Written {
    let order: PlacedOrder
    let plan: OrderPlan
    let draft: OrderDraft
  }

  static func headers(_ all: [Written], at now: Instant) -> Query {
    Query(
      insertOrders, .ids(all.map(\.order.id)), .ids(all.map(\.draft.entity.id)), .texts(all.map(\.order.number)),
      .ids(all.map(\.order.customerID)), .ids(all.map(\.draft.warehouse.id)), .texts(all.map(\.order.poNumber)),
      .texts(all.map(\.order.channel.rawValue)), .texts(all.map(\.order.total.currency.code)),
      .texts(all.map(\.order.status.rawValue)), .texts(all.map { $0.order.holdCode?.rawValue }),
      .texts(all.map(\.order.shipmentState.rawValue)), .texts(all.map(\.order.shipPolicy.rawValue)),
      .texts(all.map { $0.order.requestedOn?.description }), .ints(all.map(\.order.total.minor)),
      .ints(all.map(\.plan.exposure)), .instant(now))
  }

  static let insertOrders = Statement(
    """
    INSERT INTO sales_order (id, legal_entity_id, number, customer_id, warehouse_id, po_number, channel, currency,
      status, hold_code, shipment_state, ship_policy, requested_on, total_minor, exposure_minor, placed_at)
    SELECT o.id, o.entity_id, o.number, o.customer_id, o.warehouse_id, o.po_number, o.channel, o.currency, o.status,
           o.hold_code, o.shipment_state, o.ship_policy, o.requested_on, o.total_minor, o.exposure_minor,
           $16::timestamptz
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[],
                  $9::text[], $10::text[], $11::text[], $12::text[], $13::date[], $14::bigint[], $15::bigint[])
           AS o (id, entity_id, number, customer_id, warehouse_id, po_number, channel, currency, status, hold_code,
                 shipment_state, ship_policy, requested_on, total_minor, exposure_minor)
    """)

  static let insertHistory = Statement(
    """
    INSERT INTO sales_order_history (id, order_id, at, actor, event, to_status, detail)
    SELECT h.id, h.order_id, $3::timestamptz, $4, h.event, h.to_status, h.detail::jsonb
      FROM unnest($1::uuid[], $2::uuid[], $5::text[], $6::text[], $7::text[])
           AS h (id, order_id, event, to_status, detail)
    """)
}
