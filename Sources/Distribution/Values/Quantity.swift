import BulkheadCore

/// How much of something, in a unit that its place names (a product's base unit unless said otherwise).
///
/// Exact: whole millionths, at most 18 digits, as PostgreSQL's `numeric(18,6)`. Arithmetic that would leave that range
/// refuses with `quantity.overflow`.
public struct Quantity: Hashable, Sendable {
  public static let scale = 6
  public static let digits = 18
  static let millionthsMax: Int64 = 999_999_999_999_999_999

  public static let zero = Quantity(unchecked: 0)

  /// The number in millionths.
  public let millionths: Int64

  private init(unchecked millionths: Int64) { self.millionths = millionths }

  /// Refuses what needs more than 18 digits.
  public init(millionths: Int128) throws(Refusal) {
    guard let value = Int64(exactly: millionths), value.magnitude <= Self.millionthsMax.magnitude else {
      throw Refusal(.quantityOverflow, "The quantity has more than 12 digits before the point.")
    }
    self.millionths = value
  }

  /// A whole number of units.
  public init(_ units: Int32) { self.millionths = Int64(units) * 1_000_000 }

  /// Reads decimal text such as `100` or `0.25`. Refuses with `quantity.malformed`, `quantity.tooPrecise` or
  /// `quantity.overflow`.
  public init(_ text: some StringProtocol) throws(Refusal) {
    do throws(DecimalText.Failure) {
      let scaled = try DecimalText.scaled(text, scale: Self.scale, digits: Self.digits)
      self.millionths = Int64(scaled)
    } catch {
      switch error {
      case .malformed: throw Refusal(.quantityMalformed, "The quantity is not a decimal number.")
      case .tooPrecise: throw Refusal(.quantityTooPrecise, "The quantity has more than 6 decimal places.")
      case .tooLarge: throw Refusal(.quantityOverflow, "The quantity has more than 12 digits before the point.")
      }
    }
  }

  public var isPositive: Bool { millionths > 0 }
  public var isZero: Bool { millionths == 0 }
  /// The same amount in the other direction.
  public var negated: Quantity { Quantity(unchecked: -millionths) }

  public func adding(_ other: Quantity) throws(Refusal) -> Quantity {
    try Quantity(millionths: Int128(millionths) + Int128(other.millionths))
  }

  public func subtracting(_ other: Quantity) throws(Refusal) -> Quantity {
    try Quantity(millionths: Int128(millionths) - Int128(other.millionths))
  }
}

extension Quantity: Comparable {
  public static func < (left: Quantity, right: Quantity) -> Bool { left.millionths < right.millionths }
}

extension Quantity: CustomStringConvertible {
  /// Decimal text without needless zeros: `100`, `0.25`. Also the form in JSON, as a string.
  public var description: String { DecimalText.text(Int128(millionths), scale: Self.scale, fractionMin: 0) }
  public var json: JSON { .string(description) }
}
