import BulkheadCore
import BulkheadData

/// Products from a file, each with at most one GTIN.
struct ProductImport: ImportWork {
  private struct New: Sendable {
    let row: Int
    let sku, name, baseUnit, tracking, valuation, removal: String
    let category: String?
    let shelfLifeDays: Int64?
    let hazardCode: String?
    let weight, volume: Quantity?
    let taxCategory, abcClass, gtin: String?
  }

  private let rows: [ImportRow]
  private var products: [New] = []

  init(_ rows: [ImportRow], _ outcome: inout ImportOutcome) {
    self.rows = rows
    for (index, row) in rows.enumerated() where !outcome.isRefused(index) {
      do throws(ImportRefusal) { products.append(try Self.read(row, index)) } catch { outcome.refuse(index, error) }
    }
  }

  private static func read(_ row: ImportRow, _ index: Int) throws(ImportRefusal) -> New {
    let hazard = try row.text("hazardCode", max: 6)
    if let hazard, !isHazard(hazard) { throw row.refusal(.inputInvalid, "UN and four digits.", "hazardCode") }
    var gtin: String?
    if let text = row.columns.value("gtin", in: row.row) { gtin = try row.gtinDigits(text) }
    return New(
      row: index, sku: try row.requiredText("sku", max: 40), name: try row.requiredText("name", max: 200),
      baseUnit: try row.requiredText("baseUnit", max: 8),
      tracking: try row.oneOf("tracking", Tracking.allCases.map(\.rawValue)) ?? "none",
      valuation: try row.oneOf("valuation", ["fifo", "average", "standard"]) ?? "fifo",
      removal: try row.oneOf("removal", Removal.allCases.map(\.rawValue)) ?? "fifo",
      category: try row.text("category", max: 40), shelfLifeDays: try row.integer("shelfLifeDays", 1...36_500),
      hazardCode: hazard, weight: try row.measure("weightGrams"), volume: try row.measure("volumeMillilitres"),
      taxCategory: try row.text("taxCategory", max: 40), abcClass: try row.oneOf("abcClass", ["A", "B", "C"]),
      gtin: gtin)
  }

  private static func isHazard(_ text: String) -> Bool {
    text.utf8.count == 6 && text.hasPrefix("UN") && text.utf8.dropFirst(2).allSatisfy { 48...57 ~= $0 }
  }

  var claims: [ImportClaim] {
    products.map { ImportClaim(key: "sku " + $0.sku, row: $0.row, column: "sku", what: "SKU") }
      + products.compactMap { product in
        product.gtin.map { ImportClaim(key: "gtin " + $0, row: product.row, column: "gtin", what: "GTIN") }
      }
  }

  func decide(_ outcome: inout ImportOutcome, writes: Bool, _ services: Services, in tx: Transaction) async throws {
    let found = try await tx.run(
      Query(ImportLookups.units, .texts(distinct(\.baseUnit))),
      Query(ImportLookups.categories, .texts(distinct(\.category))),
      Query(ImportLookups.skus, .texts(products.map(\.sku))),
      Query(ImportLookups.gtins, .texts(products.compactMap(\.gtin))))
    let units = Set(found[0].compactMap { $0.textOrNil(0) })
    let categories = try Dictionary(found[1].map { (try $0.text(0), try $0.id(1)) }) { first, _ in first }
    let skus = Set(found[2].compactMap { $0.textOrNil(0) })
    let gtins = Set(found[3].compactMap { $0.textOrNil(0) })
    for product in products where !outcome.isRefused(product.row) {
      func refuse(_ code: RefusalCode, _ reason: String, _ name: String) {
        outcome.refuse(product.row, rows[product.row].refusal(code, reason, name))
      }
      if skus.contains(product.sku) { refuse(.codeTaken, "There is already a product of this SKU.", "sku") }
      if !units.contains(product.baseUnit) { refuse(.unitUnknown, "There is no such unit of measure.", "baseUnit") }
      if let category = product.category, categories[category] == nil {
        refuse(.referenceUnknown, "There is no such category.", "category")
      }
      if let gtin = product.gtin, gtins.contains(gtin) {
        refuse(.identifierTaken, "There is already a product with this identifier.", "gtin")
      }
    }
    let accepted = products.filter { !outcome.isRefused($0.row) }
    outcome.made = accepted.count
    guard writes, !accepted.isEmpty else { return }
    try write(accepted, categories, services.ambient, in: tx)
  }

  private func distinct(_ path: KeyPath<New, String>) -> [String?] { Array(Set(products.map { $0[keyPath: path] })) }
  private func distinct(_ path: KeyPath<New, String?>) -> [String?] {
    Array(Set(products.compactMap { $0[keyPath: path] }))
  }

  private func write(
    _ accepted: [New], _ categories: [String: EntityID], _ ambient: Ambient, in tx: Transaction
  ) throws {
    let ids = accepted.map { _ in ambient.makeID() }
    try tx.enqueue(
      Query(
        Self.insertProducts, .ids(ids), .texts(accepted.map(\.sku)), .texts(accepted.map(\.name)),
        .texts(accepted.map(\.baseUnit)), .texts(accepted.map(\.tracking)), .texts(accepted.map(\.valuation)),
        .texts(accepted.map(\.removal)), .ids(accepted.map { $0.category.flatMap { categories[$0] } }),
        .ints(accepted.map(\.shelfLifeDays)), .texts(accepted.map(\.hazardCode)),
        .texts(accepted.map { $0.weight?.description }), .texts(accepted.map { $0.volume?.description }),
        .texts(accepted.map(\.taxCategory)), .texts(accepted.map(\.abcClass))))
    let named = zip(ids, accepted).filter { $0.1.gtin != nil }
    guard !named.isEmpty else { return }
    try tx.enqueue(
      Query(
        Self.insertGTINs, .ids(named.map { _ in ambient.makeID() }), .ids(named.map(\.0)), .texts(named.map(\.1.gtin)),
        .texts(named.map(\.1.baseUnit))))
  }

  static let insertProducts = Statement(
    """
    INSERT INTO product (id, sku, name, base_uom, tracking, valuation, removal, category_id, shelf_life_days,
      hazard_code, weight_grams, volume_millilitres, tax_category, abc_class)
    SELECT p.id, p.sku, p.name, p.base_uom, p.tracking, p.valuation, p.removal, p.category_id, p.shelf_life_days,
           p.hazard_code, p.weight_grams, p.volume_millilitres, p.tax_category, p.abc_class
      FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
                  $9::int[], $10::text[], $11::numeric[], $12::numeric[], $13::text[], $14::text[])
           AS p (id, sku, name, base_uom, tracking, valuation, removal, category_id, shelf_life_days, hazard_code,
                 weight_grams, volume_millilitres, tax_category, abc_class)
    """)

  static let insertGTINs = Statement(
    """
    INSERT INTO product_identifier (id, product_id, scheme, value, uom)
    SELECT g.id, g.product_id, 'gtin', g.value, g.uom
      FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[]) AS g (id, product_id, value, uom)
    """)
}
