import BulkheadCore
import BulkheadData

/// An entry that a person makes by hand, account by account.
struct JournalRequest: Sendable {
  struct Line: Sendable {
    let accountID: EntityID
    let debit: Money?
    let credit: Money?

    /// Positive: debit; negative: credit.
    var minor: Int64 { (debit?.minor ?? 0) - (credit?.minor ?? 0) }
  }

  static let linesMax = 1000

  let legalEntityID: EntityID?
  let effectiveOn: CivilDate?
  let memo: String
  let lines: [Line]
}

/// Entries by hand and their reversals. What documents posted is reversed by their own desks only, because the entry
/// would no longer be what the document says.
struct JournalDesk {
  let services: Services

  static let origin = "journal"

  init(_ services: Services) { self.services = services }

  /// Posts to the general book. Refuses in this order: `reference.unknown` (accounts of this entity),
  /// `account.inactive`, `ledger.controlAccount`, `ledger.lineOneSide`, `money.overflow`, `ledger.unbalanced`,
  /// `period.closed`.
  func post(_ request: JournalRequest, _ entity: LegalEntity, in tx: Transaction) async throws -> EntityID {
    let ids = Array(Set(request.lines.map(\.accountID))).sorted()
    let accounts = try KnownAccount.read(try await tx.run(AccountRecords.several, .ids(ids)), of: entity)
    try check(request, accounts)
    let id = services.ambient.makeID()
    let entry = AccountEntry(
      id: id, legalEntityID: entity.id, book: .general,
      effectiveOn: request.effectiveOn ?? CivilDate(services.ambient.now),
      originType: Self.origin, originID: id, memo: request.memo, reversalOf: nil,
      lines: request.lines.map {
        AccountEntry.Line(accountID: $0.accountID, partyID: nil, minor: $0.minor, dueOn: nil)
      })
    try await write(entry, act: "ledger.posted", in: tx)
    return id
  }

  private func check(_ request: JournalRequest, _ accounts: [EntityID: KnownAccount]) throws(Refusal) {
    try MentionCheck.refuse(
      .referenceUnknown, "There is no such account of this legal entity.", "/lines",
      request.lines.indices.filter { accounts[request.lines[$0].accountID] == nil }
    ) { _ in "/accountId" }
    try MentionCheck.refuse(
      .accountInactive, "This account is no longer posted to.", "/lines",
      request.lines.indices.filter { accounts[request.lines[$0].accountID]?.isActive == false }
    ) { _ in "/accountId" }
    try MentionCheck.refuse(
      .ledgerControlAccount, "A control account is posted to by its documents only, never by hand.", "/lines",
      request.lines.indices.filter { accounts[request.lines[$0].accountID]?.control != nil }
    ) { _ in "/accountId" }
    try MentionCheck.refuse(
      .ledgerLineOneSide, "A line has a debit or a credit of more than zero, and not both.", "/lines",
      request.lines.indices.filter { index in
        let line = request.lines[index]
        return (line.debit == nil) == (line.credit == nil) || line.minor == 0
      })
  }

  /// Posts the opposite of an entry that was made by hand. Refuses in this order: `resource.notFound`,
  /// `ledger.notManual`, `ledger.alreadyReversed`, `period.closed`.
  func reverse(_ id: EntityID, on day: CivilDate?, memo: String?, in tx: Transaction) async throws -> EntityID {
    guard let found = try AccountEntry.read(try await tx.run(AccountEntry.queries(id))) else { throw Refusal.notFound }
    guard found.entry.originType == Self.origin else {
      throw Refusal(.ledgerNotManual, "A document posted this entry: correct the document.")
    }
    guard !found.isReversed else { throw Refusal(.ledgerAlreadyReversed, "This entry has been reversed already.") }
    let reversal = found.entry.reversed(
      id: services.ambient.makeID(), on: day ?? CivilDate(services.ambient.now), memo: memo)
    try await write(reversal, act: "ledger.reversed", in: tx)
    return reversal.id
  }

  private func write(_ entry: AccountEntry, act: String, in tx: Transaction) async throws {
    let queries = try entry.queries(tx.context, services.ambient)
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    let detail: JSON = [
      "entry": .id(entry.id), "effectiveOn": .string(entry.effectiveOn.description), "memo": .string(entry.memo),
    ]
    try tx.enqueue(
      services.outbox.query(topic: act, key: entry.id.description, payload: detail, context: tx.context))
    try tx.enqueue(services.audit.query(act, subject: "ledger_entry:\(entry.id)", detail: detail, context: tx.context))
  }
}
