import BulkheadCore
import BulkheadData

/// Keeps what suppliers have announced, and receives against it.
struct NoticeDesk: Sendable {
  let services: Services

  /// Something announced beyond what its order still waits for, in base units.
  struct Beyond: Sendable {
    let sku: String
    let quantity: Quantity
  }

  /// Takes a notice. More than was ordered is taken down as such: the goods are on their way all the same.
  ///
  /// Refuses in this order: `quantity.notPositive`, the SSCC codes, `reference.unknown` (supplier),
  /// `party.notSupplier`, `party.inactive`, `asn.duplicate`, `reference.unknown` (lines), `purchase.wrongState`,
  /// `unit.unknown`, `quantity.overflow`.
  func announce(
    _ request: NoticeRequest, in tx: Transaction
  ) async throws -> (id: EntityID, json: JSON, beyond: [Beyond]) {
    try request.check()
    let named = request.lines.map(\.orderLine)
    let rows = try await tx.run(
      Supplier.query(request.supplier), NamedPurchaseLine.lock(named),
      Query(NoticeStatements.duplicate, .id(request.supplier), .text(request.number)),
      NamedPurchaseLine.query(named, units: request.lines.map(\.unit)))
    let supplier = try Supplier(rows[0])
    guard rows[2].isEmpty else { throw ConstraintRefusals.duplicateNotice }
    let lines = try Self.lines(request, try NamedPurchaseLine.read(rows[3], count: named.count))
    var bases: [Quantity] = []
    var overs: [Quantity] = []
    var left: [EntityID: Quantity] = [:]
    for (index, (wanted, line)) in zip(request.lines, lines).enumerated() {
      let base = try line.base(wanted.quantity, at: "/lines/\(index)/quantity")
      let open = left[line.id] ?? line.open
      bases.append(base)
      overs.append(base > open ? try base.subtracting(open) : .zero)
      left[line.id] = base > open ? .zero : try open.subtracting(base)
    }
    let id = services.ambient.makeID()
    let now = services.ambient.now
    let queries = [
      Query(
        NoticeStatements.insert, .id(id), .id(supplier.id), .text(request.number), .optional(request.message),
        .date(request.shippedOn), .date(request.expectedOn), .optional(request.carrier),
        .optional(request.trackingNumber), .optional(request.billOfLading), .instant(now)),
      Query(
        NoticeStatements.insertLines, .id(id), .ids(lines.map { _ in services.ambient.makeID() }),
        .ints(lines.indices.map { Int64($0 + 1) }), .ids(lines.map(\.id)), .texts(request.lines.map(\.sscc)),
        .texts(request.lines.map(\.lot)), .quantities(request.lines.map(\.quantity)), .texts(lines.map(\.unit)),
        .quantities(bases), .quantities(overs)),
    ]
    let json = try await answer(id, queries, "asn.announced", request.number, in: tx)
    let beyond = zip(lines, overs).filter { $1.isPositive }.map {
      Beyond(sku: $0.sku, quantity: $1)
    }
    return (id, json, beyond)
  }

  private static func lines(
    _ request: NoticeRequest, _ found: [NamedPurchaseLine?]
  ) throws(Refusal) -> [NamedPurchaseLine] {
    try MentionCheck.refuse(
      .referenceUnknown, "This supplier has no such order line.", "/lines",
      found.indices.filter { found[$0]?.supplierID != request.supplier }
    ) { _ in "/orderLineId" }
    let lines = found.compactMap { $0 }
    try MentionCheck.refuse(
      .purchaseWrongState, "Nothing is expected of this order.", "/lines",
      lines.indices.filter { !lines[$0].orderStatus.isReceivable }
    ) { _ in "/orderLineId" }
    try MentionCheck.refuse(
      .unitUnknown, "The product is not counted in this unit.", "/lines",
      lines.indices.filter { lines[$0].conversion == nil }
    ) { _ in "/unit" }
    return lines
  }

  /// Receives what was counted, with one receipt for each order; what the notice said is kept beside the count, so that
  /// short and over are told.
  ///
  /// Refuses with `resource.notFound`, `asn.wrongState`, `reference.unknown` (lines), then as `ReceiptDesk.receive`.
  func receive(_ count: NoticeCount, in tx: Transaction) async throws -> JSON {
    let rows = try await tx.run(
      Query(NoticeStatements.lock, .id(count.notice)), Query(NoticeStatements.counted, .id(count.notice)))
    let (number, _) = try Self.open(rows[0])
    let advised = try AdvisedLine.read(rows[1])
    try MentionCheck.refuse(
      .referenceUnknown, "The notice has no such line.", "/lines",
      count.lines.indices.filter { advised[count.lines[$0].noticeLine] == nil }
    ) { _ in "/asnLineId" }
    var byOrder: [EntityID: [Int]] = [:]
    for (index, line) in count.lines.enumerated() {
      guard let order = advised[line.noticeLine]?.orderID else { continue }
      byOrder[order, default: []].append(index)
    }
    let expected = try Self.expected(count, advised)
    // All orders before the first of their products.
    _ = try await tx.run([NamedPurchaseLine.lock(count.lines.compactMap { advised[$0.noticeLine]?.orderLine })])
    for (order, indices) in byOrder.sorted(by: { $0.key < $1.key }) {
      let lines = indices.compactMap { index -> ReceiptRequest.Line? in
        let line = count.lines[index]
        guard let told = advised[line.noticeLine] else { return nil }
        return ReceiptRequest.Line(
          orderLine: told.orderLine, quantity: line.quantity, unit: told.unit, advised: expected[index],
          condition: line.condition, location: line.location, lot: line.lot ?? told.lot, expiry: line.expiry)
      }
      let receipt = try await ReceiptDesk(services: services).receive(
        ReceiptRequest(
          order: order, deliveryNote: count.deliveryNote ?? number, receivedOn: count.receivedOn, lines: lines), in: tx)
      try tx.enqueue(
        Query(
          NoticeStatements.insertReceipts, .id(receipt.id), .ids(indices.map { _ in services.ambient.makeID() }),
          .ids(indices.map { count.lines[$0].noticeLine }), .ints(lines.indices.map { Int64($0 + 1) })))
    }
    return try await answer(
      count.notice,
      [
        Query(NoticeStatements.addUp, .id(count.notice)), Query(NoticeStatements.advance, .id(count.notice)),
      ], "asn.received", number, in: tx)
  }

  /// What each counted row should have been: rows of one line share what the notice says of it, and the last takes what
  /// the others leave.
  private static func expected(
    _ count: NoticeCount, _ advised: [EntityID: AdvisedLine]
  ) throws(Refusal) -> [Quantity] {
    var last: [EntityID: Int] = [:]
    for (index, line) in count.lines.enumerated() { last[line.noticeLine] = index }
    var left = advised.mapValues(\.left)
    var expected: [Quantity] = []
    for (index, line) in count.lines.enumerated() {
      let rest = left[line.noticeLine] ?? .zero
      let share = last[line.noticeLine] == index ? rest : min(rest, line.quantity)
      left[line.noticeLine] = try rest.subtracting(share)
      expected.append(share)
    }
    return expected
  }

  /// Ends a notice: what was not counted did not come. Refuses with `resource.notFound`, `asn.wrongState`.
  func close(_ id: EntityID, reason: String?, in tx: Transaction) async throws -> JSON {
    let rows = try await tx.run(NoticeStatements.lock, .id(id))
    let (number, _) = try Self.open(rows)
    return try await answer(
      id, [Query(NoticeStatements.setState, .id(id), .text(NoticeState.closed.rawValue))], "asn.closed", number,
      reason: reason, in: tx)
  }

  private static func open(_ rows: Rows) throws(Refusal) -> (number: String, state: NoticeState) {
    guard let row = rows.first else { throw Refusal.notFound }
    let state: NoticeState = try row.known(1)
    guard state != .closed else { throw Refusal(.asnWrongState, "The ship notice is closed already.") }
    return (try row.text(0), state)
  }

  private func answer(
    _ id: EntityID, _ queries: [Query], _ act: String, _ number: String, reason: String? = nil, in tx: Transaction
  ) async throws -> JSON {
    let told = [
      try services.outbox.query(
        topic: act, key: id.description, payload: ["asn": .id(id), "number": .string(number)], context: tx.context),
      try services.audit.query(
        act, subject: "asn:\(id)", detail: ["number": .string(number), "reason": .optional(reason)],
        context: tx.context),
    ]
    let rows = try await ConstraintRefusals.translating {
      try await tx.run(queries + told + NoticeReader.queries(id))
    }
    guard let json = try NoticeReader.notice(Array(rows.suffix(3))) else { throw Refusal.notFound }
    return json
  }
}

/// A line of a notice as counting meets it, in the notice's own unit.
struct AdvisedLine: Sendable {
  let orderLine: EntityID
  let orderID: EntityID
  let unit: String
  let lot: String?
  /// What of it was not counted yet.
  let left: Quantity

  static func read(_ rows: Rows) throws(Refusal) -> [EntityID: AdvisedLine] {
    var lines: [EntityID: AdvisedLine] = [:]
    for row in rows {
      lines[try row.id(0)] = AdvisedLine(
        orderLine: try row.id(1), orderID: try row.id(2), unit: try row.text(3), lot: row.textOrNil(4),
        left: try Self.left(row))
    }
    return lines
  }

  private static func left(_ row: Row) throws(Refusal) -> Quantity {
    let (entered, base, received) = (try row.quantity(5), try row.quantity(6), try row.quantity(7))
    guard received < base else { return .zero }
    let rest = try base.subtracting(received)
    guard
      let millionths = Rounding.product(
        Int128(rest.millionths), Int128(entered.millionths), over: Int128(base.millionths))
    else { throw Refusal(.quantityOverflow, "The notice's quantity is too large.") }
    return try Quantity(millionths: millionths)
  }
}
