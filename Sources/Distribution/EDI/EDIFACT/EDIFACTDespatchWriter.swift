import BulkheadCore

/// Writes DESADV of D.96A: a level for the shipment and below it one for each package, with its SSCC (PCI 33E, GIN BJ).
enum EDIFACTDespatchWriter {
  /// The segments between UNH and UNT. Refuses with `edi.numberUnfit`.
  static func body(_ notice: ShipNotice, _ units: EDIFACTUnits) throws(Refusal) -> [EDIFACTSegment] {
    var body = [EDIFACTSegment("BGM", [["351"], [EDIFACTParts.cut(notice.number, 35)], ["9"]])]
    let minute = X12Calendar.compact(notice.writtenOn) + notice.writtenAt
    body +=
      minute.count == 12
      ? [EDIFACTSegment("DTM", [["137", minute, "203"]])] : EDIFACTParts.date("137", notice.writtenOn)
    body += EDIFACTParts.date("11", notice.shippedOn) + EDIFACTParts.date("17", notice.expectedOn)
    if let weight = notice.weightKilograms {
      body.append(EDIFACTSegment("MEA", [["PD"], ["AAD"], ["KGM", weight.text]]))
    }
    // The order stands here where there is one, and in any case at each line.
    if let order = notice.orders.first, notice.orders.count == 1 {
      body += EDIFACTParts.reference("ON", order.number) + EDIFACTParts.reference("VN", order.sellerNumber)
    }
    body += EDIFACTParts.reference("CN", notice.trackingNumber) + EDIFACTParts.reference("BM", notice.billOfLading)
    body += EDIFACTParts.parties([notice.shipFrom, notice.shipTo].compactMap { $0 })
    if let carrier = notice.carrier {
      body.append(EDIFACTSegment("TDT", [["20"], [""], [""], [""], ["", "", "", EDIFACTParts.cut(carrier, 35)]]))
    }
    body.append(EDIFACTSegment("CPS", [["1"]]))
    if notice.packageCount > 0 { body.append(EDIFACTSegment("PAC", [[String(notice.packageCount)], [""], ["CT"]])) }
    return try body + packages(notice, units)
  }

  private static func packages(_ notice: ShipNotice, _ units: EDIFACTUnits) throws(Refusal) -> [EDIFACTSegment] {
    var segments: [EDIFACTSegment] = []
    var level = 1
    var lines = 0
    for order in notice.orders {
      for package in order.packages {
        level += 1
        segments.append(EDIFACTSegment("CPS", [[String(level)], ["1"]]))
        if let sscc = package.sscc {
          segments.append(EDIFACTSegment("PAC", [["1"], [""], ["CT"]]))
          segments.append(EDIFACTSegment("PCI", [["33E"]]))
          segments.append(EDIFACTSegment("GIN", [["BJ"], [sscc]]))
        }
        for item in package.items {
          lines += 1
          segments += try self.item(item, String(lines), order.number, units)
        }
      }
    }
    return segments
  }

  private static func item(
    _ item: ShipNotice.Item, _ number: String, _ order: String, _ units: EDIFACTUnits
  ) throws(Refusal) -> [EDIFACTSegment] {
    var segments = try EDIFACTParts.item(number, item.identifiers, item.description)
    segments.append(try EDIFACTParts.quantity("12", item.quantity, item.unit, units))
    if let ordered = item.ordered { segments.append(try EDIFACTParts.quantity("21", ordered, item.unit, units)) }
    let line = EDIFACTParts.orderLine(order, item.line)
    segments += line.isEmpty ? EDIFACTParts.reference("ON", order) : line
    if let lot = item.lot {
      segments.append(EDIFACTSegment("PCI", [["36E"]]))
      segments.append(EDIFACTSegment("GIN", [["BX"], [try EDIFACTParts.whole(lot, 35)]]))
    }
    return segments
  }
}
