import BulkheadCore
import BulkheadData

/// Turns a supplier's ship notice into an advance ship notice. Tenant-scoped.
struct EDINoticeIntake: Sendable {
  let services: Services

  /// Refuses in this order: `edi.unmappable`, `edi.orderUnknown`, `purchase.wrongState`, `edi.itemUnknown`, and the
  /// codes of `NoticeDesk.announce`.
  func take(_ document: EDISupplierDocument, in tx: Transaction) async throws {
    let notice = try document.content.shipNotice()
    guard !notice.orders.isEmpty, notice.orders.contains(where: { !$0.items.isEmpty }) else {
      throw Refusal.unmappable("The ship notice names no item of any order.", "HL", 1)
    }
    let orders = try await EDIPurchase.load(
      Array(Set(notice.orders.map(\.number))).sorted(), supplier: document.supplier, in: tx)
    var lines: [NoticeRequest.Line] = []
    for part in notice.orders {
      guard let order = orders[part.number] else { throw Refusal.notFound }
      try order.require(open: true)
      for package in part.packages {
        for item in package.items {
          let line = try order.line(item.line, item.identifiers)
          lines.append(
            NoticeRequest.Line(
              orderLine: line.id, quantity: try Quantity(item.quantity.text), unit: item.unit, sscc: package.sscc,
              lot: item.lot.map { EDIText.printable($0, max: 60) }))
        }
      }
    }
    let request = NoticeRequest(
      supplier: document.supplier, number: EDIText.printable(notice.number, max: 40),
      shippedOn: notice.shippedOn.flatMap { try? CivilDate($0) },
      expectedOn: notice.expectedOn.flatMap { try? CivilDate($0) },
      carrier: notice.carrier.map { EDIText.printable($0, max: 80) },
      trackingNumber: notice.trackingNumber.map { EDIText.printable($0, max: 80) },
      billOfLading: notice.billOfLading.map { EDIText.printable($0, max: 80) }, message: document.message,
      lines: lines)
    let made = try await NoticeDesk(services: services).announce(request, in: tx)
    for line in made.beyond {
      try tx.enqueue(
        EDIWorkList(services: services).entry(
          "edi.advisedBeyondOrder", about: "ship notice \(request.number)",
          "\(line.quantity) of \(line.sku) more are on their way than the order still waits for.",
          message: document.message))
    }
    try tx.enqueue(
      Query(
        Statement(
          "UPDATE edi_message AS message SET state = 'processed', purchase_order_id = $2 WHERE message.id = $1"),
        .id(document.message), .optional(orders.count == 1 ? orders.values.first?.id : nil)))
  }
}
