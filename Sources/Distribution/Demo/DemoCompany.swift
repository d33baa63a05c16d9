import BulkheadCore
import BulkheadData

/// A small company to try things on, and the starting point of the acceptance scenario.
///
/// Every business id is fixed, so that two tenants seeded with it collide in each of them: same SKU, same lots, same
/// customer code, same document numbers.
public enum DemoCompany {
  public static let sku = "WIDGET-001"
  /// The single piece.
  public static let gtin = "00614141123452"
  /// The case of 24.
  public static let caseGTIN = "10614141123459"
  public static let customer = "CUST-001"
  public static let supplier = "SUPP-001"
  public static let warehouse = "WH1"
  public static let priceList = "STD-USD"
  public static let contract = "CTR-001"
  public static let currency = "USD"

  /// Ids that the seeding made.
  public struct Seeded: Sendable {
    public let legalEntity: EntityID
    public let warehouse: EntityID
    public let product: EntityID
    public let customer: EntityID
    public let supplier: EntityID
    public let openingStock: PostedAdjustment
  }

  /// An order over 100 pieces, as a body of `POST /v1/orders`: 60 are in stock.
  public static let orderExample =
    #"{"customer":"CUST-001","poNumber":"4500000042","lines":[{"sku":"WIDGET-001","quantity":100}]}"#

  /// `seed(in:_:)` in a transaction of its own.
  @discardableResult
  public static func seed(in tenant: Tenant, _ services: Services) async throws -> Seeded? {
    try await tenant.transaction { tx in try await seed(in: tx, services) }
  }

  /// Makes the company in `tx`: legal entity, warehouse, product with two GTINs, customer with a list price of 12.50
  /// and a contract of -10 %, and opening stock of 40 at 5.00 (lot L1) and 20 at 5.50 (lot L2), worth 310.00.
  /// Returns `nil` and does nothing when it is there already.
  public static func seed(in tx: Transaction, _ services: Services) async throws -> Seeded? {
    guard try await tx.run(customerStatement, .text(customer)).isEmpty else { return nil }
    let company = try Ids(services.ambient)
    for query in try company.masterData() + company.prices() { try tx.enqueue(query) }
    let opening = try await StockDesk(services).post(openingStock(), in: tx)
    return Seeded(
      legalEntity: company.entity, warehouse: company.places[0], product: company.product, customer: company.buyer,
      supplier: company.seller, openingStock: opening)
  }

  static let customerStatement = Statement("SELECT id FROM party WHERE code = $1")

  private static func openingStock() throws(Refusal) -> AdjustmentRequest {
    AdjustmentRequest(
      kind: .opening, reason: "Stock taken over",
      lines: [
        .init(product: .sku(sku), quantity: Quantity(40), lot: "L1", unitCost: try UnitPrice("5.00")),
        .init(product: .sku(sku), quantity: Quantity(20), lot: "L2", unitCost: try UnitPrice("5.50")),
      ])
  }
}

/// Fresh ids, and the statements that give them their fixed business ids.
private struct Ids {
  let ambient: Ambient
  let entity, product, buyer, seller, list, contract: EntityID
  let places: [EntityID]

  init(_ ambient: Ambient) throws {
    self.ambient = ambient
    entity = ambient.makeID()
    product = ambient.makeID()
    buyer = ambient.makeID()
    seller = ambient.makeID()
    list = ambient.makeID()
    contract = ambient.makeID()
    places = (0..<NewWarehouse.idCount).map { _ in ambient.makeID() }
  }

  func masterData() throws(Refusal) -> [Query] {
    let warehouse = try NewWarehouse(code: DemoCompany.warehouse, name: "Main warehouse", isDefault: true, ids: places)
    return [
      Query(
        ReferenceRecords.insertLegalEntity, .id(entity), "MAIN", "Demo Distribution Inc.",
        .text(DemoCompany.currency), nil, nil, 1, true)
    ] + ChartOfAccounts.open(entity, ambient) + [
      Query(ReferenceRecords.insertUnit, .id(ambient.makeID()), "EA", "Each"),
      Query(ReferenceRecords.insertUnit, .id(ambient.makeID()), "CA", "Case"),
      warehouse.query, outside("SUPPLIER", "Suppliers", "supplier"), outside("CUSTOMER", "Customers", "customer"),
      Query(
        ProductRecords.insert, .id(product), .text(DemoCompany.sku), "Widget, blue", "EA", "lot", "fifo", "fifo", nil,
        nil, nil, "250", "400", nil, "A"),
      Query(ProductRecords.insertConversion, .id(product), "CA", 24, 1),
      identifier(DemoCompany.gtin, "EA"), identifier(DemoCompany.caseGTIN, "CA"),
    ]
  }

  private func outside(_ code: String, _ name: String, _ type: String) -> Query {
    Query(
      LocationRecords.insert, .id(ambient.makeID()), .text(code), .text(name), .text(type), nil, nil, nil, nil, nil,
      nil, 0, false, false, true)
  }

  private func identifier(_ gtin: String, _ unit: String) -> Query {
    Query(
      ProductRecords.insertIdentifier, .id(ambient.makeID()), .id(product), "gtin", nil, .text(gtin), .text(unit))
  }

  func prices() throws(Refusal) -> [Query] {
    let usd = try Currency(DemoCompany.currency)
    let listPrice = NewPriceRule(
      holder: .list(list), subject: .product(product), currency: usd, kind: .fixed, value: try UnitPrice("12.50"))
    let discount = NewPriceRule(
      holder: .contract(contract, customer: buyer), subject: .everything, currency: usd, kind: .percent,
      value: try UnitPrice("-10"))
    return [
      Query(
        PricingRecords.insertList, .id(list), .text(DemoCompany.priceList), "Standard prices", .text(usd.code), nil,
        true),
      listPrice.insert(ambient.makeID()),
      Query(
        PartyRecords.insert, .id(buyer), .text(DemoCompany.customer), "customer", "Corner Shop Ltd.", nil, nil,
        .text(usd.code), nil, nil),
      Query(PartyRecords.insertCredit, .id(buyer), .text(usd.code), 5_000_000),
      Query(
        PartyRecords.insert, .id(seller), .text(DemoCompany.supplier), "supplier", "Widget Works GmbH", nil, nil,
        .text(usd.code), nil, nil),
      Query(
        PricingRecords.insertContract, .id(contract), .id(buyer), .text(DemoCompany.contract), .text(usd.code),
        "2020-01-01", nil),
      discount.insert(ambient.makeID()),
    ]
  }
}
