import BulkheadCore

/// Divides an amount by weights so that the parts add up to it exactly.
enum LargestRemainder {
  /// Each part is its share rounded down; the minor units that are left go one by one to the greatest remainders, the
  /// first of equal ones first. A negative amount is divided as its opposite. `nil` when the weights add up to nothing
  /// or a step does not fit 128 bits.
  static func divide(_ amount: Int64, by weights: [Int128]) -> [Int64]? {
    var sum: Int128 = 0
    for weight in weights {
      guard weight >= 0 else { return nil }
      let (next, overflow) = sum.addingReportingOverflow(weight)
      guard !overflow else { return nil }
      sum = next
    }
    guard sum > 0 else { return nil }
    let magnitude = Int128(amount).magnitude
    var parts: [Int128] = []
    var remainders: [(index: Int, remainder: Int128)] = []
    var left = Int128(magnitude)
    for (index, weight) in weights.enumerated() {
      let (product, overflow) = Int128(magnitude).multipliedReportingOverflow(by: weight)
      guard !overflow else { return nil }
      let (quotient, remainder) = product.quotientAndRemainder(dividingBy: sum)
      parts.append(quotient)
      remainders.append((index, remainder))
      left -= quotient
    }
    let ranked = remainders.sorted { ($1.remainder, $0.index) < ($0.remainder, $1.index) }
    // Fewer minor units are left than there are parts with a remainder.
    for rank in ranked.prefix(Int(left)) { parts[rank.index] += 1 }
    let sign: Int128 = amount < 0 ? -1 : 1
    return parts.map { Int64(truncatingIfNeeded: sign * $0) }
  }
}
