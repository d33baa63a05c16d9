import BulkheadCore
import BulkheadData
import BulkheadWork

/// Writes what partners are to be told of our doings: shipments, invoices, orders. Tenant-scoped; runs as jobs, each of
/// which has its effect once.
struct EDISender: Sendable {
  /// A document and the way it goes; nothing is sent to whoever has agreed on nothing.
  typealias Letter = (document: EDIOutbound.Document, route: EDIRoute)

  let services: Services
  let outbound: EDIOutbound

  init(_ services: Services) {
    self.services = services
    outbound = EDIOutbound(services: services)
  }

  /// 856 or DESADV for a shipment that has left.
  func shipmentShipped(_ job: Job, _ tenant: Tenant) async throws {
    try await send(job, tenant, "shipment", consumer: "edi.856") { id, tx in try await shipNotice(id, in: tx) }
  }

  /// 810 or INVOIC for an invoice that was posted. Credit notes are settled without one.
  func invoicePosted(_ job: Job, _ tenant: Tenant) async throws {
    try await send(job, tenant, "invoice", consumer: "edi.810") { id, tx in try await invoice(id, in: tx) }
  }

  /// 850 or ORDERS for an order that was sent.
  func purchaseSent(_ job: Job, _ tenant: Tenant) async throws {
    try await send(job, tenant, "purchaseOrder", consumer: "edi.850") { id, tx in try await purchase(id, in: tx) }
  }

  private func send(
    _ job: Job, _ tenant: Tenant, _ member: String, consumer: String,
    _ compose: @escaping @Sendable (EntityID, Transaction) async throws -> Letter?
  ) async throws {
    guard let id = job.payload[member]?.id else { throw JobAbandoned("edi.payloadUnreadable") }
    do {
      try await tenant.transaction { tx in
        guard try await ConsumedEvents.claim(job, consumer: consumer, in: tx) else { return }
        guard let letter = try await compose(id, tx) else { return }
        try await outbound.send(
          letter.document, agreement: letter.route.agreement, channel: letter.route.channel, in: tx)
      }
    } catch {
      guard let refusal = EDIRefusal.final(error) else { throw error }
      let number = job.payload["number"]?.string ?? id.description
      try await tenant.transaction { tx in
        guard try await ConsumedEvents.claim(job, consumer: consumer, in: tx) else { return }
        try tx.enqueue(
          EDIWorkList(services: services).entry(
            refusal.code.name, about: "\(member) \(number)", refusal.detail, message: nil))
      }
    }
  }

  private var now: Instant { services.ambient.now }

  // MARK: Ship notices

  private func shipNotice(_ id: EntityID, in tx: Transaction) async throws -> Letter? {
    guard let shipment = try ShipmentReader.shipment(try await tx.run(ShipmentReader.queries(id))),
      shipment.phase == .shipped
    else { return nil }
    let rows = try await tx.run(
      [EDIRoute.ofOrder(shipment.orderID), EDIRoute.toParty(shipment.customerID, .shipNotice)]
        + EDISalesFacts.queries(shipment.orderID))
    guard let route = try EDIRoute.first(Array(rows[0..<2])) else { return nil }
    let facts = try EDISalesFacts(Array(rows[2..<4]))
    let notice = ShipNotice(
      number: shipment.number, writtenOn: CivilDate(now).description, writtenAt: Self.clock(now),
      shippedOn: shipment.shippedAt.map { CivilDate($0).description }, expectedOn: nil, carrier: shipment.carrier,
      trackingNumber: shipment.trackingNumber, billOfLading: nil, weightKilograms: try Self.weight(shipment),
      shipFrom: EDIParty(.shipFrom, name: facts.seller.name, qualifier: "91", code: shipment.warehouse),
      shipTo: facts.shipTo,
      orders: [
        ShipNotice.Order(
          number: facts.poNumber ?? facts.number, date: facts.orderedOn, sellerNumber: facts.number,
          packages: try packages(shipment, facts))
      ])
    let document = EDIOutbound.Document(
      content: .shipNotice(notice), reference: shipment.number, order: shipment.orderID, shipment: id)
    return (document, route)
  }

  private func packages(
    _ shipment: OutboundShipment, _ facts: EDISalesFacts
  ) throws(Refusal) -> [ShipNotice.Package] {
    var packages: [ShipNotice.Package] = []
    for package in shipment.packages where package.state == "closed" {
      var items: [ShipNotice.Item] = []
      for item in package.items {
        guard let line = facts.byNumber[item.orderLine] else { continue }
        let (quantity, unit) = try line.quantity(item.quantity)
        let (ordered, orderedUnit) = try line.quantity(line.ordered)
        items.append(
          ShipNotice.Item(
            line: line.name, identifiers: line.identifiers, description: line.description, quantity: quantity,
            unit: unit, ordered: orderedUnit == unit ? ordered : nil, lot: item.lot))
      }
      if !items.isEmpty { packages.append(ShipNotice.Package(sscc: package.sscc, items: items)) }
    }
    return packages
  }

  /// What all cartons weigh, where each was weighed; hundredths are enough for ten characters.
  private static func weight(_ shipment: OutboundShipment) throws(Refusal) -> EDIDecimal? {
    var grams = Quantity.zero
    for package in shipment.packages where package.state == "closed" {
      guard let weight = package.weightGrams else { return nil }
      grams = try grams.adding(weight)
    }
    guard grams.isPositive, let hundredths = Rounding.halfUp(Int128(grams.millionths), over: 10_000_000) else {
      return nil
    }
    return EDIDecimal(DecimalText.text(hundredths, scale: 2, fractionMin: 0), digitsMax: 10)
  }

  private static func clock(_ instant: Instant) -> String {
    X12Number.padded(instant.time.hour, to: 2) + X12Number.padded(instant.time.minute, to: 2)
  }

  // MARK: Invoices

  private func invoice(_ id: EntityID, in tx: Transaction) async throws -> Letter? {
    guard let invoice = try InvoiceReader.invoice(try await tx.run(InvoiceReader.queries(id))),
      invoice.kind == .invoice, let number = invoice.number, let order = invoice.orderID
    else { return nil }
    let rows = try await tx.run(
      [EDIRoute.ofOrder(order), EDIRoute.toParty(invoice.customerID, .invoice)] + EDISalesFacts.queries(order)
        + [
          Query(
            Statement("SELECT billed.due_on - billed.invoice_on FROM invoice AS billed WHERE billed.id = $1"), .id(id))
        ])
    guard let route = try EDIRoute.first(Array(rows[0..<2])) else { return nil }
    let facts = try EDISalesFacts(Array(rows[2..<4]))
    let exponent = invoice.currency.exponent
    guard let total = EDICents.from(minor: invoice.total, exponent: exponent),
      let tax = EDICents.from(minor: invoice.tax, exponent: exponent)
    else {
      throw Refusal(.ediAmountUnfit, "The invoice's total has more than the two decimals that a document can say.")
    }
    let document = InvoiceDocument(
      number: number, kind: .invoice, date: invoice.invoiceOn.description, orderNumber: facts.poNumber,
      orderDate: facts.orderedOn, sellerNumber: facts.number, shipment: nil, currency: invoice.currency.code,
      terms: .init(dueOn: invoice.dueOn.description, netDays: rows[4].first?.intOrNil(0).flatMap(Self.days)),
      shippedOn: nil, parties: [facts.seller, facts.buyer] + [facts.shipTo].compactMap { $0 },
      lines: try lines(invoice, facts), totalCents: total, taxCents: tax, chargesCents: 0)
    let written = EDIOutbound.Document(
      content: .invoice(document), reference: number, order: order, invoice: id)
    return (written, route)
  }

  /// ITD07 has three digits.
  private static func days(_ count: Int64) -> Int? { (0...999).contains(count) ? Int(count) : nil }

  private func lines(_ invoice: Invoice, _ facts: EDISalesFacts) throws(Refusal) -> [InvoiceDocument.Line] {
    var lines: [InvoiceDocument.Line] = []
    for line in invoice.lines {
      let amount = EDICents.from(minor: line.net, exponent: invoice.currency.exponent)
      if let order = line.orderLineID.flatMap({ facts.lines[$0] }) {
        let (quantity, unit, price) = try order.priced(line.quantity, line.unitPrice)
        lines.append(
          InvoiceDocument.Line(
            number: order.name, quantity: quantity, unit: unit, unitPrice: price, identifiers: order.identifiers,
            description: line.description, amountCents: amount))
      } else {
        lines.append(
          InvoiceDocument.Line(
            number: "C\(line.number)", quantity: try EDIDecimal.of(line.quantity.description), unit: line.unit ?? "EA",
            unitPrice: try EDIDecimal.of(line.unitPrice.description),
            identifiers: [EDIItemID(qualifier: "ZZ", value: "CHARGE")], description: line.description,
            amountCents: amount))
      }
    }
    return lines
  }

  // MARK: Purchase orders

  private func purchase(_ id: EntityID, in tx: Transaction) async throws -> Letter? {
    guard let order = try PurchaseReader.order(try await tx.run(PurchaseReader.queries(id))[...]), order.status == .sent
    else { return nil }
    let rows = try await tx.run([EDIRoute.toParty(order.supplierID, .order)] + EDIPurchaseFacts.queries(id))
    guard let route = try EDIRoute.first([rows[0]]) else { return nil }
    let document = try EDIPurchaseFacts.document(order, rows[1], rows[2])
    let written = EDIOutbound.Document(
      content: .order(document), reference: order.number, purchase: id)
    return (written, route)
  }
}
