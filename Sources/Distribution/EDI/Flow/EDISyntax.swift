import BulkheadCore

/// The languages that documents are written in; the raw value is the version that an agreement names.
enum EDISyntax: String, Sendable, CaseIterable {
  case x12 = "004010"
  case edifact = "D.96A"

  /// What bytes begin like. Whatever does not begin like EDIFACT is read as X12, which then says what is wrong.
  static func of(_ bytes: [UInt8]) -> EDISyntax {
    let begin = bytes.drop { $0 == 0x0A || $0 == 0x0D || $0 == 0x20 || $0 == 0x09 }.prefix(3)
    return ["UNA", "UNB"].contains { begin.elementsEqual($0.utf8) } ? .edifact : .x12
  }

  /// As RFC 1767 names them.
  var contentType: String {
    switch self {
    case .x12: "application/edi-x12"
    case .edifact: "application/edifact"
    }
  }

  /// Bytes of an interchange as text to be shown. What is no UTF-8 is ISO 8859-1.
  static func text(_ bytes: [UInt8]) -> String {
    String(validating: bytes, as: UTF8.self) ?? EDIFACTText.unoC.decode(bytes).text
  }
}

/// What a document is, in whichever language it is written.
enum EDIDocumentKind: Sendable, CaseIterable {
  case order
  case answer
  case shipNotice
  case invoice
  case acknowledgment

  /// The name of the transaction set or message.
  func type(in syntax: EDISyntax) -> String {
    let (x12, edifact) =
      switch self {
      case .order: ("850", "ORDERS")
      case .answer: ("855", "ORDRSP")
      case .shipNotice: ("856", "DESADV")
      case .invoice: ("810", "INVOIC")
      case .acknowledgment: ("997", "CONTRL")
      }
    return syntax == .x12 ? x12 : edifact
  }

  /// The kind and the language that a name stands for; `nil` for one that is not read here.
  static func of(_ type: String) -> (kind: EDIDocumentKind, syntax: EDISyntax)? {
    for kind in allCases {
      for syntax in EDISyntax.allCases where kind.type(in: syntax) == type { return (kind, syntax) }
    }
    return nil
  }

  /// Both names.
  var types: [String] { EDISyntax.allCases.map { type(in: $0) } }
}

/// Who sends to whom, under which number: what an interchange's header says, in whichever language.
struct EDIEnvelope: Sendable {
  let syntax: EDISyntax
  let senderQualifier: String
  let sender: String
  let receiverQualifier: String
  let receiver: String
  /// `T`, `P`, or what else an ISA15 says.
  let usage: String
  /// ISA13 or UNB 0020, as it is stored: 1 to 14 printable characters.
  let controlNumber: String

  init(_ header: X12InterchangeHeader) {
    syntax = .x12
    senderQualifier = header.senderQualifier
    sender = header.sender
    receiverQualifier = header.receiverQualifier
    receiver = header.receiver
    usage = header.usage
    controlNumber = header.controlNumber
  }

  /// An address without a qualifier is one that the partners have agreed on between them, which X12 calls `ZZ`.
  init(_ interchange: EDIFACTInterchange) {
    func qualifier(_ address: EDIFACTAddress) -> String {
      address.qualifier.isEmpty ? "ZZ" : EDIText.printable(address.qualifier, max: 4)
    }
    syntax = .edifact
    senderQualifier = qualifier(interchange.sender)
    sender = EDIText.printable(interchange.sender.id, max: 35)
    receiverQualifier = qualifier(interchange.recipient)
    receiver = EDIText.printable(interchange.recipient.id, max: 35)
    usage = interchange.isTest ? "T" : "P"
    let isFit =
      (1...14).contains(interchange.reference.utf8.count)
      && interchange.reference.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    // One that cannot be stored is a fault of the envelope, which then uses up no number.
    controlNumber = isFit ? interchange.reference : "0"
  }
}
