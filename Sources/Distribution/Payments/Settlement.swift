import BulkheadCore

/// Which open documents a payment or a credit note settles, and how far. Pure: everything it needs has been locked.
struct Settlement: Sendable {
  struct Asked: Sendable {
    let invoiceID: EntityID
    let amount: Money
  }

  /// A document that may be settled.
  struct Target: Sendable {
    let id: EntityID
    let kind: Invoice.Kind
    let status: Invoice.Status
    let number: String?
    let customerID: EntityID
    let legalEntityID: EntityID
    let invoiceOn: CivilDate
    let open: Int64
    let orderID: EntityID?
  }

  /// What settles.
  struct Source: Sendable {
    let partyID: EntityID
    let legalEntityID: EntityID
    /// Money in and credit notes settle invoices, money that goes back settles credit notes.
    let settles: Invoice.Kind
    let on: CivilDate
    let open: Int64
  }

  struct Part: Sendable {
    let target: Target
    let minor: Int64
    /// The later of the two documents' dates, so that a list at any day balances.
    let on: CivilDate
  }

  let parts: [Part]
  /// What is left of the source.
  let rest: Int64

  /// Refuses in this order, each over all of `asked`: `line.repeated`, `reference.unknown`, `allocation.otherParty`
  /// (another customer's, or another legal entity's), `allocation.wrongKind`, `allocation.notOpen`,
  /// `allocation.beyondOpen`, `allocation.beyondSource`.
  init(_ asked: [Asked], from source: Source, to targets: [EntityID: Target]) throws(Refusal) {
    let pointer = "/allocations"
    var seen: Set<EntityID> = []
    try MentionCheck.refuse(
      .lineRepeated, "The same invoice stands here twice.", pointer,
      asked.indices.filter { !seen.insert(asked[$0].invoiceID).inserted })
    let found = asked.map { targets[$0.invoiceID] }
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such invoice.", pointer, found.indices.filter { found[$0] == nil }
    ) { _ in "/invoiceId" }
    let known = found.compactMap { $0 }
    try MentionCheck.refuse(
      .allocationOtherParty, "This invoice is another customer's, or another legal entity's.", pointer,
      known.indices.filter {
        known[$0].customerID != source.partyID || known[$0].legalEntityID != source.legalEntityID
      }
    ) { _ in "/invoiceId" }
    try MentionCheck.refuse(
      .allocationWrongKind, "Money in and credit notes settle invoices; money that goes back settles credit notes.",
      pointer, known.indices.filter { known[$0].kind != source.settles }
    ) { _ in "/invoiceId" }
    try MentionCheck.refuse(
      .allocationNotOpen, "Nothing of this invoice is open.", pointer,
      known.indices.filter { known[$0].status != .posted }
    ) { _ in "/invoiceId" }
    try MentionCheck.refuse(
      .allocationBeyondOpen, "This is more than is open of the invoice.", pointer,
      known.indices.filter { asked[$0].amount.minor > known[$0].open }
    ) { _ in "/amount" }
    var rest = source.open
    for (index, one) in asked.enumerated() {
      let (left, overflow) = rest.subtractingReportingOverflow(one.amount.minor)
      guard !overflow, left >= 0 else {
        throw Refusal(
          .allocationBeyondSource, "Together these are more than there is to allocate.",
          at: "\(pointer)/\(index)/amount")
      }
      rest = left
    }
    self.rest = rest
    parts = zip(known, asked).map { Part(target: $0, minor: $1.amount.minor, on: max(source.on, $0.invoiceOn)) }
  }

  /// The orders whose invoices change.
  var orders: [EntityID] { Array(Set(parts.compactMap(\.target.orderID))).sorted() }
}
