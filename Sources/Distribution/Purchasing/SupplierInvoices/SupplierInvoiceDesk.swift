import BulkheadCore
import BulkheadData

/// Takes suppliers' invoices, matches them with orders and receipts, and books what is owed.
struct SupplierInvoiceDesk: Sendable {
  let services: Services

  typealias Answer = (id: EntityID, json: JSON, version: Int64)

  /// Takes one invoice. What matches within the tolerance is posted at once, anything else is held.
  ///
  /// Refuses in this order: `date.inFuture`, `quantity.notPositive`, `supplierInvoice.lineTwice`, `reference.unknown`
  /// (supplier), `party.notSupplier`, `party.inactive`, `setup.missing`, `currency.mismatch`,
  /// `supplierInvoice.duplicate`, `reference.unknown` (lines), `purchase.wrongState`, `unit.unknown`,
  /// `quantity.overflow`, `price.overflow`, `money.malformed`, `money.overflow`, `period.closed`.
  func take(_ request: SupplierInvoiceRequest, in tx: Transaction) async throws -> Answer {
    let now = services.ambient.now
    let today = CivilDate(now)
    try request.check(today)
    let named = request.lines.map(\.orderLine)
    let rows = try await tx.run([
      Supplier.query(request.supplier), LegalEntity.query, PurchaseTolerance.query, NamedPurchaseLine.lock(named),
      Query(
        SupplierInvoiceStatements.duplicate, .id(request.supplier), .text(request.supplierNumber),
        .date(request.invoicedOn)),
      NamedPurchaseLine.query(named, units: request.lines.map(\.unit)),
    ])
    let supplier = try Supplier(rows[0])
    let entity = try LegalEntity(rows[1])
    try supplier.checkCurrency(entity)
    if let currency = request.currency, currency != entity.currency.code {
      throw Refusal(.currencyMismatch, "This supplier was ordered from in \(entity.currency.code).", at: "/currency")
    }
    guard rows[4].isEmpty else { throw ConstraintRefusals.duplicateInvoice }
    let lines = try Self.named(request, try NamedPurchaseLine.read(rows[5], count: named.count))
    let judged = try judge(request, lines, try PurchaseTolerance(rows[2]), entity.currency)
    let state = ThreeWayMatch.worst(judged.map(\.result))
    let tax = try BodyReader(["tax": .optional(request.tax)]).money("tax", entity.currency)?.minor ?? 0
    var net = Money(minor: 0, entity.currency)
    for line in judged { net = try net.adding(Money(minor: line.amount, entity.currency)) }
    let series = try await tx.run([NumberSeries.supplierInvoice.query(entity, on: today)])
    let number = try NumberSeries.supplierInvoice.number(series[0], entity, on: today)
    let id = services.ambient.makeID()
    let header = Query(
      SupplierInvoiceStatements.insert, .id(id), .id(entity.id), .text(number), .id(supplier.id),
      .text(request.supplierNumber), .date(request.invoicedOn), .date(request.dueOn ?? request.invoicedOn),
      .text(entity.currency.code),
      .text(state.isHold ? SupplierInvoiceState.held.rawValue : SupplierInvoiceState.posted.rawValue),
      .text(state.rawValue), .int(net.minor), .int(tax), state.isHold ? .null : .date(today),
      .text(tx.context.actor.description), .instant(now))
    let invoice = LockedInvoice(
      id: id, entity: entity, number: number, supplierID: supplier.id, state: .held, net: net.minor, tax: tax,
      dueOn: request.dueOn ?? request.invoicedOn)
    let written = [header, insert(judged, of: id)]
    let posted = state.isHold ? [] : try await post(invoice, judged, today, tx)
    return try await answer(
      invoice, written + posted, act: state.isHold ? "supplierInvoice.held" : "supplierInvoice.posted", tx)
  }

  private static func named(
    _ request: SupplierInvoiceRequest, _ found: [NamedPurchaseLine?]
  ) throws(Refusal) -> [NamedPurchaseLine] {
    try MentionCheck.refuse(
      .referenceUnknown, "This supplier has no such order line.", "/lines",
      found.indices.filter { found[$0]?.supplierID != request.supplier }
    ) { _ in "/orderLineId" }
    let lines = found.compactMap { $0 }
    try MentionCheck.refuse(
      .purchaseWrongState, "This order was never placed.", "/lines",
      lines.indices.filter { [.draft, .submitted, .cancelled].contains(lines[$0].orderStatus) }
    ) { _ in "/orderLineId" }
    try MentionCheck.refuse(
      .unitUnknown, "The product is not counted in this unit.", "/lines",
      lines.indices.filter { lines[$0].conversion == nil }
    ) { _ in "/unit" }
    return lines
  }

  private func judge(
    _ request: SupplierInvoiceRequest, _ lines: [NamedPurchaseLine], _ tolerance: PurchaseTolerance,
    _ currency: Currency
  ) throws(Refusal) -> [JudgedLine] {
    var judged: [JudgedLine] = []
    for (index, (wanted, line)) in zip(request.lines, lines).enumerated() {
      let base = try line.base(wanted.quantity, at: "/lines/\(index)/quantity")
      judged.append(
        try Self.judge(
          id: services.ambient.makeID(), line, entered: wanted.quantity, unit: line.unit, base,
          wanted.unitPrice.perBase(entered: wanted.quantity, base: base),
          amount: wanted.unitPrice.amount(of: wanted.quantity, in: currency).minor, tolerance, currency))
    }
    return judged
  }

  private static func judge(
    id: EntityID, _ line: NamedPurchaseLine, entered: Quantity, unit: String, _ base: Quantity, _ price: UnitPrice,
    amount: Int64, _ tolerance: PurchaseTolerance, _ currency: Currency
  ) throws(Refusal) -> JudgedLine {
    let (result, difference) = try ThreeWayMatch.judge(
      ThreeWayMatch.Line(
        orderedPrice: line.unitPrice, invoicedPrice: price, quantity: base,
        open: line.billable, amount: amount,
        orderedAmount: try line.unitPrice.amount(of: base, in: currency).minor), tolerance)
    return JudgedLine(
      id: id, orderLine: line.id, entered: entered, unit: unit, quantity: base, unitPrice: price, amount: amount,
      result: result, difference: difference)
  }

  /// Judges a held invoice again, after more has come. Posts it when it now matches. Refuses with
  /// `resource.notFound`, `supplierInvoice.wrongState`, `period.closed`.
  func rematch(_ id: EntityID, in tx: Transaction) async throws -> Answer {
    try await settle(id, approves: false, in: tx)
  }

  /// Posts a held invoice whose price somebody accepts. What has not come cannot be approved. Refuses with
  /// `resource.notFound`, `supplierInvoice.wrongState`, `supplierInvoice.notApprovable`, `period.closed`.
  func approve(_ id: EntityID, in tx: Transaction) async throws -> Answer {
    try await settle(id, approves: true, in: tx)
  }

  /// Turns a held invoice down. Refuses with `resource.notFound`, `supplierInvoice.wrongState`.
  func cancel(_ id: EntityID, reason: String?, in tx: Transaction) async throws -> Answer {
    let rows = try await tx.run(Query(SupplierInvoiceStatements.lock, .id(id)))
    let invoice = try LockedInvoice(rows[0])
    try invoice.mustBeHeld()
    let match = try rows[0].first.map { row throws(Refusal) in try row.text(6) } ?? ""
    return try await answer(
      invoice,
      [
        Query(
          SupplierInvoiceStatements.setState, .id(id), .text(SupplierInvoiceState.cancelled.rawValue), .text(match),
          .null, .null)
      ], act: "supplierInvoice.cancelled", reason: reason, tx)
  }

  /// The orders' rows are locked before the invoice's, as by whoever takes a new invoice or receives.
  private func settle(_ id: EntityID, approves: Bool, in tx: Transaction) async throws -> Answer {
    let today = CivilDate(services.ambient.now)
    let facts = try await tx.run(SupplierInvoiceStatements.lineFacts, .id(id))
    var named: [EntityID] = []
    for row in facts { named.append(try row.id(1)) }
    let rows = try await tx.run(
      NamedPurchaseLine.lock(named), Query(SupplierInvoiceStatements.lock, .id(id)), PurchaseTolerance.query,
      NamedPurchaseLine.query(named, units: named.map { _ in nil }))
    let invoice = try LockedInvoice(rows[1])
    try invoice.mustBeHeld()
    let lines = try NamedPurchaseLine.read(rows[3], count: named.count).compactMap { $0 }
    let tolerance = try PurchaseTolerance(rows[2])
    var judged: [JudgedLine] = []
    for (row, line) in zip(facts, lines) {
      judged.append(
        try Self.judge(
          id: try row.id(0), line, entered: try row.quantity(2), unit: try row.text(3), try row.quantity(4),
          try row.price(5), amount: try row.int(6), tolerance, invoice.entity.currency))
    }
    let state = ThreeWayMatch.worst(judged.map(\.result))
    if approves, state == .noReceipt || state == .quantityHold {
      throw Refusal(
        .supplierInvoiceNotApprovable, "More is billed than has come: match it again when the rest is here.")
    }
    let posts = approves || !state.isHold
    let update = [
      Query(
        SupplierInvoiceStatements.updateLines, .ids(judged.map(\.id)), .texts(judged.map(\.result.rawValue)),
        .prices(judged.map(\.difference))),
      Query(
        SupplierInvoiceStatements.setState, .id(id),
        .text(posts ? SupplierInvoiceState.posted.rawValue : SupplierInvoiceState.held.rawValue),
        .text(state.rawValue), posts ? .date(today) : .null,
        approves ? .text(tx.context.actor.description) : .null),
    ]
    let posted = posts ? try await post(invoice, judged, today, tx) : []
    let act = approves ? "supplierInvoice.approved" : posts ? "supplierInvoice.posted" : "supplierInvoice.held"
    return try await answer(invoice, update + posted, act: act, tx)
  }

  private func insert(_ lines: [JudgedLine], of invoice: EntityID) -> Query {
    Query(
      SupplierInvoiceStatements.insertLines, .id(invoice), .ids(lines.map(\.id)),
      .ints(lines.indices.map { Int64($0 + 1) }),
      .ids(lines.map(\.orderLine)), .quantities(lines.map(\.entered)), .texts(lines.map(\.unit)),
      .quantities(lines.map(\.quantity)), .prices(lines.map(\.unitPrice)), .ints(lines.map(\.amount)),
      .texts(lines.map(\.result.rawValue)), .prices(lines.map(\.difference)))
  }

  private func post(
    _ invoice: LockedInvoice, _ lines: [JudgedLine], _ today: CivilDate, _ tx: Transaction
  ) async throws -> [Query] {
    try await SupplierInvoicePosting(services: services, invoice: invoice, lines: lines).queries(today, in: tx)
  }

  /// Sends the writes with their event and audit entry, and reads the invoice as it now stands.
  private func answer(
    _ invoice: LockedInvoice, _ queries: [Query], act: String, reason: String? = nil, _ tx: Transaction
  ) async throws -> Answer {
    var detail: [JSON.Member] = [.init("number", .string(invoice.number))]
    if let reason { detail.append(.init("reason", .string(reason))) }
    let told = [
      try services.outbox.query(
        topic: act, key: invoice.id.description,
        payload: ["supplierInvoice": .id(invoice.id), "number": .string(invoice.number)], context: tx.context),
      try services.audit.query(
        act, subject: "supplier_invoice:\(invoice.id)", detail: .object(detail), context: tx.context),
    ]
    let rows = try await ConstraintRefusals.translating {
      try await tx.run(queries + told + SupplierInvoiceStatements.queries(invoice.id))
    }
    guard let read = try SupplierInvoiceReader.invoice(rows.suffix(2)) else { throw Refusal.notFound }
    return (invoice.id, read.json, read.version)
  }
}

/// The header of an invoice whose row is locked, or which is being made.
struct LockedInvoice: Sendable {
  let id: EntityID
  let entity: LegalEntity
  let number: String
  let supplierID: EntityID
  let state: SupplierInvoiceState
  let net: Int64
  let tax: Int64
  let dueOn: CivilDate

  func mustBeHeld() throws(Refusal) {
    guard state == .held else {
      throw Refusal(.supplierInvoiceWrongState, "The invoice is \(state.rawValue) already.")
    }
  }
}

extension LockedInvoice {
  init(_ rows: Rows) throws(Refusal) {
    guard let row = rows.first else { throw Refusal.notFound }
    self.init(
      id: try row.id(0),
      entity: LegalEntity(
        id: try row.id(1), currency: try row.currency(4), fiscalYearStartMonth: Int(try row.int(10))),
      number: try row.text(2), supplierID: try row.id(3), state: try row.known(5), net: try row.int(7),
      tax: try row.int(8), dueOn: try CivilDate(try row.text(9)))
  }
}
