import BulkheadCore

/// How many base units one unit of measure is: an exact fraction, so that a third of a case is a third.
public struct UnitConversion: Hashable, Sendable {
  /// Both parts lie in 1...10^12.
  public static let partMax: Int64 = 1_000_000_000_000

  public let numerator: Int64
  public let denominator: Int64

  public static let identity = UnitConversion(unchecked: 1, 1)

  private init(unchecked numerator: Int64, _ denominator: Int64) {
    self.numerator = numerator
    self.denominator = denominator
  }

  /// Refuses parts outside 1...10^12 with `conversion.invalid`.
  public init(_ numerator: Int64, _ denominator: Int64) throws(Refusal) {
    guard (1...Self.partMax).contains(numerator), (1...Self.partMax).contains(denominator) else {
      throw Refusal(.conversionInvalid, "Numerator and denominator lie between 1 and 1,000,000,000,000.")
    }
    self.init(unchecked: numerator, denominator)
  }

  /// `quantity` in base units, rounded half up to a millionth. Refuses with `quantity.overflow`.
  public func toBase(_ quantity: Quantity) throws(Refusal) -> Quantity {
    try Self.scale(quantity, Int128(numerator), Int128(denominator))
  }

  /// `quantity` base units in this unit, rounded half up to a millionth. Refuses with `quantity.overflow`.
  public func fromBase(_ quantity: Quantity) throws(Refusal) -> Quantity {
    try Self.scale(quantity, Int128(denominator), Int128(numerator))
  }

  private static func scale(_ quantity: Quantity, _ factor: Int128, _ divisor: Int128) throws(Refusal) -> Quantity {
    // 10^18 * 10^12 fits 128 bits.
    guard let scaled = Rounding.product(Int128(quantity.millionths), factor, over: divisor) else {
      throw Refusal(.quantityOverflow, "The quantity is too large in the product's base unit.")
    }
    return try Quantity(millionths: scaled)
  }
}
