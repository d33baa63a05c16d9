/// Says in a CONTRL (version D, release 3) what became of an interchange: each of its messages, taken or rejected.
public enum EDIFACTAcknowledgment {
  /// UNH's identifier of the message.
  public static let identifier = ["CONTRL", "D", "3", "UN"]

  /// The segments between UNH and UNT. `isRepeated`: its reference was used before, so none of it is taken.
  public static func body(_ interchange: EDIFACTInterchange, isRepeated: Bool = false) -> [EDIFACTSegment] {
    let fatal = interchange.findings.first(where: \.isFatal)
    let isRejected = isRepeated || fatal != nil
    // 4: rejected with all below; 7: this level acknowledged, what is below is told one by one.
    var response: [[String]] = [
      [interchange.reference], address(interchange.sender), address(interchange.recipient), [isRejected ? "4" : "7"],
    ]
    if isRepeated {
      response.append([EDIFACTFinding.Code.duplicate.rawValue])
    } else if let fatal {
      response += [[fatal.code.rawValue], [fatal.segment]]
      if let element = fatal.element { response.append([String(element)]) }
    }
    var segments = [EDIFACTSegment("UCI", response)]
    guard !isRejected else { return segments }
    for message in interchange.messages { segments += self.segments(message) }
    return segments
  }

  private static func segments(_ message: EDIFACTMessage) -> [EDIFACTSegment] {
    let identifier = [message.type, message.version, message.release, message.agency, message.association ?? ""]
    guard let fatal = message.findings.first(where: \.isFatal) else {
      return [EDIFACTSegment("UCM", [[message.reference], identifier, ["7"]])]
    }
    var told: [[String]] = [[message.reference], identifier, ["4"], [fatal.code.rawValue]]
    let isService = ["UNH", "UNT"].contains(fatal.segment)
    if isService {
      told.append([fatal.segment])
      if let element = fatal.element { told.append([String(element)]) }
      return [EDIFACTSegment("UCM", told)]
    }
    let place = EDIFACTSegment("UCS", [[String(fatal.position)], [fatal.code.rawValue]])
    return [EDIFACTSegment("UCM", told), place]
  }

  private static func address(_ address: EDIFACTAddress) -> [String] {
    address.qualifier.isEmpty ? [address.id] : [address.id, address.qualifier]
  }
}
