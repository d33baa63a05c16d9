/// The one rounding rule of this module: half up, away from zero for negative numbers (commercial rounding).
/// 2.5 becomes 3, -2.5 becomes -3.
enum Rounding {
  /// `numerator / denominator` rounded half up. `denominator` must be positive; `nil` on overflow.
  static func halfUp(_ numerator: Int128, over denominator: Int128) -> Int128? {
    guard denominator > 0 else { return nil }
    let (quotient, remainder) = numerator.quotientAndRemainder(dividingBy: denominator)
    // Compared by subtraction, so that doubling the remainder cannot overflow.
    guard remainder.magnitude >= denominator.magnitude - remainder.magnitude else { return quotient }
    let (rounded, overflow) = quotient.addingReportingOverflow(numerator < 0 ? -1 : 1)
    return overflow ? nil : rounded
  }

  /// `left * right / denominator` rounded half up; `nil` when a step does not fit 128 bits.
  static func product(_ left: Int128, _ right: Int128, over denominator: Int128) -> Int128? {
    let (product, overflow) = left.multipliedReportingOverflow(by: right)
    return overflow ? nil : halfUp(product, over: denominator)
  }
}
