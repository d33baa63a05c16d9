import BulkheadCore
import BulkheadData

/// What a purchase must know of the party it is made from.
struct Supplier: Sendable {
  let id: EntityID
  let code: String
  let currency: Currency

  static func query(_ id: EntityID) -> Query { Query(statement, .id(id)) }

  static let statement = Statement("SELECT id, code, kind, currency, is_active FROM party WHERE id = $1")

  /// Refuses, in this order: unknown, not a supplier, inactive.
  init(_ rows: Rows, at pointer: String = "/supplierId") throws(Refusal) {
    guard let row = rows.first else { throw Refusal(.referenceUnknown, "There is no such supplier.", at: pointer) }
    let kind = try row.text(2)
    guard kind == "supplier" || kind == "both" else {
      throw Refusal(.partyNotSupplier, "This party is not a supplier.", at: pointer)
    }
    guard try row.bool(4) else {
      throw Refusal(.partyInactive, "Nothing is bought from this supplier any more.", at: pointer)
    }
    id = try row.id(0)
    code = try row.text(1)
    currency = try row.currency(3)
  }

  /// Books are kept in one currency: without a rate of exchange nothing is bought in another. Refuses with
  /// `currency.mismatch`.
  func checkCurrency(_ entity: LegalEntity, at pointer: String = "/supplierId") throws(Refusal) {
    guard currency == entity.currency else {
      throw Refusal(
        .currencyMismatch, "This supplier sells in \(currency.code), the books are kept in \(entity.currency.code).",
        at: pointer)
    }
  }
}
