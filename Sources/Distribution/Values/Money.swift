import BulkheadCore

/// An amount in whole minor units (cents) of one currency, as ledgers and document totals hold it.
public struct Money: Hashable, Sendable {
  public let minor: Int64
  public let currency: Currency

  public init(minor: Int64, _ currency: Currency) {
    self.minor = minor
    self.currency = currency
  }

  static let overflow = Refusal(.moneyOverflow, "The amount is too large.")

  /// Refuses with `money.overflow`, or `currency.mismatch` when the currencies differ.
  public func adding(_ other: Money) throws(Refusal) -> Money {
    guard currency == other.currency else {
      throw Refusal(.currencyMismatch, "Amounts in \(currency.code) and \(other.currency.code) cannot be added.")
    }
    let (sum, overflow) = minor.addingReportingOverflow(other.minor)
    guard !overflow else { throw Self.overflow }
    return Money(minor: sum, currency)
  }
}

extension Money: CustomStringConvertible {
  /// The amount with the currency's places: `675.00`, `1200` (JPY), `1.250` (KWD).
  public var text: String {
    DecimalText.text(Int128(minor), scale: currency.exponent, fractionMin: currency.exponent)
  }
  public var description: String { "\(text) \(currency.code)" }
  /// `{"amount": "675.00", "currency": "USD"}`.
  public var json: JSON { ["amount": .string(text), "currency": .string(currency.code)] }
}
