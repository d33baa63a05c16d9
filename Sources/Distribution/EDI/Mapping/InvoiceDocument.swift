/// What an invoice says, free of the syntax it is sent in.
public struct InvoiceDocument: Hashable, Sendable {
  public enum Kind: String, Sendable {
    case invoice = "DI"
    case creditMemo = "CR"
  }

  public let number: String
  public let kind: Kind
  /// `YYYY-MM-DD`.
  public let date: String
  public let orderNumber: String?
  public let orderDate: String?
  public let sellerNumber: String?
  public let shipment: String?
  /// ISO 4217; `nil` leaves it to the agreement.
  public let currency: String?
  public let terms: Terms
  public let shippedOn: String?
  public let parties: [EDIParty]
  public let lines: [Line]
  /// TDS01 or MOA 77, in hundredths of the currency.
  public let totalCents: Int64
  /// Sum of all taxes, in hundredths.
  public let taxCents: Int64
  /// Charges less allowances, in hundredths; `nil` when one of them has no amount.
  public let chargesCents: Int64?

  public struct Terms: Hashable, Sendable {
    /// `YYYY-MM-DD`.
    public let dueOn: String?
    public let netDays: Int?
  }

  public struct Line: Hashable, Sendable {
    /// The line of the buyer's order (IT101, RFF ON 1156 or LIN 1082).
    public let number: String
    public let quantity: EDIDecimal
    public let unit: String
    public let unitPrice: EDIDecimal
    public let identifiers: [EDIItemID]
    public let description: String?
    /// What the sender says the line amounts to, in hundredths; `nil` where nothing is said.
    public var amountCents: Int64?
  }
}

/// Amounts with two implied decimals, as TDS and SAC write them.
public enum EDICents {
  /// Minor units of a currency with `exponent` places, in hundredths; `nil` where hundredths cannot say it.
  public static func from(minor: Int64, exponent: Int) -> Int64? {
    switch exponent {
    case 0:
      let (cents, overflow) = minor.multipliedReportingOverflow(by: 100)
      return overflow ? nil : cents
    case 2: return minor
    case 3: return minor % 10 == 0 ? minor / 10 : nil
    case 4: return minor % 100 == 0 ? minor / 100 : nil
    default: return nil
    }
  }

  /// Reads an element of type N2.
  public static func read(_ text: String) -> Int64? { X12Number.isInteger(text) ? Int64(text) : nil }

  /// Reads a decimal of at most two places.
  public static func decimal(_ text: String) -> Int64? {
    guard let scaled = try? DecimalText.scaled(text, scale: 2, digits: 18) else { return nil }
    return Int64(exactly: scaled)
  }

  /// `5400` as `54.00`.
  public static func text(_ cents: Int64) -> String { DecimalText.text(Int128(cents), scale: 2, fractionMin: 2) }
}
