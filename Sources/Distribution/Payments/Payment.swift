import BulkheadCore

/// Money that came in or went out.
struct Payment: Sendable {
  enum Direction: String, Sendable, CaseIterable {
    case received, made
  }

  /// Whose account it goes to: what the party owes us, or what we owe it.
  enum Book: String, Sendable, CaseIterable {
    case receivable, payable

    var role: AccountRole { self == .receivable ? .receivable : .payable }
  }

  enum Method: String, Sendable, CaseIterable {
    case bank, card, check, cash

    var role: AccountRole { self == .cash ? .cash : .bank }
  }

  enum Status: String, Sendable, CaseIterable {
    case posted
    /// Came back: what it had settled is open again.
    case bounced
  }

  /// What was settled by it, reversals included.
  struct Allocation: Sendable {
    let id: EntityID
    let invoiceID: EntityID
    let invoiceNumber: String?
    let minor: Int64
    let allocatedOn: CivilDate
    let reversalOf: EntityID?
  }

  let id: EntityID
  let legalEntityID: EntityID
  let number: String
  let direction: Direction
  let book: Book
  let method: Method
  var status: Status
  let partyID: EntityID
  let partyCode: String
  let currency: Currency
  let paidOn: CivilDate
  var bouncedOn: CivilDate?
  let reference: String?
  let amount: Int64
  /// On account: not allocated.
  var open: Int64
  let createdAt: Instant
  var version: Int64
  var allocations: [Allocation]

  /// What it adds to the customer's debt; nothing when it is a supplier's.
  var receivableChange: Int64 {
    switch (book, direction) {
    case (.receivable, .received): -amount
    case (.receivable, .made): amount
    case (.payable, _): 0
    }
  }

  /// Money in is a debit of the bank, and of the party's account the opposite.
  func entry(_ id: EntityID) -> LedgerEntry {
    var entry = LedgerEntry(
      id: id, book: .cash, effectiveOn: paidOn, originType: "payment", originID: self.id,
      memo: "Payment \(number) \(direction == .received ? "from" : "to") \(partyCode)")
    let minor = direction == .received ? amount : -amount
    entry.debit(method.role, minor, party: partyID)
    entry.credit(book.role, minor, party: partyID)
    return entry
  }

  private var header: [JSON.Member] {
    [
      .init("id", .id(id)), .init("legalEntityId", .id(legalEntityID)), .init("number", .string(number)),
      .init("direction", .string(direction.rawValue)), .init("book", .string(book.rawValue)),
      .init("method", .string(method.rawValue)), .init("status", .string(status.rawValue)),
      .init("partyId", .id(partyID)), .init("party", .string(partyCode)),
      .init("paidOn", .string(paidOn.description)), .init("bouncedOn", .optional(bouncedOn?.description)),
      .init("reference", .optional(reference)), .init("amount", Money(minor: amount, currency).json),
      .init("unallocated", Money(minor: open, currency).json), .init("createdAt", .instant(createdAt)),
      .init("version", .int(version)),
    ]
  }

  var summary: JSON { .object(header) }

  var json: JSON {
    .object(
      header + [
        .init(
          "allocations",
          .array(
            allocations.map { part in
              [
                "id": .id(part.id), "invoiceId": .id(part.invoiceID), "invoice": .optional(part.invoiceNumber),
                "amount": .string(Money(minor: part.minor, currency).text),
                "allocatedOn": .string(part.allocatedOn.description),
                "reversalOf": .optional(part.reversalOf?.description),
              ]
            }))
      ])
  }
}
