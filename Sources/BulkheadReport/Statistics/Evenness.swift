/// How evenly something is given out among several.
package enum Evenness {
  /// Jain's index (Jain, Chiu, Hawe 1984): 1 when all have the same, 1/n when one has everything.
  package static func jain(_ shares: [Double]) -> Double {
    let sum = shares.reduce(0, +)
    let squares = shares.reduce(0) { $0 + $1 * $1 }
    return squares > 0 ? sum * sum / (Double(shares.count) * squares) : 1
  }

  /// What the least has over what the greatest has.
  package static func minMax(_ shares: [Double]) -> Double {
    guard let greatest = shares.max(), let least = shares.min(), greatest > 0 else { return 1 }
    return least / greatest
  }
}
