import BulkheadCore
import BulkheadData
import BulkheadServer
import Distribution

/// A tenant with one thing of every kind that a route can name. Business ids are the same in every one.
struct Side: Sendable {
  let tenant: FieldTenant
  /// The tenant's own interchange address.
  let address: String
  private(set) var ids: [String: EntityID] = [:]

  struct Unmade: Error, CustomStringConvertible {
    let kind: String
    let answer: String
    var description: String { "no \(kind) could be made: \(answer)" }
  }

  /// Makes the things through the API, as any client would.
  init(_ tenant: FieldTenant, _ stand: Stand) async throws {
    // The key that is named is one that signs no more: the attacks' own tokens are of the next.
    let keys = try await stand.get("/v1/signing-keys", tenant)
    _ = try await stand.call("POST", "/v1/signing-keys/rotate", token: tenant.token)
    self.tenant = FieldTenant(record: tenant.record, token: try await stand.token(tenant.record))
    address = "A\(Maker.fresh())"
    try await stand.platform.allot(scheme: "x12", address: "ZZ:\(address)", to: tenant.record)
    let found = [
      "product": "/v1/products?sku=WIDGET-001", "party": "/v1/parties?code=CUST-001",
      "supplier": "/v1/parties?code=SUPP-001", "lot": "/v1/lots",
      "location": "/v1/locations?code=WH1", "price_list": "/v1/price-lists", "contract": "/v1/contracts",
      "price_rule": "/v1/price-rules", "legal_entity": "/v1/legal-entities",
    ]
    try take("signing_key", keys, at: ["items", "id"])
    for (kind, path) in found { try take(kind, try await stand.get(path, tenant), at: ["items", "id"]) }
    // The bank's: whatever is made by hand may be posted there.
    let accounts = try await stand.get("/v1/accounts", tenant)
    ids["account"] = accounts.json["items"]?.array?.first { $0["code"]?.string == "1000" }?["id"]?.id
    ids["price_holder"] = ids["price_list"]
    ids["tenant"] = tenant.id.id
    for (kind, path, body) in catalogue + trade + identity + partners + finance + files {
      try take(kind, try await stand.post(path, tenant, body(self)), at: Self.places[kind] ?? ["id"])
    }
    try await goOut(stand)
    ids["ledger_origin"] = ids["ledger_entry"]
    let invoice = "/v1/invoices/\(try id("invoice"))"
    _ = try await stand.call("POST", invoice + "/post", token: tenant.token)
    let half: JSON = ["lines": [["line": 1, "quantity": "0.5"]]]
    try take("credit_note", try await stand.post(invoice + "/credit-notes", tenant, half), at: ["id"])
    _ = try await stand.call("POST", "/v1/invoices/\(try id("credit_note"))/post", token: tenant.token)
    try await makePurchases(stand)
    try await makeReturns(stand)
    try await makeExchange(stand)
    try await makeTill(stand)
    try await makeAlerts(stand)
    let product = try await stand.get("/v1/products/\(try id("product"))", tenant)
    try take("identifier", product, at: ["identifiers", "id"])
    let sent = try await stand.call(
      "POST", "/v1/edi/channels/\(try id("edi_channel"))/interchanges", token: tenant.token,
      bytes: Self.interchange(1), headers: ["Content-Type": "application/edi-x12"])
    try take("edi_interchange", sent, at: ["interchange"])
  }

  func id(_ kind: String) throws -> EntityID {
    guard let id = ids[kind] else { throw Unmade(kind: kind, answer: "there is no factory") }
    return id
  }

  mutating func take(_ kind: String, _ answer: Reply, at place: [String]) throws {
    var json: JSON? = answer.json
    for name in place { json = json?[name].flatMap { $0.array?.first ?? $0 } }
    guard let id = json?.id else { throw Unmade(kind: kind, answer: "\(answer.status) \(answer.text)") }
    ids[kind] = id
  }

  /// Where in the answer the id is, when it is not at the top.
  private static let places = ["address": ["addresses", "id"], "serviceToken": ["record", "id"]]

  /// An order of its own on its way out: in a wave, with a task, a carton and a count.
  private mutating func goOut(_ stand: Stand) async throws {
    let receipt: JSON = [
      "kind": "receipt", "reason": "Delivery",
      "lines": [["sku": "WIDGET-001", "quantity": 20, "lot": "L9", "unitCost": "5.00"]],
    ]
    _ = try await stand.post("/v1/stock-adjustments", tenant, receipt)
    let order: JSON = ["customer": "CUST-001", "lines": [["sku": "WIDGET-001", "quantity": 10]]]
    try take("order_going_out", try await stand.post("/v1/orders", tenant, order), at: ["id"])
    try take("gs1_prefix", try await stand.post("/v1/gs1-prefixes", tenant, ["prefix": "0614141"]), at: ["id"])
    let wave: JSON = ["orderIds": [.id(try id("order_going_out"))]]
    try take("wave", try await stand.post("/v1/waves", tenant, wave), at: ["id"])
    try take("shipment", try await stand.get("/v1/shipments", tenant), at: ["items", "id"])
    try take("pick_task", try await stand.get("/v1/pick-tasks", tenant), at: ["items", "id"])
    let package = try await stand.post("/v1/shipments/\(try id("shipment"))/packages", tenant, [:])
    try take("package", package, at: ["id"])
    try take("storage", try await stand.get("/v1/locations?code=WH1-STOCK", tenant), at: ["items", "id"])
    let stock = try await stand.get("/v1/stock?location=\(try id("storage"))", tenant)
    try take("stock_quant", stock, at: ["items", "id"])
    let count: JSON = ["quantId": .id(try id("stock_quant"))]
    try take("count_task", try await stand.post("/v1/count-tasks", tenant, count), at: ["id"])
  }

  private typealias Factory = (kind: String, path: String, body: (Side) throws -> JSON)

  private var catalogue: [Factory] {
    [
      ("unit", "/v1/units", { _ in ["code": "BX", "name": "Box"] }),
      ("category", "/v1/product-categories", { _ in ["code": "CAT-1", "name": "Widgets"] }),
      ("customer_group", "/v1/customer-groups", { _ in ["code": "GRP-1", "name": "Shops"] }),
      (
        "address", "/v1/parties/\(ids["party"]?.description ?? "")/addresses",
        { _ in ["kind": "ship_to", "name": "Shop", "street": "High Street 1", "city": "Town", "country": "US"] }
      ),
    ]
  }

  private var trade: [Factory] {
    [
      (
        "order", "/v1/orders",
        { _ in
          ["customer": "CUST-001", "poNumber": "4500000042", "lines": [["sku": "WIDGET-001", "quantity": 100]]]
        }
      ),
      (
        "stock_adjustment", "/v1/stock-adjustments",
        { _ in
          [
            "kind": "receipt", "reason": "Delivery",
            "lines": [["sku": "WIDGET-001", "quantity": 1, "lot": "L1", "unitCost": "5.00"]],
          ]
        }
      ),
    ]
  }

  private var identity: [Factory] {
    [
      (
        "user", "/v1/users",
        { _ in ["email": "clerk@example.test", "password": "correct horse battery", "roles": ["order_clerk"]] }
      ),
      ("serviceToken", "/v1/service-tokens", { _ in ["name": "till", "permissions": ["orders.read"]] }),
    ]
  }

  private var partners: [Factory] {
    [
      ("trading_partner", "/v1/edi/partners", { ["party": .id(try $0.id("party"))] }),
      ("edi_channel", "/v1/edi/channels", { ["partner": .id(try $0.id("trading_partner")), "name": "main"] }),
      ("edi_agreement", "/v1/edi/agreements", { try Bodies.agreement($0, theirs: "PARTNER") }),
    ]
  }

  private var finance: [Factory] {
    [
      ("ledger_entry", "/v1/ledger-entries", { try Bodies.entry($0) }),
      ("tax_code", "/v1/tax-codes", { _ in ["code": "TAX-1", "name": "Sales tax"] }),
      // It fits everything, so that no invoice is refused for want of a rule.
      ("tax_rule", "/v1/tax-rules", { _ in [:] }),
      ("payment_term", "/v1/payment-terms", { _ in ["code": "NET-30", "name": "30 days", "days": 30] }),
      ("invoice", "/v1/invoices", { _ in Bodies.invoice }),
      ("payment", "/v1/payments", { try Bodies.payment($0) }),
    ]
  }

  private var files: [Factory] { [("import", "/v1/imports", { _ in ["kind": "products"] })] }

  /// An interchange of an unknown sender: it is taken in and quarantined.
  static func interchange(_ number: Int, to receiver: String = "NOBODY") -> [UInt8] {
    let control = String(String(1_000_000_000 + number).dropFirst())
    let padded = receiver + String(repeating: " ", count: max(0, 15 - receiver.count))
    let text =
      "ISA*00*          *00*          *ZZ*STRANGER       *ZZ*\(padded)*260101*1200*U*00401*\(control)*0*T*>~"
      + "IEA*0*\(control)~"
    return Array(text.utf8)
  }

  /// An order in EDIFACT from a stranger.
  static func edifact(_ number: Int, to receiver: String) -> [UInt8] {
    let text =
      "UNB+UNOC:3+STRANGER:ZZ+\(receiver):ZZ+260101:1200+\(number)++++++1'UNH+1+ORDERS:D:96A:UN'BGM+220+STOLEN+9'"
      + "DTM+137:20260101:102'LIN+1++WIDGET-001:SA'QTY+21:1:PCE'UNS+S'UNT+7+1'UNZ+1+\(number)'"
    return Array(text.utf8)
  }
}

/// Bodies that the schema alone does not determine. Everything else is generated.
enum Bodies {
  static func agreement(_ side: Side, theirs: String) throws -> JSON {
    [
      "partner": .id(try side.id("trading_partner")), "ourQualifier": "ZZ", "ourId": .string(side.address),
      "theirQualifier": "ZZ", "theirId": .string(theirs), "version": "004010", "usage": "T",
    ]
  }

  static let lines: JSON = [["sku": "WIDGET-001", "quantity": 1]]

  static let invoice: JSON = [
    "customer": "CUST-001", "lines": [["description": "Freight", "quantity": "1", "unitPrice": "10.00"]],
  ]

  static func payment(_ side: Side) throws -> JSON {
    ["partyId": .id(try side.id("party")), "direction": "received", "amount": "5.00"]
  }

  static func entry(_ side: Side) throws -> JSON {
    let account = JSON.id(try side.id("account"))
    return [
      "memo": "By hand",
      "lines": [["accountId": account, "debit": "1.00"], ["accountId": account, "credit": "1.00"]],
    ]
  }

  /// The body of a route, by method and path.
  static func special(_ route: String, _ side: Side) throws -> JSON? {
    switch route {
    case "POST /v1/orders", "POST /v1/price-quotes": ["customer": "CUST-001", "lines": lines]
    case "POST /v1/stock-adjustments":
      [
        "kind": "receipt", "reason": "Delivery",
        "lines": [["sku": "WIDGET-001", "quantity": 1, "lot": "L1", "unitCost": "5.00"]],
      ]
    case "POST /v1/price-rules":
      ["priceListId": .id(try side.id("price_list")), "currency": "USD", "kind": "fixed", "value": "1"]
    case "POST /v1/products/{product}/identifiers":
      [
        "scheme": "customer_sku", "value": .string("own-\(Maker.fresh())"), "partyId": .id(try side.id("party")),
      ]
    case "POST /v1/products/{product}/unit-conversions": ["unit": "BX", "numerator": 12]
    case "POST /v1/users":
      [
        "email": .string("u\(Maker.fresh())@example.test"), "password": "correct horse battery",
        "roles": ["order_clerk"],
      ]
    case "POST /v1/file-links": ["path": .string("/v1/packages/\(try side.id("package"))/labels/zpl")]
    case "POST /v1/service-tokens": ["name": "till", "permissions": ["orders.read"]]
    case "POST /v1/pick-tasks/{task}/scans":
      [
        "device": "RF-1", "seq": .int(Int64(Maker.fresh())), "location": "WH1-STOCK", "lot": "L1",
        "barcode": "00614141123452", "quantity": "1",
      ]
    case "POST /v1/gs1-prefixes": ["prefix": .string(String(1_000_000 + Maker.fresh()))]
    case "POST /v1/edi/agreements": try agreement(side, theirs: "P\(Maker.fresh())")
    case "POST /v1/ledger-entries": try entry(side)
    case "PUT /v1/account-roles": ["role": "bank", "accountId": .id(try side.id("account"))]
    case "POST /v1/invoices": invoice
    case "POST /v1/payments": try payment(side)
    case "POST /v1/tax-rules": ["taxCategory": .string("t\(Maker.fresh())")]
    case "POST /v1/edi/partners": ["party": .id(try side.id("supplier"))]
    default: try purchase(route, side) ?? till(route, side)
    }
  }
}
