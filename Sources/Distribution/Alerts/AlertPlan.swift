import BulkheadCore

/// Why somebody should look.
enum AlertRule: String, Sendable, CaseIterable {
  /// Position or stock on hand is below what the reorder policy allows.
  case lowStock = "low_stock"
  /// A place is below zero: a till sold what the books did not have.
  case oversold
}

/// Which alerts stock calls for, against those that stand. Pure.
struct AlertPlan: Sendable {
  struct Subject: Sendable, Hashable {
    let rule: AlertRule
    let productID: EntityID
    let locationID: EntityID
  }

  struct Wanted: Sendable, Hashable {
    let subject: Subject
    let detail: JSON
  }

  /// A product under a reorder policy.
  struct Stock: Sendable, Hashable {
    let productID: EntityID
    let warehouseID: EntityID
    let rule: ReorderQuantity
    let isActive: Bool
    let position: ReorderQuantity.Position
  }

  /// A product in a place where it is below zero.
  struct Negative: Sendable, Hashable {
    let productID: EntityID
    let locationID: EntityID
    let onHand: Quantity
  }

  let raised: [Wanted]
  let resolved: [EntityID]

  /// An alert that is still called for stays as it is, acknowledged or not. Refuses with `quantity.overflow`.
  init(_ stocks: [Stock], _ negatives: [Negative], standing: [Subject: EntityID]) throws(Refusal) {
    var wanted: [Wanted] = []
    for stock in stocks where stock.isActive { if let low = try Self.low(stock) { wanted.append(low) } }
    for place in negatives where place.onHand < .zero {
      wanted.append(
        Wanted(
          subject: Subject(rule: .oversold, productID: place.productID, locationID: place.locationID),
          detail: ["onHand": place.onHand.json]))
    }
    let subjects = Set(wanted.map(\.subject))
    raised = wanted.filter { standing[$0.subject] == nil }
    resolved = standing.filter { !subjects.contains($0.key) }.map(\.value).sorted()
  }

  /// What the policy would order for, and what lies below its point however much is on its way.
  private static func low(_ stock: Stock) throws(Refusal) -> Wanted? {
    let total = try stock.position.total()
    let point = stock.rule.reorderPoint
    let isDue = stock.rule.method == .minMax ? total <= point : total < point
    guard isDue || stock.position.onHand < point else { return nil }
    return Wanted(
      subject: Subject(rule: .lowStock, productID: stock.productID, locationID: stock.warehouseID),
      detail: [
        "onHand": stock.position.onHand.json, "onOrder": stock.position.onOrder.json,
        "backordered": stock.position.backordered.json, "reserved": stock.position.reserved.json,
        "position": total.json, "reorderPoint": point.json,
      ])
  }
}
