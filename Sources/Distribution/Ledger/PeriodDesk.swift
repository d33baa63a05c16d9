import BulkheadCore
import BulkheadData

/// A month of a legal entity's books.
struct FiscalPeriod: Sendable {
  enum State: String, Sendable, CaseIterable {
    case open, closed
    /// Closed for good: audited, filed.
    case locked
  }

  enum Act: String, Sendable, CaseIterable {
    case close, reopen, lock
  }

  let startsOn: CivilDate
  let state: State
  /// Books that are closed while the month as a whole is open.
  let closedBooks: Set<LedgerBook>
  let version: Int64

  /// What becomes of the month. With `books`, those books by themselves are closed or opened again.
  ///
  /// Refuses in this order: `period.locked`, `period.wrongState` (closed already, not closed, or books of a month that
  /// is closed as a whole), `period.earlierOpen` (a month is locked after all that came before it).
  func after(
    _ act: Act, books: Set<LedgerBook>, isEarlierUnlocked: Bool
  ) throws(Refusal) -> (state: State, closedBooks: Set<LedgerBook>) {
    guard state != .locked else { throw Refusal(.periodLocked, "The month is locked for good.") }
    switch act {
    case .close where books.isEmpty:
      guard state == .open else { throw Self.wrong("The month is closed already.") }
      return (.closed, closedBooks)
    case .close:
      guard state == .open else { throw Self.wrong("The month is closed as a whole.") }
      guard closedBooks.isDisjoint(with: books) else { throw Self.wrong("A book named here is closed already.") }
      return (.open, closedBooks.union(books))
    case .reopen where books.isEmpty:
      guard state == .closed || !closedBooks.isEmpty else { throw Self.wrong("The month is open.") }
      return (.open, [])
    case .reopen:
      guard state == .open else { throw Self.wrong("The month is closed as a whole: reopen it first.") }
      guard closedBooks.isSuperset(of: books) else { throw Self.wrong("A book named here is open.") }
      return (.open, closedBooks.subtracting(books))
    case .lock:
      guard state == .closed else { throw Self.wrong("Only a closed month can be locked.") }
      guard !isEarlierUnlocked else {
        throw Refusal(.periodEarlierOpen, "A month before this one is not locked yet: lock in their order.")
      }
      return (.locked, closedBooks)
    }
  }

  private static func wrong(_ detail: String) -> Refusal { Refusal(.periodWrongState, detail) }
}

/// Closes, reopens and locks months.
struct PeriodDesk {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// Changes the month that `day` lies in; a month that nothing was posted to yet is made.
  ///
  /// Postings hold their month's row until they commit (`ledger_entry_admit`), so the lock below waits for those under
  /// way; what comes after waits for us and is then refused. Refuses with `reference.unknown` and the codes of
  /// `FiscalPeriod.after`.
  func change(
    _ act: FiscalPeriod.Act, entity asked: EntityID, month day: CivilDate, books: Set<LedgerBook>, in tx: Transaction
  ) async throws -> FiscalPeriod {
    let found = try await tx.run(LegalEntity.query(asked))
    guard !found[0].isEmpty else { throw Refusal.notFound }
    let rows = try await tx.run(
      Query(LedgerEntry.openPeriods, .id(asked), .texts([day.description])),
      Query(Self.lock, .id(asked), .date(day)))
    guard let row = rows[1].first else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "a period is missing after its insert")
    }
    let period = try FiscalPeriod(row)
    let after = try period.after(act, books: books, isEarlierUnlocked: try row.bool(4))
    let names = after.closedBooks.map(\.rawValue).sorted()
    try tx.enqueue(
      Query(
        Self.update, .id(asked), .date(period.startsOn), .text(after.state.rawValue), .texts(names)))
    let act = Self.names[act] ?? act.rawValue
    let detail: JSON = [
      "legalEntity": .id(asked), "month": .string(period.startsOn.description),
      "state": .string(after.state.rawValue), "closedBooks": .array(names.map(JSON.string)),
    ]
    try tx.enqueue(services.outbox.query(topic: act, key: asked.description, payload: detail, context: tx.context))
    try tx.enqueue(services.audit.query(act, subject: "legal_entity:\(asked)", detail: detail, context: tx.context))
    return FiscalPeriod(
      startsOn: period.startsOn, state: after.state, closedBooks: after.closedBooks, version: period.version + 1)
  }

  private static let names: [FiscalPeriod.Act: String] = [
    .close: "period.closed", .reopen: "period.reopened", .lock: "period.locked",
  ]

  private static let lock = Statement(
    """
    SELECT p.starts_on, p.state, p.closed_books, p.version,
           EXISTS (SELECT 1 FROM fiscal_period AS e
                    WHERE e.legal_entity_id = $1 AND e.starts_on < p.starts_on AND e.state <> 'locked')
      FROM fiscal_period AS p
     WHERE p.legal_entity_id = $1 AND p.starts_on = date_trunc('month', $2::date::timestamp)::date
       FOR UPDATE
    """)

  private static let update = Statement(
    """
    UPDATE fiscal_period SET state = $3, closed_books = $4::text[], version = version + 1
     WHERE legal_entity_id = $1 AND starts_on = $2::date
    """)

  static let list = Statement(
    """
    SELECT p.starts_on, p.state, p.closed_books, p.version FROM fiscal_period AS p
     WHERE p.legal_entity_id = $1 ORDER BY p.starts_on DESC LIMIT 1200
    """)
}

extension FiscalPeriod {
  init(_ row: Row) throws(Refusal) {
    let names = try row.text(2).dropFirst().dropLast().split(separator: ",")
    self.init(
      startsOn: try CivilDate(try row.text(0)), state: try row.known(1),
      closedBooks: Set(names.compactMap { LedgerBook(rawValue: String($0)) }), version: try row.int(3))
  }

  var json: JSON {
    [
      "startsOn": .string(startsOn.description), "state": .string(state.rawValue),
      "closedBooks": .array(closedBooks.map(\.rawValue).sorted().map(JSON.string)), "version": .int(version),
    ]
  }
}
