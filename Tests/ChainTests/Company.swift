import BulkheadCore
import Distribution
import Testing

@testable import bulkhead

/// A company as its two workers know it: the papers they made, and how each act continues on them.
///
/// Whatever is refused with a code is an answer like any other: workers do things in the wrong order here. An answer
/// that is neither done nor refused with a reason is a finding.
actor Company {
  let system: TestSystem
  let tenant: TestTenant
  private let keys: String
  private var requests = 0
  var findings: [String] = []
  /// Kinds of acts of which at least one was done.
  private(set) var done: Set<Act.Kind> = []

  private var orders: [String] = []
  var shipments: [String] = []
  private var packages: [String] = []
  private var invoices: [(id: String, total: String)] = []
  private var payments: [String] = []
  private var purchases: [(path: String, line: String)] = []
  var receipts: [String] = []
  /// Paths of returns to suppliers that may leave.
  var goingBack: [String] = []
  var picks: [String: [JSON]] = [:]
  var scans = 0
  var returns: [Return] = []
  var tillSession: String?
  var terminal: String?
  var sales: [String] = []
  var uuids = 0

  /// A return that was accepted: what came by which lot is known from the picking.
  struct Return {
    let path: String
    let lot: JSON
  }

  init(_ system: TestSystem, _ tenant: TestTenant) {
    self.system = system
    self.tenant = tenant
    keys = "\(tenant.id)"
  }

  /// Tries of one request until it is answered with something final.
  private static let triesMax = 400

  func prepare() async throws {
    _ = try await post("/v1/gs1-prefixes", ["prefix": "0614141", "nextSerial": 1])
    let supplier = try await first("/v1/parties?code=\(DemoCompany.supplier)")
    let product = try await first("/v1/products?sku=\(DemoCompany.sku)")
    _ = try await post(
      "/v1/supplier-prices",
      ["supplierId": .string(supplier), "productId": .string(product), "unitPrice": "5.60", "leadTimeDays": 14])
    try await furnish()
  }

  func play(_ act: Act) async throws {
    let made: Bool
    switch act.kind {
    case .receive, .correct, .count: made = try await stock(act)
    case .order, .cancelOrder, .allocate: made = try await sell(act)
    case .wave, .pick, .shortPick, .pack, .voidPackage, .ship, .cancelShipment: made = try await floor(act)
    case .invoice, .credit, .pay, .bounce: made = try await bill(act)
    case .purchase, .receivePurchase, .landedCost, .supplierInvoice: made = try await buy(act)
    case .putAway: made = try await putAway(act)
    case .sendBack, .shipBack: made = try await sendBack(act)
    case .returnGoods, .takeBack: made = try await bringBack(act)
    case .till, .tillSale, .tillRefund, .tillClose: made = try await counter(act)
    case .importStock: made = try await importStock(act)
    case .crash: made = try await crash()
    }
    if made { done.insert(act.kind) }
  }

  // MARK: - Asking

  /// The answer when it was done, `nil` when it was refused.
  func post(_ path: String, _ body: JSON? = nil) async throws -> JSON? {
    requests += 1
    let key = "\(keys)-\(requests)"
    for _ in 0..<Self.triesMax {
      let answer: TestAnswer
      do {
        answer = try await system.call(
          "POST", path, token: tenant.token, json: body, headers: ["Idempotency-Key": key])
      } catch {
        findings.append("\(path): no answer: \(error)")
        return nil
      }
      switch answer.status {
      case 200..<300: return answer.json
      case 429, 503: try await Task.sleep(for: .milliseconds(5))
      case 400..<500 where answer.code != nil: return nil
      default:
        findings.append("\(path) \(body?.text ?? ""): \(answer.status) \(answer.text)")
        return nil
      }
    }
    findings.append("\(path): never answered for good")
    return nil
  }

  func get(_ path: String) async throws -> JSON {
    for _ in 0..<Self.triesMax {
      let answer = try await system.get(path, tenant)
      if answer.status != 503, answer.status != 429 { return answer.json }
      try await Task.sleep(for: .milliseconds(5))
    }
    return .null
  }

  func first(_ path: String) async throws -> String { try await get(path)["items"]?[0]?["id"]?.string ?? "" }

  /// One of what is there: the newest more often than others.
  func one<Item>(_ items: [Item], _ die: Int) -> Item? {
    guard !items.isEmpty else { return nil }
    return die.isMultiple(of: 2) ? items.last : items[die % items.count]
  }
}

// MARK: - Stock

extension Company {
  private func stock(_ act: Act) async throws -> Bool {
    let lot = "L\(1 + act.dice[1] % 3)"
    switch act.kind {
    case .receive:
      let line: JSON = [
        "sku": .string(DemoCompany.sku), "quantity": .int(1 + act.dice[0] % 50), "lot": .string(lot),
        "unitCost": .string(["5.00", "3.333", "0.07"][act.dice[2] % 3]),
      ]
      return try await post(
        "/v1/stock-adjustments", ["kind": "receipt", "reason": "Goods in", "lines": [line]]) != nil
    case .correct:
      let line: JSON = [
        "sku": .string(DemoCompany.sku), "quantity": .int(-1 - act.dice[0] % 5), "lot": .string(lot),
      ]
      return try await post(
        "/v1/stock-adjustments", ["kind": "correction", "reason": "Broken", "lines": [line]]) != nil
    default: return try await count(act)
    }
  }

  private func count(_ act: Act) async throws -> Bool {
    let balances = try await get("/v1/stock")["items"]?.array ?? []
    guard let balance = one(balances, act.dice[0]), let quant = balance["id"]?.string,
      let task = try await post("/v1/count-tasks", ["quantId": .string(quant)])?["id"]?.string
    else { return false }
    _ = try await post("/v1/count-tasks/\(task)/start")
    let seen = (Int(balance["onHand"]?.string ?? "") ?? 0) + act.dice[1] % 5 - 2
    _ = try await post("/v1/count-tasks/\(task)/count", ["quantity": .int(max(0, seen))])
    return try await post("/v1/count-tasks/\(task)/approve") != nil
  }

  /// Ends a session of the pool that has a transaction open, somebody's: it fares as if its server process had died.
  private func crash() async throws -> Bool {
    _ = try await system.platform.cluster.cells.main.connected { connection in
      try await connection.script(
        """
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE (usename = 'bulkhead_pool' OR usename LIKE 'r\\_%') AND xact_start IS NOT NULL
         ORDER BY random() LIMIT 2
        """)
    }
    return true
  }
}

// MARK: - Orders and money

extension Company {
  private func sell(_ act: Act) async throws -> Bool {
    if act.kind == .order {
      let lines = (0..<(1 + act.dice[1] % 2)).map { index -> JSON in
        ["sku": .string(DemoCompany.sku), "quantity": .int(1 + (act.dice[0] + index) % 40)]
      }
      let policy: JSON = act.dice[2] % 4 == 0 ? "cancel_backorder" : "ship_partial"
      let body: JSON = [
        "customer": .string(DemoCompany.customer), "shipPolicy": policy, "lines": .array(lines),
      ]
      guard let id = try await post("/v1/orders", body)?["id"]?.string else { return false }
      orders.append(id)
      return true
    }
    guard let order = one(orders, act.dice[0]) else { return false }
    if act.kind == .allocate { return try await post("/v1/orders/\(order)/allocate") != nil }
    return try await post("/v1/orders/\(order)/cancel", ["reason": "Changed their mind"]) != nil
  }

  private func bill(_ act: Act) async throws -> Bool {
    switch act.kind {
    case .invoice:
      guard let order = one(orders, act.dice[0]),
        let draft = try await post("/v1/invoices", ["orderId": .string(order)])?["id"]?.string,
        let posted = try await post("/v1/invoices/\(draft)/post")
      else { return false }
      invoices.append((draft, posted["total"]?["amount"]?.string ?? "0"))
      return true
    case .credit:
      guard let invoice = one(invoices, act.dice[0]),
        let note = try await post(
          "/v1/invoices/\(invoice.id)/credit-notes",
          ["lines": [["line": 1, "quantity": .int(1 + act.dice[1] % 4)]]])?["id"]?.string
      else { return false }
      return try await post("/v1/invoices/\(note)/post") != nil
    case .pay:
      guard let invoice = one(invoices, act.dice[0]) else { return false }
      let customer = try await first("/v1/parties?code=\(DemoCompany.customer)")
      let body: JSON = [
        "partyId": .string(customer), "direction": "received", "amount": .string(invoice.total),
        "allocations": [["invoiceId": .string(invoice.id), "amount": .string(invoice.total)]],
      ]
      guard let id = try await post("/v1/payments", body)?["id"]?.string else { return false }
      payments.append(id)
      return true
    default:
      guard let payment = one(payments, act.dice[0]) else { return false }
      return try await post("/v1/payments/\(payment)/bounce", ["reason": "No funds"]) != nil
    }
  }
}

// MARK: - The warehouse floor

extension Company {
  private func floor(_ act: Act) async throws -> Bool {
    switch act.kind {
    case .wave:
      guard let order = one(orders, act.dice[0]),
        let wave = try await post("/v1/waves", ["orderIds": [.string(order)]])
      else { return false }
      shipments += (wave["shipments"]?.array ?? []).compactMap { $0["id"]?.string }
      return true
    case .pick, .shortPick: return try await pick(act)
    case .voidPackage:
      guard let package = one(packages, act.dice[0]) else { return false }
      return try await post("/v1/packages/\(package)/void") != nil
    default: break
    }
    guard let shipment = one(shipments, act.dice[0]) else { return false }
    switch act.kind {
    case .pack: return try await pack(shipment)
    case .ship:
      _ = try await post("/v1/shipments/\(shipment)/pack")
      return try await post("/v1/shipments/\(shipment)/ship", ["carrier": "ACME Freight"]) != nil
    default: return try await post("/v1/shipments/\(shipment)/cancel", ["reason": "Wrong dock"]) != nil
    }
  }

  private func pick(_ act: Act) async throws -> Bool {
    let device = JSON.string("RF-\(act.worker)")
    guard let task = try await post("/v1/pick-task-claims", ["device": device])?["task"], let id = task["id"]?.string,
      let shipment = task["shipmentId"]?.string
    else { return false }
    scans += 1
    let seq = JSON.int(scans)
    if act.kind == .shortPick {
      return try await post(
        "/v1/pick-tasks/\(id)/short", ["device": device, "seq": seq, "reason": "Not there"]) != nil
    }
    let scan: JSON = [
      "device": device, "seq": seq, "location": task["from"] ?? .null, "lot": task["lot"] ?? .null,
      "quantity": task["quantity"] ?? .null,
    ]
    guard try await post("/v1/pick-tasks/\(id)/scans", scan) != nil else { return false }
    picks[shipment, default: []].append(
      ["line": task["line"] ?? .null, "lot": task["lot"] ?? .null, "quantity": task["quantity"] ?? .null])
    return true
  }

  private func pack(_ shipment: String) async throws -> Bool {
    guard let items = picks[shipment], !items.isEmpty else { return false }
    // What a void package sets free is packed again; what is packed already is refused.
    guard let id = try await post("/v1/shipments/\(shipment)/packages", ["items": .array(items)])?["id"]?.string else {
      return false
    }
    packages.append(id)
    return true
  }
}

// MARK: - Purchases

extension Company {
  private func buy(_ act: Act) async throws -> Bool {
    switch act.kind {
    case .purchase:
      let supplier = try await first("/v1/parties?code=\(DemoCompany.supplier)")
      let line: JSON = ["sku": .string(DemoCompany.sku), "quantity": .int(10 + act.dice[0] % 40)]
      let body: JSON = ["supplierId": .string(supplier), "lines": [line]]
      guard let order = try await post("/v1/purchase-orders", body), let id = order["id"]?.string,
        let first = order["lines"]?[0]?["id"]?.string
      else { return false }
      let path = "/v1/purchase-orders/\(id)"
      for step in ["submit", "confirm"] { _ = try await post("\(path)/\(step)", [:]) }
      purchases.append((path, first))
      return true
    case .receivePurchase:
      guard let purchase = one(purchases, act.dice[0]) else { return false }
      let line: JSON = [
        "orderLineId": .string(purchase.line), "quantity": .int(1 + act.dice[1] % 30),
        "lot": .string("L\(1 + act.dice[2] % 3)"), "location": act.dice[1] % 4 == 0 ? .null : "WH1-IN",
      ]
      guard let id = try await post("\(purchase.path)/receipts", ["lines": [line]])?["id"]?.string else { return false }
      receipts.append(id)
      return true
    case .landedCost:
      guard let receipt = one(receipts, act.dice[0]) else { return false }
      let body: JSON = [
        "kind": "freight", "allocation": .string(["value", "quantity"][act.dice[1] % 2]),
        "amount": .string("\(1 + act.dice[2] % 90).07"), "receiptIds": [.string(receipt)],
      ]
      guard let cost = try await post("/v1/landed-costs", body)?["id"]?.string else { return false }
      return try await post("/v1/landed-costs/\(cost)/post") != nil
    default:
      guard let purchase = one(purchases, act.dice[0]) else { return false }
      let supplier = try await first("/v1/parties?code=\(DemoCompany.supplier)")
      let line: JSON = [
        "orderLineId": .string(purchase.line), "quantity": .int(1 + act.dice[1] % 30),
        "unitPrice": .string(["5.60", "5.75", "5.13"][act.dice[2] % 3]),
      ]
      let body: JSON = [
        "supplierId": .string(supplier), "supplierNumber": .string("INV-\(act.number)"), "invoicedOn": "2026-01-15",
        "lines": [line],
      ]
      guard let invoice = try await post("/v1/supplier-invoices", body), let id = invoice["id"]?.string else {
        return false
      }
      if invoice["state"]?.string == "held" { _ = try await post("/v1/supplier-invoices/\(id)/approve", [:]) }
      return true
    }
  }
}
