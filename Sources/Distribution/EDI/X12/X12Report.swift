/// The verdict on one transaction set.
public struct X12SetReport: Sendable {
  public let set: X12TransactionSet
  public let findings: [X12Finding]

  public var isAccepted: Bool { !findings.contains(where: \.isFatal) }
  public var isClean: Bool { findings.isEmpty }
}

/// The verdict on one functional group.
public struct X12GroupReport: Sendable {
  public let group: X12Group
  /// The group's own findings. Any of them rejects every set in it.
  public let findings: [X12Finding]
  public let sets: [X12SetReport]

  public var isRejected: Bool { findings.contains(where: \.isFatal) }
  /// The sets that count.
  public var acceptedSets: [X12SetReport] { isRejected ? [] : sets.filter(\.isAccepted) }
}

/// The verdict on an interchange.
public struct X12Report: Sendable {
  public let interchange: X12Interchange
  public let groups: [X12GroupReport]

  /// Every finding, envelope first.
  public var findings: [X12Finding] {
    interchange.findings + groups.flatMap { $0.findings + $0.sets.flatMap(\.findings) }
  }
}
