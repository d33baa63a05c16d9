import BulkheadCore
import BulkheadData

/// Opens, counts and closes cashiers' sessions.
///
/// The account of cash in tills is what lies in the drawers of sessions that are open: the float comes from the bank
/// account and what was counted goes back there, as does every other cash in and out.
struct SessionDesk: Sendable {
  let services: Services

  init(_ services: Services) { self.services = services }

  /// Refuses with `reference.unknown`, `posTerminal.inactive`, `posSession.alreadyOpen`, `money.malformed`,
  /// `period.closed`.
  func open(_ terminal: EntityID, float text: String, in tx: Transaction) async throws -> EntityID {
    guard let row = try await tx.run(POSSessionStatements.terminal, .id(terminal)).first else {
      throw Refusal(.referenceUnknown, "There is no such terminal.", at: "/terminalId")
    }
    guard try row.bool(0) else {
      throw Refusal(.posTerminalInactive, "This terminal is no longer used.", at: "/terminalId")
    }
    let entity = LegalEntity(
      id: try row.id(1), currency: try row.currency(2), fiscalYearStartMonth: Int(try row.int(3)))
    let float = try amount(text, "float", entity)
    let id = services.ambient.makeID()
    let insert = Query(
      POSSessionStatements.insert, .id(id), .id(terminal), .id(entity.id), .text(entity.currency.code), .int(float),
      .text(tx.context.actor.description), .instant(services.ambient.now))
    _ = try await ConstraintRefusals.translating { try await tx.run([insert]) }
    try await post(id, entity, memo: "Float", in: tx) { entry in
      entry.debit(.cash, float)
      entry.credit(.bank, float)
    }
    try tell("pos.sessionOpened", id, [.init("float", Money(minor: float, entity.currency).json)], tx)
    return id
  }

  /// Refuses with `resource.notFound`, `posSession.wrongState`, `money.malformed`, `period.closed`.
  func move(
    _ id: EntityID, isIn: Bool, amount text: String, reason: String, in tx: Transaction
  ) async throws {
    let session = try await lock(id, [.opened], to: "move cash", tx)
    let minor = try amount(text, "amount", session.entity)
    guard minor > 0 else { throw Refusal(.moneyMalformed, "The amount is nothing.", at: "/amount") }
    try tx.enqueue(
      Query(
        POSSessionStatements.insertCashMove, .id(services.ambient.makeID()), .id(id), .text(isIn ? "in" : "out"),
        .int(minor), .text(reason), .text(tx.context.actor.description), .instant(services.ambient.now)))
    try await post(id, session.entity, memo: reason, in: tx) { entry in
      entry.debit(.cash, isIn ? minor : -minor)
      entry.credit(.bank, isIn ? minor : -minor)
    }
    try tell(
      "pos.cashMoved", id,
      [.init("direction", isIn ? "in" : "out"), .init("amount", Money(minor: minor, session.entity.currency).json)],
      tx)
  }

  /// Sells no more. Refuses with `resource.notFound`, `posSession.wrongState`.
  func startClosing(_ id: EntityID, in tx: Transaction) async throws {
    _ = try await lock(id, [.opened], to: "begin to close", tx)
    try tx.enqueue(Query(POSSessionStatements.setClosing, .id(id)))
    try tell("pos.sessionClosing", id, [], tx)
  }

  /// Takes the count, posts the difference, banks the drawer and, where the till is set so, posts the goods. Refuses
  /// with `resource.notFound`, `posSession.wrongState`, `posSession.openOrders`, `money.malformed`, `period.closed`.
  func close(_ id: EntityID, counted text: String, in tx: Transaction) async throws {
    let now = services.ambient.now
    let session = try await lock(id, [.closing], to: "be closed", tx)
    let rows = try await tx.run(
      Query(POSSessionStatements.hasOpenOrders, .id(id)), Query(POSSessionStatements.cash, .id(id)),
      Query(POSStatements.waitingGoodsOfSession, .id(id)))
    guard rows[0].isEmpty else {
      throw Refusal(.posSessionOpenOrders, "Orders of this session are open: take their payment or void them.")
    }
    let counted = try amount(text, "counted", session.entity)
    let flow = try rows[1].first?.int(0) ?? 0
    let (expected, overflow) = session.float.addingReportingOverflow(flow)
    guard !overflow else { throw Money.overflow }
    let goods = try POSStatements.goods(rows[2])
    let issue = GoodsIssue(
      entity: session.entity, originType: "pos_session", originID: id, memo: session.terminalCode,
      from: session.locationID, to: try session.customer(), goods: goods)
    if !goods.isEmpty {
      let held = try await tx.run(issue.locks)
      let queries = try issue.queries(held[...], services, tx.context)
      _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
    }
    try await post(id, session.entity, memo: "Close", in: tx) { entry in
      entry.debit(.bank, counted)
      entry.debit(.cashDifference, expected - counted)
      entry.credit(.cash, expected)
    }
    try tx.enqueue(
      Query(
        POSSessionStatements.close, .id(id), .int(expected), .int(counted), .text(tx.context.actor.description),
        .instant(now)))
    try tell(
      "pos.sessionClosed", id,
      [
        .init("expected", Money(minor: expected, session.entity.currency).json),
        .init("counted", Money(minor: counted, session.entity.currency).json),
      ], tx)
  }

  private func amount(_ text: String, _ name: String, _ entity: LegalEntity) throws(Refusal) -> Int64 {
    let body = BodyReader(.object([.init(name, .string(text))]))
    return try body.money(name, entity.currency)?.minor ?? 0
  }

  private func lock(
    _ id: EntityID, _ states: Set<POSSessionState>, to act: String, _ tx: Transaction
  ) async throws -> LockedSession {
    guard let session = try LockedSession(try await tx.run(LockedSession.query(id))[0]) else {
      throw Refusal.notFound
    }
    try session.require(states, to: act)
    return session
  }

  private func post(
    _ id: EntityID, _ entity: LegalEntity, memo: String, in tx: Transaction, _ fill: (inout LedgerEntry) -> Void
  ) async throws {
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .cash, effectiveOn: CivilDate(services.ambient.now),
      originType: "pos_session", originID: id, memo: memo)
    fill(&entry)
    let queries = try LedgerEntry.queries([entry], entity, tx.context, services.ambient)
    guard !queries.isEmpty else { return }
    _ = try await ConstraintRefusals.translating { try await tx.run(queries) }
  }

  private func tell(
    _ event: String, _ id: EntityID, _ detail: [JSON.Member], _ tx: Transaction
  ) throws {
    let payload = JSON.object([.init("session", .id(id))] + detail)
    try tx.enqueue(services.outbox.query(topic: event, key: id.description, payload: payload, context: tx.context))
    try tx.enqueue(
      services.audit.query(event, subject: "pos_session:\(id)", detail: .object(detail), context: tx.context))
  }
}
