/// Says in a CONTRL (version D, release 3) what became of an interchange: each of its messages, taken or rejected.
public enum EDIFACTAcknowledgment {
  /// UNH's identifier of the message.
  public static let identifier = ["CONTRL", "D", "3", "UN"]

  /// The body of the CONTRL that an interchange is owed; `nil` where it acknowledges and nothing else, or two sides
  /// could answer each other for ever.
  static func reply(to interchange: EDIFACTInterchange) -> [EDIFACTSegment]? {
    let isAcknowledgment = !interchange.messages.isEmpty && interchange.messages.allSatisfy { $0.type == "CONTRL" }
    return isAcknowledgment ? nil : body(interchange)
  }

  /// The segments between UNH and UNT.
  public static func body(_ interchange: EDIFACTInterchange) -> [EDIFACTSegment] {
    let fatal = interchange.findings.first(where: \.isFatal)
    // 4: rejected with all below; 7: this level acknowledged, what is below is told one by one.
    var response: [[String]] = [
      [fit(interchange.reference, 14)], address(interchange.sender), address(interchange.recipient),
      [fatal == nil ? "7" : "4"],
    ]
    guard let fatal else {
      return [EDIFACTSegment("UCI", response)]
        + interchange.messages.filter { $0.type != "CONTRL" }.flatMap { segments($0) }
    }
    response.append([fatal.code.rawValue])
    if ["UNB", "UNZ", "UNG", "UNE", "UNH", "UNT"].contains(fatal.segment) {
      response.append([fatal.segment])
      if let element = fatal.element { response.append([place(element)]) }
    }
    return [EDIFACTSegment("UCI", response)]
  }

  private static func segments(_ message: EDIFACTMessage) -> [EDIFACTSegment] {
    let identifier = [
      fit(message.type, 6), fit(message.version, 3), fit(message.release, 3), fit(message.agency, 2),
      message.association.map { fit($0, 6) } ?? "",
    ]
    let reference = fit(message.reference, 14)
    guard let fatal = message.findings.first(where: \.isFatal) else {
      return [EDIFACTSegment("UCM", [[reference], identifier, ["7"]])]
    }
    var told: [[String]] = [[reference], identifier, ["4"], [fatal.code.rawValue]]
    if ["UNH", "UNT"].contains(fatal.segment) {
      told.append([fatal.segment])
      if let element = fatal.element { told.append([place(element)]) }
      return [EDIFACTSegment("UCM", told)]
    }
    var segments = [EDIFACTSegment("UCM", told)]
    segments.append(EDIFACTSegment("UCS", [[String(fatal.position)], [fatal.code.rawValue]]))
    if let element = fatal.element {
      segments.append(EDIFACTSegment("UCD", [[fatal.code.rawValue], [place(element)]]))
    }
    return segments
  }

  /// 0098 counts the tag as the first.
  private static func place(_ element: Int) -> String { String(element + 1) }

  private static func address(_ address: EDIFACTAddress) -> [String] {
    let id = fit(address.id, 35)
    return address.qualifier.isEmpty ? [id] : [id, fit(address.qualifier, 4)]
  }

  /// What is quoted from a faulty interchange is made fit to be quoted, or the answer would have the same fault.
  private static func fit(_ text: String, _ max: Int) -> String {
    let clean = text.unicodeScalars.filter { $0.value >= 0x20 && $0.value < 0x7F }.prefix(max)
    return clean.isEmpty ? "0" : String(String.UnicodeScalarView(clean))
  }
}
