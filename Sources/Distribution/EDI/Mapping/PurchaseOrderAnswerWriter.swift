/// Writes an 855 of version 004010.
public enum PurchaseOrderAnswerWriter {
  /// The segments between ST and SE.
  ///
  /// A line of which a part is available is answered by two ACK: what is accepted now (IA, or IP where the price is
  /// ours) and what is backordered (IB). The order of segments is the standard's: PO1, PID, REF, ACK.
  public static func body(_ answer: PurchaseOrderAnswer) -> [X12Segment] {
    var body = [
      X12Segment(
        "BAK", "00", acknowledgmentType(answer), answer.orderNumber, X12Calendar.compact(answer.orderDate), "", "", "",
        answer.sellerNumber ?? "", X12Calendar.compact(answer.answeredOn))
    ]
    if let currency = answer.currency { body.append(X12Segment("CUR", "SE", currency)) }
    if let number = answer.sellerNumber { body.append(X12Segment("REF", "VN", String(number.prefix(30)))) }
    for line in answer.lines { body += segments(line, isOnHold: answer.isOnHold) }
    body.append(X12Segment("CTT", String(answer.lines.count)))
    return body
  }

  /// BAK02: rejected, held, accepted with changes or accepted as it is; always with detail.
  static func acknowledgmentType(_ answer: PurchaseOrderAnswer) -> String {
    if answer.isRejected { return "RD" }
    if answer.isOnHold { return "AH" }
    return answer.lines.allSatisfy(\.isAsOrdered) ? "AD" : "AC"
  }

  private static func segments(_ line: PurchaseOrderAnswer.Line, isOnHold: Bool) -> [X12Segment] {
    let ordered = line.ordered
    let identifiers = ordered.identifiers.prefix(10).flatMap { [$0.qualifier, $0.value] }
    var segments = [
      X12Segment(
        "PO1",
        [
          ordered.number, ordered.quantity.text, ordered.unit, line.unitPrice?.spelled(minimumScale: 2) ?? "", "",
        ] + identifiers)
    ]
    if let description = ordered.description {
      segments.append(X12Segment("PID", "F", "", "", "", String(description.prefix(80))))
    }
    if let reason = line.reason { segments.append(X12Segment("REF", "ZZ", "", String(reason.prefix(80)))) }
    return segments + statuses(line, isOnHold: isOnHold)
  }

  private static func statuses(_ line: PurchaseOrderAnswer.Line, isOnHold: Bool) -> [X12Segment] {
    let unit = line.ordered.unit
    guard !line.isRejected else { return [X12Segment("ACK", "IR", "0", unit)] }
    // An order on hold promises nothing yet.
    if isOnHold { return [X12Segment("ACK", "IH", line.ordered.quantity.text, unit)] }
    var statuses: [X12Segment] = []
    if line.confirmed.isPositive {
      let code = line.changesPrice ? "IP" : isComplete(line) ? "IA" : "IQ"
      statuses.append(status(code, line.confirmed, unit, line.promisedOn))
    }
    if line.backordered.isPositive { statuses.append(status("IB", line.backordered, unit, nil)) }
    return statuses
  }

  /// Whether what is confirmed and what follows make up the order; otherwise the quantity was changed.
  private static func isComplete(_ line: PurchaseOrderAnswer.Line) -> Bool {
    line.confirmed == line.ordered.quantity || line.backordered.isPositive
  }

  /// 067 is "current schedule delivery".
  private static func status(_ code: String, _ quantity: EDIDecimal, _ unit: String, _ date: String?) -> X12Segment {
    guard let date else { return X12Segment("ACK", code, quantity.text, unit) }
    return X12Segment("ACK", code, quantity.text, unit, "067", X12Calendar.compact(date))
  }
}
