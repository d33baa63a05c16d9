import BulkheadCore
import BulkheadData

/// Who a price rule is for; the order of the cases is the order of precedence.
public enum PriceSource: String, Sendable, CaseIterable {
  case contract, customer, group, list
}

/// One row of `price_rule` that might apply to a line.
struct PriceRule: Sendable {
  enum Kind: String, Sendable { case fixed, percent }

  let id: EntityID
  let source: PriceSource
  let holderID: EntityID
  /// The product or category, or the zero id for everything.
  let subjectID: EntityID
  let kind: Kind
  let value: UnitPrice
  let surcharge: UnitPrice
  let rounding: UnitPrice?
  let minimum: Quantity
  let priority: Int64
  /// Code of the contract, where it is one.
  let contract: String?

  /// All rules that may concern `products` for the customer of `terms` on `day`.
  static func query(_ terms: CustomerTerms, _ products: [MentionedProduct], on day: CivilDate) -> Query {
    var holders = [terms.id] + terms.priceLists
    if let group = terms.groupID { holders.append(group) }
    var subjects: Set<EntityID> = [.zero]
    for product in products {
      subjects.insert(product.id)
      subjects.formUnion(product.categories)
    }
    return query(holders: holders, subjects: subjects, currency: terms.currency, on: day)
  }

  static func query(holders: [EntityID], subjects: Set<EntityID>, currency: Currency, on day: CivilDate) -> Query {
    Query(statement, .ids(holders), .ids(subjects.sorted()), .text(currency.code), .date(day))
  }

  static let statement = Statement(
    """
    SELECT r.id, r.source, r.holder_id, r.subject_id, r.kind, r.value, r.surcharge, r.rounding, r.min_qty, r.priority,
           contract.code
      FROM price_rule AS r
      LEFT JOIN customer_contract AS contract ON contract.id = r.contract_id
     WHERE r.holder_id = ANY ($1::uuid[]) AND r.subject_id = ANY ($2::uuid[]) AND r.currency = $3
       AND (r.valid_from IS NULL OR r.valid_from <= $4::date) AND (r.valid_to IS NULL OR r.valid_to >= $4::date)
       AND (r.contract_id IS NULL OR (contract.state = 'running' AND contract.valid_from <= $4::date
            AND (contract.valid_to IS NULL OR contract.valid_to >= $4::date)))
    """)

  init(_ row: Row) throws(Refusal) {
    id = try row.id(0)
    source = try row.known(1)
    holderID = try row.id(2)
    subjectID = try row.id(3)
    kind = try row.known(4)
    value = try row.price(5)
    surcharge = try row.price(6)
    rounding = try row.priceOrNil(7)
    minimum = try row.quantity(8)
    priority = try row.int(9)
    contract = row.textOrNil(10)
  }

  init(
    id: EntityID, source: PriceSource, holderID: EntityID, subjectID: EntityID, kind: Kind, value: UnitPrice,
    surcharge: UnitPrice = .zero, rounding: UnitPrice? = nil, minimum: Quantity = .zero, priority: Int64 = 0,
    contract: String? = nil
  ) {
    self.id = id
    self.source = source
    self.holderID = holderID
    self.subjectID = subjectID
    self.kind = kind
    self.value = value
    self.surcharge = surcharge
    self.rounding = rounding
    self.minimum = minimum
    self.priority = priority
    self.contract = contract
  }
}
