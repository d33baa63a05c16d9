import BulkheadCore
import BulkheadData

/// Reads what suppliers ask on a day.
enum SupplierTermsReader {
  /// Contracts and prices of one supplier: two queries for one round trip.
  static func queries(_ supplier: EntityID, _ products: [EntityID], on day: CivilDate) -> [Query] {
    [
      Query(contracts, .id(supplier), .ids(products), .date(day)),
      Query(prices, .id(supplier), .ids(products), .date(day), .null),
    ]
  }

  static func book(_ rows: ArraySlice<Rows>) throws(Refusal) -> PurchasePriceBook {
    var contracts: [ContractPrice] = []
    for row in rows[rows.startIndex] {
      contracts.append(
        ContractPrice(
          lineID: try row.id(0), productID: try row.id(1), unitPrice: try row.price(2), left: try row.quantity(3),
          minRelease: try row.quantity(4)))
    }
    return PurchasePriceBook(contracts: contracts, prices: try prices(rows[rows.startIndex + 1]))
  }

  static func prices(_ rows: Rows) throws(Refusal) -> [SupplierPrice] {
    var prices: [SupplierPrice] = []
    for row in rows {
      prices.append(
        SupplierPrice(
          id: try row.id(0), supplierID: try row.id(1), productID: try row.id(2), minQuantity: try row.quantity(3),
          unitPrice: try row.price(4), leadTimeDays: try row.int(5), minimumOrder: try row.quantity(6),
          pack: try row.quantity(7), validFrom: try CivilDate(try row.text(8))))
    }
    return prices
  }

  private static let contracts = Statement(
    """
    SELECT line.id, line.product_id, line.unit_price, line.committed_qty - line.released_qty, line.min_release
      FROM supplier_contract_line AS line
      JOIN supplier_contract AS contract ON contract.id = line.contract_id
     WHERE contract.supplier_id = $1 AND line.product_id = ANY ($2::uuid[]) AND contract.state = 'running'
       AND contract.valid_from <= $3::date AND (contract.valid_to IS NULL OR contract.valid_to >= $3)
     ORDER BY line.product_id, contract.valid_from, line.id
    """)

  /// `$1` supplier and `$4` currency, NULL for any; only suppliers that are still bought from.
  static let prices = Statement(
    """
    SELECT price.id, price.supplier_id, price.product_id, price.min_qty, price.unit_price, price.lead_time_days,
           price.moq, price.pack_multiple, price.valid_from
      FROM supplier_price AS price
      JOIN party AS supplier ON supplier.id = price.supplier_id
     WHERE ($1::uuid IS NULL OR price.supplier_id = $1) AND price.product_id = ANY ($2::uuid[])
       AND price.valid_from <= $3::date AND (price.valid_to IS NULL OR price.valid_to >= $3)
       AND ($4::text IS NULL OR price.currency = $4) AND supplier.is_active
       AND supplier.kind IN ('supplier', 'both')
     ORDER BY price.product_id, price.id
    """)
}
