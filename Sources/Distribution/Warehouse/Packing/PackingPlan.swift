import BulkheadCore

/// What goes into one package. Pure: what was picked and packed has been read under the shipment's lock.
struct PackingPlan: Sendable {
  /// What a person says is in the package: a line of the order, by number.
  struct Content: Sendable {
    let line: Int64
    let lot: String?
    /// Base units.
    let quantity: Quantity
  }

  /// One lot of one line, as far as it was picked and packed.
  struct Available: Sendable {
    let lineID: EntityID
    let orderLine: Int64
    let productID: EntityID
    let lotKey: EntityID
    let lotCode: String?
    let picked: Quantity
    let packed: Quantity
  }

  struct Item: Sendable {
    let lineID: EntityID
    let productID: EntityID
    let lotKey: EntityID
    var quantity: Quantity
  }

  private(set) var items: [Item] = []

  /// Items of one package at most.
  static let itemsMax = 1000

  /// Lots of one line that are named twice are put together. Refuses in this order, each over all items:
  /// `reference.unknown` (line), `lot.required`, `pickTask.wrongLot`, `package.exceedsPicked`.
  init(_ contents: [Content], from available: [Available]) throws(Refusal) {
    func candidates(_ content: Content) -> [Available] { available.filter { $0.orderLine == content.line } }
    func match(_ content: Content) -> Available? { candidates(content).first { $0.lotCode == content.lot } }
    func broken(_ rule: (Content) -> Bool) -> [Int] { contents.indices.filter { rule(contents[$0]) } }
    try MentionCheck.refuse(
      .referenceUnknown, "Nothing was picked for such a line.", "/items", broken { candidates($0).isEmpty }
    ) { _ in "/line" }
    try MentionCheck.refuse(
      .lotRequired, "This product is tracked: name the lot.", "/items", broken { $0.lot == nil && match($0) == nil }
    ) { _ in "/lot" }
    try MentionCheck.refuse(
      .pickTaskWrongLot, "This lot was not picked for the line.", "/items", broken { match($0) == nil }
    ) { _ in "/lot" }
    struct Key: Hashable {
      let lineID: EntityID
      let lotKey: EntityID
    }
    var rests: [Key: Quantity] = [:]
    var places: [Key: Int] = [:]
    for (index, content) in contents.enumerated() {
      guard let source = match(content) else { continue }
      let key = Key(lineID: source.lineID, lotKey: source.lotKey)
      let rest: Quantity
      if let known = rests[key] { rest = known } else { rest = try source.picked.subtracting(source.packed) }
      guard content.quantity <= rest else {
        throw Refusal(
          .packageExceedsPicked, "More is packed than was picked.", at: "/items/\(index)/quantity")
      }
      rests[key] = try rest.subtracting(content.quantity)
      if let place = places[key] {
        items[place].quantity = try items[place].quantity.adding(content.quantity)
      } else {
        places[key] = items.count
        items.append(
          Item(
            lineID: source.lineID, productID: source.productID, lotKey: source.lotKey, quantity: content.quantity))
      }
    }
  }

  /// What the package adds to each line of the shipment.
  func sums() throws(Refusal) -> [(id: EntityID, quantity: Quantity)] {
    var sums: [EntityID: Quantity] = [:]
    for item in items { sums[item.lineID] = try (sums[item.lineID] ?? .zero).adding(item.quantity) }
    return sums.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  static func read(_ rows: Rows) throws(Refusal) -> [Available] {
    var available: [Available] = []
    for row in rows {
      available.append(
        Available(
          lineID: try row.id(0), orderLine: try row.int(1), productID: try row.id(2), lotKey: try row.id(3),
          lotCode: row.textOrNil(4), picked: try row.quantity(5), packed: try row.quantity(6)))
    }
    return available
  }
}
