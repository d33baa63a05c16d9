import BulkheadCore
import BulkheadData

/// Finds the products that the lines of a document mention: one or two queries, however many lines.
struct ProductLookup: Sendable {
  private struct Want {
    let index: Int
    let scheme: String
    let value: String?
    let id: EntityID?
    let unit: String?
  }

  private let count: Int
  private let bySKU: [Want]
  private let byOther: [Want]
  private let customer: PartyReference?

  /// `customer` is whose numbers `.customerSKU` are. Refuses a GTIN that is none, naming its line under `pointer`.
  init(_ mentions: [ProductMention], customer: PartyReference?, pointer: String) throws(Refusal) {
    var bySKU: [Want] = []
    var byOther: [Want] = []
    var violations: [Violation] = []
    var refusal: Refusal?
    for (index, mention) in mentions.enumerated() {
      let unit = mention.unit
      switch mention.product {
      case .sku(let sku): bySKU.append(Want(index: index, scheme: "sku", value: sku, id: nil, unit: unit))
      case .id(let id): byOther.append(Want(index: index, scheme: "id", value: nil, id: id, unit: unit))
      case .customerSKU(let value):
        byOther.append(Want(index: index, scheme: "customer_sku", value: value, id: nil, unit: unit))
      case .gtin(let text):
        do throws(Refusal) {
          byOther.append(Want(index: index, scheme: "gtin", value: try GTIN.normalize(text), id: nil, unit: unit))
        } catch {
          violations.append(Violation(at: "\(pointer)/\(index)/gtin", error.code.name, error.detail))
          if refusal == nil { refusal = error }
        }
      }
    }
    if let refusal { throw Refusal(refusal.code, refusal.detail, violations: violations) }
    (self.count, self.bySKU, self.byOther, self.customer) = (mentions.count, bySKU, byOther, customer)
  }

  /// The queries to send; give their rows to `products`.
  var queries: [Query] {
    var queries: [Query] = []
    if !bySKU.isEmpty {
      queries.append(
        Query(
          Self.bySKUStatement, .ints(bySKU.map { Int64($0.index) }), .texts(bySKU.map(\.value)),
          .texts(bySKU.map(\.unit))))
    }
    if !byOther.isEmpty {
      queries.append(
        Query(
          Self.byOtherStatement, .ints(byOther.map { Int64($0.index) }), .texts(byOther.map(\.scheme)),
          .texts(byOther.map(\.value)), .ids(byOther.map(\.id)), .texts(byOther.map(\.unit)),
          .optional(customer?.id), .optional(customer?.code)))
    }
    return queries
  }

  /// One element for each mention, `nil` where nothing was found.
  func products(_ results: some Sequence<Rows>) throws(Refusal) -> [MentionedProduct?] {
    var products = [MentionedProduct?](repeating: nil, count: count)
    for rows in results {
      for row in rows {
        let index = Int(try row.int(0))
        guard products.indices.contains(index) else { continue }
        products[index] = try MentionedProduct(row)
      }
    }
    return products
  }

  static let bySKUStatement = Statement(
    """
    SELECT want.n, p.id, p.sku, p.name, p.base_uom, p.tracking, p.removal, p.is_active, category.lineage,
           coalesce(want.uom, p.base_uom), coalesce(own.numerator, shared.numerator),
           coalesce(own.denominator, shared.denominator)
      FROM unnest($1::bigint[], $2::text[], $3::text[]) AS want (n, sku, uom)
      JOIN product AS p ON p.sku = want.sku
      LEFT JOIN product_category AS category ON category.id = p.category_id
      LEFT JOIN uom_conversion AS own
        ON own.product_key = p.id AND own.from_uom = want.uom AND own.to_uom = p.base_uom
      LEFT JOIN uom_conversion AS shared
        ON shared.product_key = '00000000-0000-0000-0000-000000000000' AND shared.from_uom = want.uom
           AND shared.to_uom = p.base_uom
    """)

  /// CASE and not coalesce, as in `CustomerTerms`: only so are the joins made by index under row security.
  static let byOtherStatement = Statement(
    """
    SELECT want.n, p.id, p.sku, p.name, p.base_uom, p.tracking, p.removal, p.is_active, category.lineage,
           coalesce(want.uom, named.uom, p.base_uom), coalesce(own.numerator, shared.numerator),
           coalesce(own.denominator, shared.denominator)
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::uuid[], $5::text[]) AS want (n, scheme, value, id, uom)
      LEFT JOIN product_identifier AS named
        ON named.scheme = want.scheme AND named.value = want.value
           AND named.party_key = CASE WHEN want.scheme = 'gtin' THEN '00000000-0000-0000-0000-000000000000'::uuid
             WHEN $6::uuid IS NOT NULL THEN $6::uuid
             ELSE (SELECT buyer.id FROM party AS buyer WHERE buyer.code = $7) END
      JOIN product AS p ON p.id = CASE WHEN want.id IS NOT NULL THEN want.id ELSE named.product_id END
      LEFT JOIN product_category AS category ON category.id = p.category_id
      LEFT JOIN uom_conversion AS own
        ON own.product_key = p.id AND own.to_uom = p.base_uom
           AND own.from_uom = CASE WHEN want.uom IS NOT NULL THEN want.uom ELSE named.uom END
      LEFT JOIN uom_conversion AS shared
        ON shared.product_key = '00000000-0000-0000-0000-000000000000'
           AND shared.to_uom = p.base_uom
           AND shared.from_uom = CASE WHEN want.uom IS NOT NULL THEN want.uom ELSE named.uom END
    """)
}

extension MentionedProduct {
  /// Columns 1 to 11 of the lookup statements.
  fileprivate init(_ row: Row) throws(Refusal) {
    id = try row.id(1)
    sku = try row.text(2)
    name = try row.text(3)
    baseUnit = try row.text(4)
    tracking = try row.known(5)
    removal = try row.known(6)
    isActive = try row.bool(7)
    categories = row.ids(8)
    unit = try row.text(9)
    if unit == baseUnit {
      conversion = .identity
    } else if let numerator = row.intOrNil(10), let denominator = row.intOrNil(11) {
      conversion = try UnitConversion(numerator, denominator)
    } else {
      conversion = nil
    }
  }
}
