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

extension LegalEntity {
  /// The entity of this id, or the tenant's default when none is asked for.
  static func query(_ asked: EntityID?) -> Query { Query(oneStatement, .optional(asked)) }

  static let oneStatement = Statement(
    """
    SELECT id, currency, fiscal_year_start_month FROM legal_entity
     WHERE CASE WHEN $1::uuid IS NOT NULL THEN id = $1 ELSE is_default END
    """)

  /// The answer of `query`. Refuses with `reference.unknown` at `pointer`, or `setup.missing` when none was asked for
  /// and there is no default.
  init(_ rows: Rows, asked: EntityID?, at pointer: String = "/legalEntityId") throws(Refusal) {
    if asked != nil, rows.isEmpty {
      throw Refusal(.referenceUnknown, "There is no such legal entity.", at: pointer)
    }
    try self.init(rows)
  }
}
