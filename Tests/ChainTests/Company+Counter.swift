import BulkheadCore
import BulkheadData
import BulkheadWork
import Distribution

@testable import bulkhead

// MARK: - Goods that come back

extension Company {
  func bringBack(_ act: Act) async throws -> Bool {
    if act.kind == .takeBack { return try await takeBack(act) }
    guard let shipment = one(shipments, act.dice[0]) else { return false }
    let lines = try await get("/v1/shipments/\(shipment)")["lines"]?.array ?? []
    guard let line = one(lines, act.dice[1]), let id = line["id"]?.string else { return false }
    let body: JSON = [
      "reason": "Too many", "outcome": .string(["credit_note", "replacement"][act.dice[2] % 2]),
      "lines": [["shipmentLineId": .string(id), "quantity": .int(1 + act.dice[2] % 6)]],
    ]
    guard let asked = try await post("/v1/returns", body)?["id"]?.string,
      try await post("/v1/returns/\(asked)/accept", [:]) != nil
    else { return false }
    returns.append(Return(path: "/v1/returns/\(asked)", lot: picks[shipment]?.first?["lot"] ?? .null))
    return true
  }

  private func takeBack(_ act: Act) async throws -> Bool {
    guard let back = one(returns, act.dice[0]) else { return false }
    let item: JSON = [
      "line": 1, "quantity": .int(1 + act.dice[1] % 4), "lot": back.lot,
      "disposition": .string(["restock", "quarantine", "scrap"][act.dice[2] % 3]),
    ]
    _ = try await post("\(back.path)/receive", ["items": [item]])
    return try await post("\(back.path)/complete", [:]) != nil
  }
}

// MARK: - The till

extension Company {
  func counter(_ act: Act) async throws -> Bool {
    if act.kind == .till { return try await openOrFill(act) }
    guard let session = tillSession else { return false }
    switch act.kind {
    case .tillSale: return try await sell(act, session)
    case .tillRefund:
      guard let sale = one(sales, act.dice[0]) else { return false }
      let body: JSON = [
        "uuid": nextUUID(), "sessionId": .string(session), "lines": [["line": 1, "quantity": "1"]],
        "payments": [["method": "card", "amount": "12.50"]], "reason": "Broken box",
      ]
      return try await post("/v1/pos/orders/\(sale)/refunds", body) != nil
    default:
      _ = try await post("/v1/pos/sessions/\(session)/closing")
      let closed = try await post("/v1/pos/sessions/\(session)/close", ["counted": .string("\(act.dice[0]).50")])
      if closed != nil { tillSession = nil }
      return closed != nil
    }
  }

  /// Opens the till, or brings goods to it when it is open.
  private func openOrFill(_ act: Act) async throws -> Bool {
    if terminal == nil {
      let body: JSON = [
        "code": "T1", "name": "Front till", "country": "US",
        "stockPosting": .string(["order", "session"][act.dice[2] % 2]),
      ]
      terminal = try await post("/v1/pos/terminals", body)?["id"]?.string
    }
    if tillSession == nil, let terminal {
      let body: JSON = ["terminalId": .string(terminal), "float": "100.00"]
      let opened = try await post("/v1/pos/sessions", body)?["id"]?.string
      if let opened { tillSession = opened }
      return opened != nil
    }
    let line: JSON = [
      "sku": .string(DemoCompany.sku), "quantity": .int(1 + act.dice[0] % 20), "lot": "L1", "location": "POS-T1",
      "unitCost": .string(["5.00", "6.11"][act.dice[1] % 2]),
    ]
    return try await post("/v1/stock-adjustments", ["kind": "receipt", "reason": "For the till", "lines": [line]])
      != nil
  }

  /// A till that lost the answer sends its sale again.
  private func sell(_ act: Act, _ session: String) async throws -> Bool {
    let body: JSON = [
      "uuid": nextUUID(), "sessionId": .string(session),
      "lines": [["sku": .string(DemoCompany.sku), "quantity": .int(1 + act.dice[0] % 9)]],
      "payments": [["method": "cash", "amount": "200.00"]],
    ]
    guard let sold = try await post("/v1/pos/orders", body), let id = sold["id"]?.string else { return false }
    if act.dice[2].isMultiple(of: 2), let again = try await post("/v1/pos/orders", body), again["id"]?.string != id {
      findings.append("/v1/pos/orders: the same sale twice: \(sold.text) and \(again.text)")
    }
    sales.append(id)
    return true
  }

  private func nextUUID() -> JSON {
    uuids += 1
    return .string("0f000000-0000-4000-8000-" + String(String(1_000_000_000_000 + uuids).dropFirst()))
  }
}

// MARK: - Files

extension Company {
  /// A file of two rows, of which one is refused, with its jobs run here: a job whose session is ended is run again.
  func importStock(_ act: Act) async throws -> Bool {
    let body: JSON = ["kind": "stock", "fileName": "stock.csv", "columns": []]
    guard let id = try await post("/v1/imports", body)?["id"]?.string else { return false }
    let path = "/v1/imports/\(id)"
    let csv = "sku,quantity,lot,unitCost\n\(DemoCompany.sku),\(1 + act.dice[0] % 30),L2,4.44\nNO-SUCH,1,L2,1.00\n"
    let part = try await system.call(
      "PUT", "\(path)/parts/1", token: tenant.token, bytes: Array(csv.utf8), headers: ["Content-Type": "text/csv"])
    guard part.status == 200, try await post("\(path)/check", ["parts": 1]) != nil,
      try await settle(path, until: "checked"), try await post("\(path)/run", [:]) != nil
    else { return false }
    return try await settle(path, until: "done")
  }

  private func settle(_ path: String, until state: String) async throws -> Bool {
    for _ in 0..<20 {
      let now = try await get(path)["state"]?.string
      if now == state { return true }
      guard now == "checking" || now == "running" else { return false }
      do { try await step(path) } catch let error as DataError where error.kind == .connectionLost {}
    }
    findings.append("\(path): never \(state)")
    return false
  }

  private func step(_ path: String) async throws {
    guard let id = EntityID(path.split(separator: "/").last ?? "") else { return }
    let scoped = try await system.platform.operatorTenant(tenant.record, reason: "chain")
    let rows = try await scoped.read(Query(Statement("SELECT turn FROM import_job WHERE id = $1"), .id(id)))
    guard let turn = try rows[0].first?.int(0),
      let handler = system.application.modules.jobHandlers.first(where: { $0.topic == "import.step" })
    else { return }
    try await handler.run(
      Job(
        id: system.platform.ambient.makeID(), topic: "import.step", key: id.description,
        payload: ["import": .id(id), "turn": .int(turn)], cause: scoped.context.actor, attempt: 1, attemptsMax: 12,
        createdAt: system.platform.ambient.now), scoped)
  }
}
