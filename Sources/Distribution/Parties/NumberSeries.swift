import BulkheadCore
import BulkheadData

/// Document numbers per legal entity, document type and fiscal year: `SO-2026-000001`.
///
/// Taking a number locks its row until the transaction ends, so it is taken late. Numbers taken by a transaction that
/// fails are given out again; nothing of another tenant can be told from them.
enum NumberSeries: String, Sendable {
  case salesOrder = "sales_order"
  case stockAdjustment = "stock_adjustment"
  case purchaseOrder = "purchase_order"
  case receipt
  case landedCost = "landed_cost"
  case supplierInvoice = "supplier_invoice"

  private var prefix: String {
    switch self {
    case .salesOrder: "SO"
    case .stockAdjustment: "SA"
    case .purchaseOrder: "PO"
    case .receipt: "GR"
    case .landedCost: "LC"
    case .supplierInvoice: "SI"
    }
  }

  static let statement = Statement(
    """
    INSERT INTO number_series AS series (legal_entity_id, doc_type, fiscal_year, next_value) VALUES ($1, $2, $3, 2)
    ON CONFLICT (legal_entity_id, doc_type, fiscal_year) DO UPDATE SET next_value = series.next_value + 1
    RETURNING next_value - 1
    """)

  /// Takes the next number of the fiscal year that `day` lies in.
  func query(_ entity: LegalEntity, on day: CivilDate) -> Query {
    Query(
      Self.statement, .id(entity.id), .text(rawValue), .int(Int64(Self.fiscalYear(of: day, entity))))
  }

  /// The number in the answer of `query`.
  func number(_ rows: Rows, _ entity: LegalEntity, on day: CivilDate) throws(Refusal) -> String {
    guard let row = rows.first else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "no number was returned")
    }
    let digits = String(try row.int(0))
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    return "\(prefix)-\(Self.fiscalYear(of: day, entity))-\(padded)"
  }

  /// A fiscal year carries the number of the calendar year that it begins in.
  static func fiscalYear(of day: CivilDate, _ entity: LegalEntity) -> Int {
    day.month >= entity.fiscalYearStartMonth ? day.year : day.year - 1
  }
}
