import BulkheadCore
import BulkheadData

/// Who buys, sells and keeps books: the entity that documents belong to.
struct LegalEntity: Sendable {
  let id: EntityID
  let currency: Currency
  let fiscalYearStartMonth: Int

  /// The tenant's default.
  static let query = Query(statement)

  static let statement = Statement(
    "SELECT id, currency, fiscal_year_start_month FROM legal_entity WHERE is_default")

  init(id: EntityID, currency: Currency, fiscalYearStartMonth: Int) {
    self.id = id
    self.currency = currency
    self.fiscalYearStartMonth = fiscalYearStartMonth
  }

  /// Refuses with `setup.missing` when there is no default.
  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else { throw Self.missing }
    self.init(id: try row.id(0), currency: try row.currency(1), fiscalYearStartMonth: Int(try row.int(2)))
  }

  static let missing = Refusal(
    .setupMissing, "No default legal entity is set: create one with isDefault.")
}
