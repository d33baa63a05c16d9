import BulkheadCore
import BulkheadData

/// What was counted at the dock, checked against what was authorised and what had left, and what it is worth. Pure.
struct ReceivedReturn: Sendable {
  struct Item: Sendable {
    let line: LockedReturn.Line
    let quantity: Quantity
    let disposition: ReturnDisposition
    let lotKey: EntityID
    let from: EntityID
    let to: EntityID
    /// Minor units.
    let value: Int64
  }

  struct Sum: Sendable {
    let line: LockedReturn.Line
    let quantity: Quantity
    let value: Int64
  }

  private(set) var items: [Item] = []

  /// Refuses in this order: `quantity.notPositive`, `reference.unknown` (line), `lot.required`, `lot.notTracked`,
  /// `return.lotNotShipped`, `serial.notSingle`, `return.beyondAuthorised`, `return.lotBeyondShipped`, the codes of
  /// `ReturnPlaces`, `money.overflow`.
  init(
    _ held: LockedReturn, _ asked: [ReturnedItem], issued: [EntityID: IssuedLine], places: ReturnPlaces
  ) throws(Refusal) {
    let lines = try Self.lines(held, asked)
    let lots = try Self.lots(lines, asked, issued)
    try Self.checkQuantities(lines, asked, lots, issued)
    var issued = issued
    for (index, item) in asked.enumerated() {
      let line = lines[index]
      let to = try places.place(of: item, at: index)
      let value = try issued[line.shipmentLineID]?.worth(of: item.quantity) ?? 0
      try issued[line.shipmentLineID]?.bring(lots[index].key, item.quantity, worth: value)
      items.append(
        Item(
          line: line, quantity: item.quantity, disposition: item.disposition, lotKey: lots[index].key,
          from: lots[index].place, to: to, value: value))
    }
  }

  /// By the line of the return, in the order of lines.
  var sums: [Sum] {
    get throws(Refusal) {
      var sums: [Int: Sum] = [:]
      for item in items {
        let before = sums[item.line.number]
        // Parts of the value of one shipment line: their sum cannot overflow.
        sums[item.line.number] = Sum(
          line: item.line, quantity: try (before?.quantity ?? .zero).adding(item.quantity),
          value: (before?.value ?? 0) + item.value)
      }
      return sums.sorted { $0.key < $1.key }.map(\.value)
    }
  }

  private static func lines(
    _ held: LockedReturn, _ asked: [ReturnedItem]
  ) throws(Refusal) -> [LockedReturn.Line] {
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/items",
      asked.indices.filter { !asked[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    let known = Dictionary(held.lines.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
    try MentionCheck.refuse(
      .referenceUnknown, "The return has no such line.", "/items",
      asked.indices.filter { known[asked[$0].line] == nil }
    ) { _ in "/line" }
    return asked.compactMap { known[$0.line] }
  }

  private static func lots(
    _ lines: [LockedReturn.Line], _ asked: [ReturnedItem], _ issued: [EntityID: IssuedLine]
  ) throws(Refusal) -> [IssuedLine.Lot] {
    try MentionCheck.refuse(
      .lotRequired, "This product is tracked: name the lot.", "/items",
      asked.indices.filter { asked[$0].lot == nil && lines[$0].tracking != .none }
    ) { _ in "/lot" }
    try MentionCheck.refuse(
      .lotNotTracked, "This product is not tracked by lot.", "/items",
      asked.indices.filter { asked[$0].lot != nil && lines[$0].tracking == .none }
    ) { _ in "/lot" }
    let lots = asked.indices.map { issued[lines[$0].shipmentLineID]?.lot(named: asked[$0].lot) }
    try MentionCheck.refuse(
      .returnLotNotShipped, "Nothing of this lot left with this line.", "/items",
      lots.indices.filter { lots[$0] == nil }
    ) { _ in "/lot" }
    return lots.compactMap { $0 }
  }

  private static func checkQuantities(
    _ lines: [LockedReturn.Line], _ asked: [ReturnedItem], _ lots: [IssuedLine.Lot], _ issued: [EntityID: IssuedLine]
  ) throws(Refusal) {
    try MentionCheck.refuse(
      .serialNotSingle, "A serial number is one unit.", "/items",
      asked.indices.filter { lines[$0].tracking == .serial && asked[$0].quantity != Quantity(1) }
    ) { _ in "/quantity" }
    var sums: [EntityID: Quantity] = [:]
    var beyondLine: [Int] = []
    var beyondLot: [Int] = []
    var rest = issued
    for (index, item) in asked.enumerated() {
      let line = lines[index]
      let sum = try (sums[line.id] ?? .zero).adding(item.quantity)
      sums[line.id] = sum
      if sum > line.authorised { beyondLine.append(index) }
      try rest[line.shipmentLineID]?.bring(lots[index].key, item.quantity, worth: 0)
      let lot = rest[line.shipmentLineID]?.lot(named: item.lot)
      if (lot?.returned ?? .zero) > lots[index].quantity { beyondLot.append(index) }
    }
    try MentionCheck.refuse(
      .returnBeyondAuthorised, "This is more than was authorised.", "/items", beyondLine
    ) { _ in "/quantity" }
    try MentionCheck.refuse(
      .returnLotBeyondShipped, "Less of this lot is out.", "/items", beyondLot
    ) { _ in "/quantity" }
  }
}

/// Where goods that came back are put.
struct ReturnPlaces: Sendable {
  private struct Named: Sendable {
    let id: EntityID
    let holdsStock: Bool
    let isQuarantine: Bool
  }

  private let named: [String: Named]
  private let storage: EntityID
  private let lostFound: EntityID
  private let quarantine: EntityID?

  static func queries(_ warehouse: EntityID, _ items: [ReturnedItem]) -> [Query] {
    [
      Query(ReturnStatements.ownPlaces, .id(warehouse)),
      Query(ReturnStatements.namedPlaces, .id(warehouse), .texts(Set(items.compactMap(\.location)).sorted())),
    ]
  }

  /// The answers of `queries`.
  init(_ own: Rows, _ places: Rows) throws(Refusal) {
    guard let row = own.first else { throw Refusal.notFound }
    storage = try row.id(0)
    lostFound = try row.id(1)
    quarantine = row.idOrNil(2)
    var named: [String: Named] = [:]
    for place in places {
      named[try place.text(0)] = Named(
        id: try place.id(1), holdsStock: try place.bool(2), isQuarantine: try place.bool(3))
    }
    self.named = named
  }

  /// Scrap goes to lost and found, whatever place is named. Refuses with `reference.unknown`, `location.wrongType`
  /// (stock does not rest there, or it is quarantined and should not be, or the other way), `setup.missing` (there is
  /// no quarantine).
  func place(of item: ReturnedItem, at index: Int) throws(Refusal) -> EntityID {
    guard item.disposition != .scrap else { return lostFound }
    let pointer = "/items/\(index)/location"
    if let code = item.location {
      guard let place = named[code] else {
        throw Refusal(.referenceUnknown, "The return's warehouse has no such location.", at: pointer)
      }
      guard place.holdsStock, place.isQuarantine == (item.disposition == .quarantine) else {
        throw Refusal(.locationKind, "Name a storage place, in quarantine for what is quarantined.", at: pointer)
      }
      return place.id
    }
    guard item.disposition == .quarantine else { return storage }
    guard let quarantine else {
      throw Refusal(
        .setupMissing, "The warehouse has no quarantine location: create one, or name another disposition.",
        at: "/items/\(index)/disposition")
    }
    return quarantine
  }
}
