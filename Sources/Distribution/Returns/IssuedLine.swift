import BulkheadCore
import BulkheadData

/// What left by one line of a shipment, what it had cost, and what of it has come back. Pure.
///
/// Goods come back at what they left at, whatever they cost today: the share of all that is back after a return, less
/// what came back before it. However a line comes back piece by piece, the pieces add up to what it had cost and never
/// to a cent more; the last unit takes the rest.
struct IssuedLine: Sendable {
  struct Lot: Sendable {
    let key: EntityID
    let code: String?
    /// Where it went to: what comes back comes from there.
    let place: EntityID
    let quantity: Quantity
    var returned = Quantity.zero
  }

  private(set) var lots: [Lot] = []
  private(set) var quantity = Quantity.zero
  /// Minor units.
  private(set) var value: Int64 = 0
  private(set) var returned = Quantity.zero
  private(set) var returnedValue: Int64 = 0

  /// Rows of `ReturnStatements.issued` and `.broughtBack`, by the shipment line.
  static func read(_ issued: Rows, _ back: Rows) throws(Refusal) -> [EntityID: IssuedLine] {
    var lines: [EntityID: IssuedLine] = [:]
    for row in issued {
      let lot = Lot(key: try row.id(1), code: row.textOrNil(2), place: try row.id(3), quantity: try row.quantity(4))
      try lines[try row.id(0), default: IssuedLine()].add(lot, worth: try row.int(5))
    }
    for row in back {
      try lines[try row.id(0)]?.bring(try row.id(1), try row.quantity(2), worth: try row.int(3))
    }
    return lines
  }

  mutating func add(_ lot: Lot, worth: Int64) throws(Refusal) {
    lots.append(lot)
    quantity = try quantity.adding(lot.quantity)
    value = try Self.sum(value, worth)
  }

  /// What is back already, or comes back now.
  mutating func bring(_ lot: EntityID, _ quantity: Quantity, worth: Int64) throws(Refusal) {
    if let index = lots.firstIndex(where: { $0.key == lot }) {
      lots[index].returned = try lots[index].returned.adding(quantity)
    }
    returned = try returned.adding(quantity)
    returnedValue = try Self.sum(returnedValue, worth)
  }

  func lot(named code: String?) -> Lot? { lots.first { $0.code == code } }

  /// What `quantity` more of it comes back at, in minor units. Refuses with `money.overflow`.
  func worth(of quantity: Quantity) throws(Refusal) -> Int64 {
    let after = try returned.adding(quantity)
    guard after < self.quantity else { return value - returnedValue }
    guard
      let share = Rounding.product(
        Int128(value), Int128(after.millionths), over: Int128(self.quantity.millionths)),
      let minor = Int64(exactly: share)
    else { throw Money.overflow }
    return max(0, minor - returnedValue)
  }

  private static func sum(_ left: Int64, _ right: Int64) throws(Refusal) -> Int64 {
    let (sum, overflow) = left.addingReportingOverflow(right)
    guard !overflow else { throw Money.overflow }
    return sum
  }
}
