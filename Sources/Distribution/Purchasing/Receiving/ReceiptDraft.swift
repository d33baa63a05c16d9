import BulkheadCore
import BulkheadData

/// A receipt whose references are all found and whose quantities may come in.
struct ReceiptDraft: Sendable {
  struct Line: Sendable {
    let request: ReceiptRequest.Line
    let named: NamedPurchaseLine
    /// Base units.
    let quantity: Quantity
    let advised: Quantity?
    let locationID: EntityID
    let locationCode: String
  }

  let lines: [Line]

  static func queries(_ request: ReceiptRequest) -> [Query] {
    [
      NamedPurchaseLine.query(request.lines.map(\.orderLine), units: request.lines.map(\.unit)),
      Query(locations, .texts(Set(request.lines.compactMap(\.location)).sorted())),
      Query(ownPlaces, .id(request.order)),
    ]
  }

  private static let locations = Statement(
    "SELECT code, id, type FROM location WHERE code = ANY ($1::text[]) AND is_active")

  /// The storage of the order's warehouse and its quarantine.
  private static let ownPlaces = Statement(
    """
    SELECT storage.id, storage.code, quarantine.id, quarantine.code
      FROM purchase_order AS o
      JOIN location AS warehouse ON warehouse.id = o.warehouse_id
      JOIN location AS storage ON storage.id = warehouse.storage_id
      LEFT JOIN LATERAL (
        SELECT place.id, place.code FROM location AS place
         WHERE place.warehouse_id = o.warehouse_id AND place.is_quarantine AND place.is_active
           AND place.type = 'storage'
         ORDER BY place.code LIMIT 1) AS quarantine ON true
     WHERE o.id = $1
    """)

  /// Refuses, in this order: lines, units, quantities, lots, serials, tolerance, locations, quarantine.
  init(_ request: ReceiptRequest, _ order: LockedPurchase, _ rows: ArraySlice<Rows>) throws(Refusal) {
    let found = try NamedPurchaseLine.read(rows[rows.startIndex], count: request.lines.count)
    try MentionCheck.refuse(
      .referenceUnknown, "The order has no such line.", "/lines",
      found.indices.filter { found[$0]?.orderID != order.id }
    ) { _ in "/orderLineId" }
    let named = found.compactMap { $0 }
    try MentionCheck.refuse(
      .unitUnknown, "The product is not counted in this unit.", "/lines",
      named.indices.filter { named[$0].conversion == nil }
    ) { _ in "/unit" }
    var counted: [Quantity] = []
    for (index, line) in named.enumerated() {
      counted.append(try line.base(request.lines[index].quantity, at: "/lines/\(index)/quantity"))
    }
    try Self.checkLots(request, named, counted)
    try Self.checkTolerance(named, counted)
    let places = try Places(request, rows[rows.startIndex + 1], rows[rows.startIndex + 2])
    var lines: [Line] = []
    for (index, line) in request.lines.enumerated() {
      let place = try places.place(of: line, at: index)
      var advised: Quantity?
      if let text = line.advised, text.isPositive {
        advised = try named[index].base(text, at: "/lines/\(index)/advised")
      } else if line.advised != nil {
        advised = .zero
      }
      lines.append(
        Line(
          request: line, named: named[index], quantity: counted[index], advised: advised, locationID: place.id,
          locationCode: place.code))
    }
    self.lines = lines
  }

  private static func checkLots(
    _ request: ReceiptRequest, _ named: [NamedPurchaseLine], _ counted: [Quantity]
  ) throws(Refusal) {
    func broken(_ rule: (Int) -> Bool) -> [Int] { named.indices.filter(rule) }
    try MentionCheck.refuse(
      .lotRequired, "This product is tracked: name the lot.", "/lines",
      broken { request.lines[$0].lot == nil && named[$0].tracking != .none }
    ) { _ in "/lot" }
    try MentionCheck.refuse(
      .lotNotTracked, "This product is not tracked by lot.", "/lines",
      broken { request.lines[$0].lot != nil && named[$0].tracking == .none }
    ) { _ in "/lot" }
    try MentionCheck.refuse(
      .serialNotSingle, "A serial number is one unit.", "/lines",
      broken { named[$0].tracking == .serial && counted[$0] != Quantity(1) }
    ) { _ in "/quantity" }
  }

  /// All rows of one order line count together: two lots that each fit may be too much in all.
  private static func checkTolerance(_ named: [NamedPurchaseLine], _ counted: [Quantity]) throws(Refusal) {
    var sums: [EntityID: Quantity] = [:]
    var beyond: [Int] = []
    for (index, line) in named.enumerated() {
      let sum = try (sums[line.id] ?? line.received).adding(counted[index])
      sums[line.id] = sum
      if sum > line.receivable { beyond.append(index) }
    }
    try MentionCheck.refuse(
      .receiptOverTolerance, "This is more than was ordered and the tolerance allow.", "/lines", beyond
    ) { _ in "/quantity" }
  }
}

/// Where what comes is put.
private struct Places {
  typealias Place = (id: EntityID, code: String)

  private let named: [String: EntityID]
  private let storage: Place
  private let quarantine: Place?

  /// Refuses with `reference.unknown` or `location.wrongType`.
  init(_ request: ReceiptRequest, _ rows: Rows, _ own: Rows) throws(Refusal) {
    var named: [String: EntityID] = [:]
    var others: Set<String> = []
    for row in rows {
      let code = try row.text(0)
      if try row.text(2) == "storage" { named[code] = try row.id(1) } else { others.insert(code) }
    }
    func lines(_ broken: (String) -> Bool) -> [Int] {
      request.lines.indices.filter { request.lines[$0].location.map(broken) ?? false }
    }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such location.", "/lines", lines { named[$0] == nil && !others.contains($0) }
    ) { _ in "/location" }
    try MentionCheck.refuse(
      .locationKind, "Stock rests in locations of type storage only.", "/lines", lines { others.contains($0) }
    ) { _ in "/location" }
    guard let row = own.first else { throw Refusal.notFound }
    self.named = named
    storage = (try row.id(0), try row.text(1))
    if let id = row.idOrNil(2), let code = row.textOrNil(3) { quarantine = (id, code) } else { quarantine = nil }
  }

  /// Refuses with `setup.missing` when something damaged has nowhere to go.
  func place(of line: ReceiptRequest.Line, at index: Int) throws(Refusal) -> Place {
    if let code = line.location, let id = named[code] { return (id, code) }
    guard line.condition == .damaged else { return storage }
    guard let quarantine else {
      throw Refusal(
        .setupMissing, "The warehouse has no quarantine location: create one, or name a location.",
        at: "/lines/\(index)/condition")
    }
    return quarantine
  }
}
