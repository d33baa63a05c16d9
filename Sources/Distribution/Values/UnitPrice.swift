import BulkheadCore

/// The price or cost of one base unit, in a currency that its place names; never rounded to that currency's minor unit.
///
/// Exact: 8 decimal places, at most 20 digits, as PostgreSQL's `numeric(20,8)`. Also holds the percentages of price
/// rules, which have the same scale.
public struct UnitPrice: Hashable, Sendable, Comparable {
  public static let scale = 8
  public static let digits = 20
  static let one: Int128 = 100_000_000
  static let scaledMax: Int128 = 99_999_999_999_999_999_999

  public static let zero = UnitPrice(unchecked: 0)

  /// The number times 10^8.
  public let scaled: Int128

  private init(unchecked scaled: Int128) { self.scaled = scaled }

  /// Refuses what needs more than 20 digits.
  public init(scaled: Int128) throws(Refusal) {
    guard scaled.magnitude <= Self.scaledMax.magnitude else {
      throw Refusal(.priceOverflow, "The price has more than 12 digits before the point.")
    }
    self.scaled = scaled
  }

  /// Reads decimal text. Refuses with `price.malformed`, `price.tooPrecise` or `price.overflow`.
  public init(_ text: some StringProtocol) throws(Refusal) {
    do throws(DecimalText.Failure) {
      self.scaled = try DecimalText.scaled(text, scale: Self.scale, digits: Self.digits)
    } catch {
      switch error {
      case .malformed: throw Refusal(.priceMalformed, "The price is not a decimal number.")
      case .tooPrecise: throw Refusal(.priceTooPrecise, "The price has more than 8 decimal places.")
      case .tooLarge: throw Refusal(.priceOverflow, "The price has more than 12 digits before the point.")
      }
    }
  }

  /// What one unit is worth when `quantity` is worth `amount`, rounded half up to 8 places. Refuses a quantity of zero.
  init(of amount: Money, per quantity: Quantity) throws(Refusal) {
    var factor: Int128 = 1_000_000
    for _ in 0..<(Self.scale - amount.currency.exponent) { factor *= 10 }
    guard
      let scaled = Rounding.product(Int128(amount.minor), factor, over: Int128(quantity.millionths))
    else { throw Self.overflow }
    try self.init(scaled: scaled)
  }

  public var isNegative: Bool { scaled < 0 }

  public static func < (left: UnitPrice, right: UnitPrice) -> Bool { left.scaled < right.scaled }

  public func adding(_ other: UnitPrice) throws(Refusal) -> UnitPrice { try UnitPrice(scaled: scaled + other.scaled) }

  /// Changed by `percent` of itself, rounded half up to 8 places: 12.50 changed by -10 is 11.25.
  public func changed(byPercent percent: UnitPrice) throws(Refusal) -> UnitPrice {
    let factor = 100 * Self.one + percent.scaled
    guard let changed = Rounding.product(scaled, factor, over: 100 * Self.one) else { throw Self.overflow }
    return try UnitPrice(scaled: changed)
  }

  /// Rounded half up to a multiple of `step`, which must be positive.
  public func rounded(to step: UnitPrice) throws(Refusal) -> UnitPrice {
    guard let multiple = Rounding.halfUp(scaled, over: step.scaled) else { throw Self.overflow }
    return try UnitPrice(scaled: multiple * step.scaled)
  }

  /// `quantity` at this price, rounded half up to the currency's minor unit. Refuses with `money.overflow`.
  public func amount(of quantity: Quantity, in currency: Currency) throws(Refusal) -> Money {
    // price(10^8) * quantity(10^6) is in units of 10^-14; the minor unit is 10^-exponent.
    var divisor: Int128 = 1
    for _ in 0..<(Self.scale + Quantity.scale - currency.exponent) { divisor *= 10 }
    guard let minor = Rounding.product(scaled, Int128(quantity.millionths), over: divisor),
      let amount = Int64(exactly: minor)
    else { throw Money.overflow }
    return Money(minor: amount, currency)
  }

  private static let overflow = Refusal(.priceOverflow, "The price has more than 12 digits before the point.")
}

extension UnitPrice: CustomStringConvertible {
  /// Decimal text with at least two places: `11.25`, `0.001`. Also the form in JSON, as a string.
  public var description: String { DecimalText.text(scaled, scale: Self.scale, fractionMin: 2) }
  public var json: JSON { .string(description) }
}
