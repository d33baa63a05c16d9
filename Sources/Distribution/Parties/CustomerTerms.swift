import BulkheadCore
import BulkheadData

/// What an order or a quote must know of its customer, read in one row.
struct CustomerTerms: Sendable {
  let id: EntityID
  let code: String
  let buys: Bool
  let currency: Currency
  let groupID: EntityID?
  /// The customer's price list and its parents, nearest first; empty when there is none.
  let priceLists: [EntityID]
  let holdCode: HoldCode?
  let isActive: Bool
  /// The tenant's default legal entity.
  let legalEntity: LegalEntity?
  /// Whether an order with the PO number asked about exists already.
  let hasOrderWithPO: Bool

  static func query(_ customer: PartyReference, poNumber: String? = nil) -> Query {
    Query(statement, .optional(customer.id), .optional(customer.code), .optional(poNumber))
  }

  /// CASE and not coalesce: under row security PostgreSQL takes coalesce for something that might leak, and would not
  /// look the row up by its index.
  static let statement = Statement(
    """
    SELECT p.id, p.code, p.kind, p.currency, p.customer_group_id, list.lineage, p.hold_code, p.is_active,
           entity.id, entity.currency, entity.fiscal_year_start_month,
           EXISTS (SELECT 1 FROM sales_order AS o WHERE o.customer_id = p.id AND o.po_number = $3)
      FROM party AS p
      LEFT JOIN price_list AS list ON list.id = CASE WHEN p.price_list_id IS NOT NULL THEN p.price_list_id
        ELSE (SELECT d.id FROM price_list AS d WHERE d.is_default AND d.currency = p.currency) END
      LEFT JOIN legal_entity AS entity ON entity.is_default
     WHERE p.id = CASE WHEN $1::uuid IS NOT NULL THEN $1::uuid
       ELSE (SELECT c.id FROM party AS c WHERE c.code = $2) END
    """)

}

extension CustomerTerms {
  init?(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else { return nil }
    try self.init(row, from: 0)
  }

  /// `column`: where in `row` the columns begin.
  init(_ row: Row, from column: Int) throws(Refusal) {
    id = try row.id(column)
    code = try row.text(column + 1)
    let kind = try row.text(column + 2)
    buys = kind == "customer" || kind == "both"
    currency = try row.currency(column + 3)
    groupID = row.idOrNil(column + 4)
    priceLists = row.ids(column + 5)
    holdCode = row.isNull(column + 6) ? nil : try row.known(column + 6)
    isActive = try row.bool(column + 7)
    if let entity = row.idOrNil(column + 8) {
      legalEntity = LegalEntity(
        id: entity, currency: try row.currency(column + 9), fiscalYearStartMonth: Int(try row.int(column + 10)))
    } else {
      legalEntity = nil
    }
    hasOrderWithPO = try row.bool(column + 11)
  }

  /// Refuses, in this order: unknown, not a customer, inactive.
  static func check(
    _ terms: CustomerTerms?, _ reference: PartyReference
  ) throws(Refusal) -> CustomerTerms {
    let pointer = "/" + reference.member
    guard let terms else { throw Refusal(.referenceUnknown, "There is no such customer.", at: pointer) }
    guard terms.buys else { throw Refusal(.partyNotCustomer, "This party is not a customer.", at: pointer) }
    guard terms.isActive else { throw Refusal(.partyInactive, "This customer is no longer served.", at: pointer) }
    return terms
  }
}

/// Why an order waits.
public enum HoldCode: String, Sendable, CaseIterable {
  /// Over the credit limit.
  case credit
  /// A person stopped this customer or this order.
  case manual
  /// An EDI document needs a person's decision.
  case ediException = "edi_exception"
}
