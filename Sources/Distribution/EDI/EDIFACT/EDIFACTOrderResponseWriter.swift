import BulkheadCore

/// Writes ORDRSP of D.96A: the verdict on the whole in BGM 4343, on each line in LIN 1229, and what will be delivered
/// (QTY 113) and follows later (QTY 83) beside what was ordered (QTY 21).
enum EDIFACTOrderResponseWriter {
  /// The segments between UNH and UNT. Refuses with `edi.numberUnfit`.
  static func body(_ answer: PurchaseOrderAnswer, _ units: EDIFACTUnits) throws(Refusal) -> [EDIFACTSegment] {
    let number = EDIFACTParts.cut(answer.sellerNumber ?? answer.orderNumber, 35)
    var body = [EDIFACTSegment("BGM", [["231"], [number], ["9"], [responseType(answer)]])]
    body += EDIFACTParts.date("137", answer.answeredOn)
    body += EDIFACTParts.reference("ON", answer.orderNumber) + EDIFACTParts.date("4", answer.orderDate)
    body += EDIFACTParts.reference("VN", answer.sellerNumber) + EDIFACTParts.parties(answer.parties)
    if let currency = answer.currency { body.append(EDIFACTSegment("CUX", [["2", currency, "9"]])) }
    for (line, number) in zip(answer.lines, EDIFACTParts.numbers(answer.lines.map(\.ordered.number))) {
      body += try segments(line, number, isOnHold: answer.isOnHold, units)
    }
    return body + EDIFACTParts.summary(lines: answer.lines.count)
  }

  /// 4343: rejected, message received and not decided on, accepted with changes or as it is.
  private static func responseType(_ answer: PurchaseOrderAnswer) -> String {
    if answer.isRejected { return "RE" }
    if answer.isOnHold { return "AB" }
    return answer.lines.allSatisfy(\.isAsOrdered) ? "AD" : "AC"
  }

  private static func segments(
    _ line: PurchaseOrderAnswer.Line, _ number: String, isOnHold: Bool, _ units: EDIFACTUnits
  ) throws(Refusal) -> [EDIFACTSegment] {
    let ordered = line.ordered
    // 7 not accepted, 5 accepted as it is, 6 with amendments. An order on hold promises nothing yet.
    let action = line.isRejected ? "7" : isOnHold ? "" : line.isAsOrdered ? "5" : "6"
    var segments = try EDIFACTParts.item(number, action: action, ordered.identifiers, ordered.description)
    segments.append(try EDIFACTParts.quantity("21", ordered.quantity, ordered.unit, units))
    if line.isRejected || !isOnHold {
      segments.append(try EDIFACTParts.quantity("113", line.confirmed, ordered.unit, units))
      if line.backordered.isPositive {
        segments.append(try EDIFACTParts.quantity("83", line.backordered, ordered.unit, units))
      }
      segments += EDIFACTParts.date("67", line.promisedOn)
    }
    return try segments + EDIFACTParts.text("AAO", line.reason) + EDIFACTParts.price(line.unitPrice)
  }
}
