import BulkheadCore
import BulkheadData

/// Document numbers per legal entity, document type and fiscal year: `SO-2026-000001`.
///
/// Taking a number locks its row until the transaction ends, so it is taken late. Numbers taken by a transaction that
/// fails are given out again; nothing of another tenant can be told from them.
enum NumberSeries: String, Sendable {
  case salesOrder = "sales_order"
  case stockAdjustment = "stock_adjustment"
  case wave
  case shipment
  case invoice
  case creditNote = "credit_note"
  case payment
  case purchaseOrder = "purchase_order"
  case receipt
  case landedCost = "landed_cost"
  case supplierInvoice = "supplier_invoice"
  case customerReturn = "customer_return"
  case supplierReturn = "supplier_return"

  private var prefix: String {
    switch self {
    case .salesOrder: "SO"
    case .stockAdjustment: "SA"
    case .wave: "WV"
    case .shipment: "SH"
    case .invoice: "INV"
    case .creditNote: "CN"
    case .payment: "PAY"
    case .purchaseOrder: "PO"
    case .receipt: "GR"
    case .landedCost: "LC"
    case .supplierInvoice: "SI"
    case .customerReturn: "RMA"
    case .supplierReturn: "RTV"
    }
  }

  static let statement = Statement(
    """
    INSERT INTO number_series AS series (legal_entity_id, doc_type, fiscal_year, next_value) VALUES ($1, $2, $3, 2)
    ON CONFLICT (legal_entity_id, doc_type, fiscal_year) DO UPDATE SET next_value = series.next_value + 1
    RETURNING next_value - 1
    """)

  static let blockStatement = Statement(
    """
    INSERT INTO number_series AS series (legal_entity_id, doc_type, fiscal_year, next_value)
    VALUES ($1, $2, $3, 1 + $4::bigint)
    ON CONFLICT (legal_entity_id, doc_type, fiscal_year) DO UPDATE SET next_value = series.next_value + $4::bigint
    RETURNING next_value - $4::bigint
    """)

  /// Takes the next number of the fiscal year that `day` lies in.
  func query(_ entity: LegalEntity, on day: CivilDate) -> Query {
    Query(
      Self.statement, .id(entity.id), .text(rawValue), .int(Int64(Self.fiscalYear(of: day, entity))))
  }

  /// The number in the answer of `query`.
  func number(_ rows: Rows, _ entity: LegalEntity, on day: CivilDate) throws(Refusal) -> String {
    text(try sequence(rows), entity, on: day)
  }

  /// The bare number in the answer of `query`: 1, 2, 3 … within the fiscal year.
  func sequence(_ rows: Rows) throws(Refusal) -> Int64 {
    guard let row = rows.first else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "no number was returned")
    }
    return try row.int(0)
  }

  /// Takes the next `count` numbers at once.
  func query(_ entity: LegalEntity, on day: CivilDate, count: Int) -> Query {
    Query(
      Self.blockStatement, .id(entity.id), .text(rawValue), .int(Int64(Self.fiscalYear(of: day, entity))),
      .int(Int64(count)))
  }

  /// The numbers in the answer of `query(_:on:count:)`.
  func numbers(_ rows: Rows, _ entity: LegalEntity, on day: CivilDate, count: Int) throws(Refusal) -> [String] {
    let first = try sequence(rows)
    return (0..<Int64(count)).map { text(first + $0, entity, on: day) }
  }

  private func text(_ value: Int64, _ entity: LegalEntity, on day: CivilDate) -> String {
    let digits = String(value)
    let padded = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    return "\(prefix)-\(Self.fiscalYear(of: day, entity))-\(padded)"
  }

  /// A fiscal year carries the number of the calendar year that it begins in.
  static func fiscalYear(of day: CivilDate, _ entity: LegalEntity) -> Int {
    day.month >= entity.fiscalYearStartMonth ? day.year : day.year - 1
  }
}
