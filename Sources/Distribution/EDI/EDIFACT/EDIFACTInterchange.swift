/// One end of an interchange (UNB 0002 and 0003).
public struct EDIFACTAddress: Hashable, Sendable {
  public let id: String
  /// `14` says that the id is a GLN, `ZZ` that the partners agreed on it; empty when not sent.
  public let qualifier: String

  public init(_ id: String, _ qualifier: String = "") {
    self.id = id
    self.qualifier = qualifier
  }
}

/// One message, from UNH to UNT, and what is wrong with it.
public struct EDIFACTMessage: Hashable, Sendable {
  /// UNH 0062.
  public let reference: String
  /// `ORDERS`.
  public let type: String
  /// `D`, `96A`, `UN`, and what the association adds (`EAN008`), if anything.
  public let version: String
  public let release: String
  public let agency: String
  public let association: String?
  /// From UNH to UNT; positions count from 1.
  public let segments: [EDIFACTSegment]
  public let findings: [EDIFACTFinding]

  public var isRejected: Bool { findings.contains(where: \.isFatal) }

  func adding(_ more: [EDIFACTFinding]) -> EDIFACTMessage {
    EDIFACTMessage(
      reference: reference, type: type, version: version, release: release, agency: agency, association: association,
      segments: segments, findings: findings + more)
  }
}

/// An interchange as it was read, with its messages.
public struct EDIFACTInterchange: Hashable, Sendable {
  public let delimiters: EDIFACTDelimiters
  /// UNB 0001: `UNOC`, and the syntax version.
  public let syntax: String
  public let syntaxVersion: String
  public let sender: EDIFACTAddress
  public let recipient: EDIFACTAddress
  /// UNB 0020: with sender and recipient, what tells an interchange from any other.
  public let reference: String
  /// UNB 0026, such as `ORDERS`.
  public let application: String?
  public let isTest: Bool
  /// Whether a CONTRL is asked for (UNB 0031).
  public let wantsAcknowledgement: Bool
  public let messages: [EDIFACTMessage]
  /// Of the envelope. A fatal one rejects all messages.
  public let findings: [EDIFACTFinding]

  public var isRejected: Bool { findings.contains(where: \.isFatal) }

  /// The same with its messages judged anew and `finding` before what was found.
  func adding(_ finding: EDIFACTFinding?, messages judged: [EDIFACTMessage]? = nil) -> EDIFACTInterchange {
    EDIFACTInterchange(
      delimiters: delimiters, syntax: syntax, syntaxVersion: syntaxVersion, sender: sender, recipient: recipient,
      reference: reference, application: application, isTest: isTest, wantsAcknowledgement: wantsAcknowledgement,
      messages: judged ?? messages, findings: [finding].compactMap { $0 } + findings)
  }
}
