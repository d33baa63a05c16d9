import BulkheadCore

/// Divides free stock among the lines of one document. Pure: what it decides is written elsewhere.
struct Allocation: Sendable {
  /// What one line needs, in base units.
  struct Demand: Sendable {
    let line: Int
    let productID: EntityID
    let removal: Removal
    let quantity: Quantity
  }

  /// Part of a quant for one line.
  struct Take: Hashable, Sendable {
    let line: Int
    let quantID: EntityID
    let locationCode: String
    let lotCode: String?
    let quantity: Quantity
  }

  let takes: [Take]

  /// Lines are served in their order. All lines of a product draw from one set of quants whose rest is carried from
  /// line to line, so two lines can never be promised the same unit. Stock that has expired on `day` is passed over.
  init(_ demands: [Demand], from stock: [FreeStock], on day: CivilDate) throws(Refusal) {
    var shelves = Dictionary(grouping: stock.filter { $0.expiry.map { $0 >= day } ?? true }, by: \.productID)
      .mapValues { $0.map { Shelf(stock: $0, rest: $0.free) } }
    var sorted: [EntityID: Removal] = [:]
    var takes: [Take] = []
    for demand in demands {
      guard var shelf = shelves[demand.productID] else { continue }
      if sorted[demand.productID] != demand.removal {
        shelf.sort { Self.precedes($0.stock, $1.stock, demand.removal) }
        sorted[demand.productID] = demand.removal
      }
      var missing = demand.quantity
      for index in shelf.indices where missing.isPositive && shelf[index].rest.isPositive {
        let taken = min(missing, shelf[index].rest)
        shelf[index].rest = try shelf[index].rest.subtracting(taken)
        missing = try missing.subtracting(taken)
        let stock = shelf[index].stock
        takes.append(
          Take(
            line: demand.line, quantID: stock.quantID, locationCode: stock.locationCode, lotCode: stock.lotCode,
            quantity: taken))
      }
      shelves[demand.productID] = shelf
    }
    self.takes = takes
  }

  /// Allocates nothing.
  private init() { takes = [] }
  static let none = Allocation()

  /// What each line gets in all.
  func reservedByLine() throws(Refusal) -> [Int: Quantity] {
    var sums: [Int: Quantity] = [:]
    for take in takes { sums[take.line] = try (sums[take.line] ?? .zero).adding(take.quantity) }
    return sums
  }

  private struct Shelf {
    let stock: FreeStock
    var rest: Quantity
  }

  /// FIFO: in date, then lot code, then the walk through the warehouse. FEFO puts the expiry first; what does not
  /// expire goes last.
  private static func precedes(_ left: FreeStock, _ right: FreeStock, _ removal: Removal) -> Bool {
    if removal == .fefo, left.expiry != right.expiry {
      guard let first = left.expiry else { return false }
      guard let second = right.expiry else { return true }
      return first < second
    }
    if left.inDate != right.inDate { return left.inDate < right.inDate }
    if left.lotCode != right.lotCode { return (left.lotCode ?? "") < (right.lotCode ?? "") }
    if left.pickSequence != right.pickSequence { return left.pickSequence < right.pickSequence }
    if left.locationCode != right.locationCode { return left.locationCode < right.locationCode }
    return left.quantID < right.quantID
  }
}
