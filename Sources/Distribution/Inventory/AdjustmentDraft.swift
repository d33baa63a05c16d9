import BulkheadCore
import BulkheadData

/// An adjustment whose references are all found.
struct AdjustmentDraft: Sendable {
  struct Line: Sendable {
    let request: AdjustmentRequest.Line
    let product: MentionedProduct
    /// In base units, with the sign of the request.
    let quantity: Quantity
    let entered: Quantity
    let locationID: EntityID
    let locationCode: String
    /// Where the goods come from or go to.
    let counterpart: EntityID
  }

  let request: AdjustmentRequest
  let entity: LegalEntity
  let lines: [Line]

  static func queries(_ request: AdjustmentRequest, _ lookup: ProductLookup) -> [Query] {
    let codes = Set(request.lines.compactMap(\.location)).sorted()
    return [
      LegalEntity.query, Warehouse.query(request.warehouse), Query(supplierStatement),
      Query(locationStatement, .texts(codes)),
    ] + lookup.queries
  }

  static let supplierStatement = Statement(
    "SELECT id FROM location WHERE type = 'supplier' AND is_active ORDER BY id LIMIT 1")

  static let locationStatement = Statement(
    "SELECT code, id, type FROM location WHERE code = ANY ($1::text[]) AND is_active")

  /// Refuses, in this order: legal entity, warehouse, products, units, quantities, locations, lots, serials.
  init(_ request: AdjustmentRequest, lookup: ProductLookup, rows: [Rows]) throws(Refusal) {
    guard rows.count >= 4 else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "adjustment lookup returned too little")
    }
    self.request = request
    entity = try LegalEntity(rows[0])
    let warehouse = try Warehouse(rows[1], asked: request.warehouse)
    let measured = try MentionCheck.measure(
      try lookup.products(rows.dropFirst(4)), request.mentions, try Self.magnitudes(request), pointer: "/lines")
    let places = try Self.places(request, rows[3])
    let counterpart = request.kind == .receipt ? rows[2].first?.idOrNil(0) : warehouse.lostFound
    guard let counterpart else {
      throw Refusal(.setupMissing, "There is no location of type supplier: create one.")
    }
    try Self.checkLots(request, measured)
    var lines: [Line] = []
    lines.reserveCapacity(measured.count)
    for (line, found) in zip(request.lines, measured) {
      let place = line.location.flatMap { places[$0] } ?? (warehouse.storage, warehouse.storageCode)
      lines.append(
        Line(
          request: line, product: found.product, quantity: line.quantity.isPositive ? found.base : found.base.negated,
          entered: found.entered, locationID: place.0, locationCode: place.1, counterpart: counterpart))
    }
    self.lines = lines
  }

  private static func magnitudes(_ request: AdjustmentRequest) throws(Refusal) -> [Quantity] {
    request.lines.map { $0.quantity.isPositive ? $0.quantity : $0.quantity.negated }
  }

  private static func places(
    _ request: AdjustmentRequest, _ rows: Rows
  ) throws(Refusal) -> [String: (EntityID, String)] {
    var places: [String: (EntityID, String)] = [:]
    var others: Set<String> = []
    for row in rows {
      let code = try row.text(0)
      if try row.text(2) == "storage" { places[code] = (try row.id(1), code) } else { others.insert(code) }
    }
    func lines(_ broken: (String) -> Bool) -> [Int] {
      request.lines.indices.filter { request.lines[$0].location.map(broken) ?? false }
    }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such location.", "/lines", lines { places[$0] == nil && !others.contains($0) }
    ) { _ in "/location" }
    try MentionCheck.refuse(
      .locationKind, "Stock rests in locations of type storage only.", "/lines", lines { others.contains($0) }
    ) { _ in "/location" }
    return places
  }

  private static func checkLots(_ request: AdjustmentRequest, _ lines: [MeasuredProduct]) throws(Refusal) {
    func broken(_ rule: (AdjustmentRequest.Line, MeasuredProduct) -> Bool) -> [Int] {
      lines.indices.filter { rule(request.lines[$0], lines[$0]) }
    }
    try MentionCheck.refuse(
      .lotRequired, "This product is tracked: name the lot.", "/lines",
      broken { $0.lot == nil && $1.product.tracking != .none }
    ) { _ in "/lot" }
    try MentionCheck.refuse(
      .lotNotTracked, "This product is not tracked by lot.", "/lines",
      broken { $0.lot != nil && $1.product.tracking == .none }
    ) { _ in "/lot" }
    try MentionCheck.refuse(
      .serialNotSingle, "A serial number is one unit.", "/lines",
      broken { $1.product.tracking == .serial && $1.base != Quantity(1) }
    ) { _ in "/quantity" }
  }
}
