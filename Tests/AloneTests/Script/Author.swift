import BulkheadCore
import BulkheadServer

/// Writes a script step by step, from what the tenant that is alone sees, so that orders are cancelled that exist and
/// versions are sent that were read. In the other world the finished script is played.
struct Author {
  private var dice: Dice
  private let weighted: [Route]
  private(set) var memory = Memory()

  init(seed: UInt64, routes: [Route]) {
    dice = Dice(seed: seed)
    weighted = routes.flatMap { route in Array(repeating: route, count: Self.weight(route)) }
  }

  /// Routes that no script calls, with the reason.
  static let leftOut: [String: String] = [
    "DELETE /v1/signing-keys/{key}":
      "a retired key is remembered by the process, beyond the reset between two seeds: EdgeTests play it"
  ]

  private static func weight(_ route: Route) -> Int {
    switch route.label {
    case let label where leftOut[label] != nil: 0
    case "POST /v1/orders": 30
    case "POST /v1/stock-adjustments": 18
    case "POST /v1/edi/channels/{channel}/interchanges": 9
    case "POST /v1/pick-task-claims", "POST /v1/pick-tasks/{task}/scans": 9
    case "POST /v1/putaway-task-claims", "POST /v1/putaway-tasks/{putawayTask}/scans": 9
    case "POST /v1/packages/{package}/items", "POST /v1/shipments/{shipment}/pack",
      "POST /v1/landed-costs/{cost}/cancel":
      7
    case "POST /v1/products", "POST /v1/parties": 9
    // What refers to another thing by nothing but its id.
    case "POST /v1/lots", "POST /v1/edi/partners", "POST /v1/product-categories", "POST /v1/price-rules": 14
    case "GET /v1/orders", "GET /v1/stock", "GET /v1/orders/{order}", "GET /v1/audit": 8
    case "POST /v1/invoices", "POST /v1/invoices/{invoice}/post", "POST /v1/payments": 6
    case "POST /v1/orders/{order}/cancel", "POST /v1/orders/{order}/release": 7
    case "GET /v1/edi/interchanges", "GET /v1/edi/interchanges/{interchange}", "POST /v1/price-quotes": 5
    case "POST /v1/purchase-orders", "POST /v1/purchase-orders/{purchase}/submit",
      "POST /v1/purchase-orders/{purchase}/confirm", "POST /v1/purchase-orders/{purchase}/receipts":
      14
    case "POST /v1/supplier-invoices", "POST /v1/landed-costs", "POST /v1/reorder-policies",
      "POST /v1/replenishment-runs", "POST /v1/supplier-contracts", "POST /v1/asns", "POST /v1/asns/{asn}/receipts":
      8
    case let label where label.hasPrefix("POST /v1/returns"): 8
    case let label where label.hasPrefix("POST /v1/supplier-returns"): 8
    case "POST /v1/pos/orders", "POST /v1/pos/sessions", "POST /v1/pos/orders/{order}/refunds",
      "POST /v1/pos/orders/{order}/pay", "POST /v1/pos/sessions/{session}/close":
      9
    case "POST /v1/imports", "PUT /v1/imports/{import}/parts/{part}", "POST /v1/imports/{import}/check",
      "POST /v1/imports/{import}/run":
      10
    case "POST /v1/login", "POST /v1/users", "POST /v1/signing-keys/rotate": 2
    default: if route.isOfTenant { route.method == .get ? 3 : 4 } else { 1 }
    }
  }

  /// What every script begins with: the lists, by which the author learns what there is.
  static let opening = [
    "/v1/products", "/v1/parties", "/v1/lots", "/v1/locations", "/v1/price-lists", "/v1/contracts", "/v1/price-rules",
    "/v1/legal-entities", "/v1/units", "/v1/edi/partners", "/v1/edi/channels", "/v1/edi/agreements", "/v1/stock",
    "/v1/accounts",
  ]

  /// The step of this number, and the route that it is meant for.
  mutating func next(_ number: Int, routes: [String: Route]) -> (Step, Route)? {
    if Self.opening.indices.contains(number - 1) {
      let path = Self.opening[number - 1]
      guard let route = routes["GET \(path)"] else { return nil }
      return (Step(number: number, route: route.label, method: "GET", path: path), route)
    }
    if dice.chance(4), let earlier = memory.effects.last, let again = again(number, earlier, routes) { return again }
    let route = dice.pick(weighted)
    return (compose(number, route), route)
  }

  /// What came of a step, in the world in which the script is written.
  mutating func note(_ step: Step, _ route: Route, _ seen: Seen, _ normaliser: Normaliser) {
    memory.note(step, route, seen, normaliser)
  }

  /// Something that had an effect, sent once more: the same key must give the same answer.
  private mutating func again(_ number: Int, _ last: Step, _ routes: [String: Route]) -> (Step, Route)? {
    let old = dice.chance(50) ? last : dice.pick(memory.effects)
    guard let route = routes[old.route] else { return nil }
    let step = Step(
      number: number, route: old.route, identity: old.identity, method: old.method, path: old.path,
      fields: old.fields, body: old.body, settles: old.settles)
    return (step, route)
  }

  private mutating func compose(_ number: Int, _ route: Route) -> Step {
    let composer = Composer(memory: memory, route: route.label)
    var path = route.path
    for parameter in route.parameters {
      let value =
        switch parameter.kind {
        case .id("tenant"): dice.chance(70) ? "{{tenant}}" : "00000000-0000-7000-8000-000000000001"
        case .id(let kind): composer.reference(kind, &dice)
        case .tenant: dice.pick(["{{slug}}", "{{slug}}", "{{tenant}}", "nb1-pooled", "nobody"])
        case .text: dice.pick(["1", "1", "1", "2", "x"])
        }
      path = path.replacing("{\(parameter.name)}", with: value)
    }
    var step = Step(
      number: number, route: route.label, method: route.method.rawValue, path: path + query(route, composer))
    switch route.body {
    case .none: break
    case .bytes(let types, _):
      step.body = route.label.hasPrefix("PUT /v1/imports") ? Sheet.text(&dice) : Purchase.text(&dice)
      step.fields = [.init(name: "content-type", value: types.first ?? "")]
      step.settles = true
    case .json(let schema, _):
      step.body = known(route, composer) ?? composer.value(schema, "", &dice)
      step.fields = [.init(name: "content-type", value: "application/json")]
      step.settles = route.path.hasPrefix("/v1/imports/")
    }
    conditions(route, &step)
    if dice.chance(9) { spoil(route, &step) }
    return step
  }

  private mutating func query(_ route: Route, _ composer: Composer) -> String {
    var parts: [String] = []
    for parameter in route.query where parameter.isRequired || dice.chance(20) {
      let value: String
      switch parameter.name {
      case "cursor":
        guard let label = memory.cursors[route.path]?.last else { continue }
        value = "{{hex:\(label)}}"
      case "limit": value = dice.pick(["1", "2", "3", "10", "200"])
      case "after": value = dice.pick(["0", "1", "5", "40"])
      case "sku", "code", "poNumber":
        value = String(composer.value(parameter.schema, parameter.name, &dice).dropFirst().dropLast())
      default:
        value = String(
          composer.value(parameter.schema, parameter.name, &dice).drop { $0 == "\"" }.prefix { $0 != "\"" })
      }
      parts.append("\(parameter.name)=\(value)")
    }
    if dice.chance(1) { parts.append("tenant=nb1-pooled") }
    return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
  }

  /// Bodies whose parts must fit each other, which values by themselves hardly ever do.
  private mutating func known(_ route: Route, _ composer: Composer) -> String? {
    switch route.label {
    case "POST /v1/login": return login()
    case "POST /v1/file-links" where dice.chance(80):
      return "{\"path\":\"/v1/packages/\(composer.reference("package", &dice))/labels/svg\"}"
    case "POST /v1/imports/{import}/check" where dice.chance(80): return "{\"parts\":1}"
    case "POST /v1/ledger-entries" where dice.chance(70):
      let (debit, credit) = (composer.reference("account", &dice), composer.reference("account", &dice))
      return """
        {"memo":"By hand","lines":[{"accountId":"\(debit)","debit":"2.00"},{"accountId":"\(credit)","credit":"2.00"}]}
        """
    case "POST /v1/invoices" where dice.chance(70):
      let price = dice.pick(["10.00", "0.05", "1250.00"])
      return """
        {"customer":"CUST-001","lines":[{"description":"Freight","quantity":"3","unitPrice":"\(price)"}]}
        """
    case "POST /v1/orders" where dice.chance(15):
      return "{\"customer\":\"CUST-001\",\"lines\":[{\"sku\":\"WIDGET-001\",\"quantity\":\"1\"}]}"
    case "POST /v1/waves" where dice.chance(30):
      return "{\"orderIds\":[\"\(composer.reference("order", &dice))\"],\"release\":false}"
    case "POST /v1/shipments/{shipment}/packages" where dice.chance(30):
      return "{\"type\":\"carton\"}"
    case "POST /v1/packages/{package}/items", "POST /v1/shipments/{shipment}/packages":
      guard dice.chance(70) else { return nil }
      return "{\"items\":[{\"line\":1,\"lot\":\"\(dice.pick(["L1", "L1", "L2"]))\",\"quantity\":\"1\"}]}"
    case "POST /v1/landed-costs" where dice.chance(60):
      return """
        {"kind":"freight","allocation":"value","amount":"3.00","receiptIds":["\(composer.reference("receipt", &dice))"]}
        """
    case "POST /v1/returns" where dice.chance(80):
      let line = composer.reference("shipment_line", &dice)
      let outcome = dice.pick(["credit_note", "replacement", "none"])
      return """
        {"reason":"Too many","outcome":"\(outcome)","lines":[{"shipmentLineId":"\(line)","quantity":"1"}]}
        """
    case "POST /v1/putaway-rules" where dice.chance(80):
      return dice.pick(["{\"zone\":\"A\"}", "{\"location\":\"WH1-PICK\",\"capacity\":\"5\"}"])
    case "POST /v1/supplier-returns" where dice.chance(80):
      let (line, kind) = (composer.reference("receipt_line", &dice), dice.pick(["return", "return", "reversal"]))
      return """
        {"kind":"\(kind)","reason":"Broken","lines":[{"receiptLineId":"\(line)","quantity":"1"}]}
        """
    case "POST /v1/supplier-returns/{supplierReturn}/ship" where dice.chance(80): return "{}"
    case "POST /v1/returns/{return}/accept" where dice.chance(80): return "{}"
    case "POST /v1/returns/{return}/receive" where dice.chance(80):
      let (lot, disposition) = (dice.pick(["L1", "L1", "L2"]), dice.pick(["restock", "restock", "scrap"]))
      return """
        {"items":[{"line":1,"quantity":"1","lot":"\(lot)","disposition":"\(disposition)"}]}
        """
    default: return till(route, composer)
    }
  }

  /// A till takes what it is given: a note that is large enough pays for everything.
  private mutating func till(_ route: Route, _ composer: Composer) -> String? {
    guard dice.chance(80) else { return nil }
    let note = "[{\"method\":\"cash\",\"amount\":\"90000000.00\"}]"
    let uuid = "0f000000-0000-4000-8000-0000000000\(10 + dice.below(80))"
    let session = composer.reference("pos_session", &dice)
    let payments = dice.chance(65) ? ",\"payments\":\(note)" : ""
    let sku = dice.pick(["WIDGET-001", "WIDGET-001", "WIDGET-001", "SKU-1"])
    let quantity = dice.pick(["1", "2", "70"])
    let order = """
      {"uuid":"\(uuid)","sessionId":"\(session)","lines":[{"sku":"\(sku)","quantity":"\(quantity)"}]\(payments)}
      """
    switch route.label {
    case "POST /v1/pos/orders": return order
    case "POST /v1/pos/orders/batch": return "{\"orders\":[\(order)]}"
    case "POST /v1/pos/orders/{order}/pay": return "{\"payments\":\(note)}"
    case "POST /v1/pos/orders/{order}/refunds":
      return """
        {"uuid":"\(uuid)","sessionId":"\(session)","lines":[{"line":1,"quantity":"1"}],\
        "payments":[{"method":"cash","amount":"\(dice.pick(["12.50", "12.50", "13.51"]))"}]}
        """
    case "POST /v1/pos/orders/{order}/tickets":
      return "{\"station\":\"grill\",\"lines\":[{\"line\":1,\"quantity\":\"1\"}]}"
    case "POST /v1/pos/terminals": return "{\"code\":\"T\(dice.below(30))\",\"name\":\"Till\"}"
    default: return nil
    }
  }

  /// With the password only at the tenant's own door: whoever knows a neighbour's password is that neighbour.
  private mutating func login() -> String {
    let email = "user{{run}}x\(dice.below(4))@example.test"
    let isOwn = dice.chance(70)
    let tenant = isOwn ? "{{slug}}" : dice.pick(["nb1-pooled", "nb1-schema", "nb1-dedicated", "ghost-company"])
    let password = isOwn && dice.chance(80) ? "correct horse battery" : "a guess at a password"
    return "{\"tenant\":\"\(tenant)\",\"email\":\"\(email)\",\"password\":\"\(password)\"}"
  }

  /// Keys, versions and names that a careful or a careless client sends.
  private mutating func conditions(_ route: Route, _ step: inout Step) {
    let subject = step.path.firstRange(of: "{{id:").map { step.path[$0.upperBound...].prefix { $0 != "}" } }
    if route.requiresVersion || (step.path.hasSuffix("/cancel") && dice.chance(30)) {
      let version = dice.chance(88) ? "{{version:\(subject ?? "none")}}" : dice.pick(["\"99\"", "W/\"1\"", "*"])
      step.fields.append(.init(name: "if-match", value: version))
    }
    if !step.isWrite, let subject, dice.chance(10) {
      step.fields.append(.init(name: "if-none-match", value: "{{version:\(subject)}}"))
    }
    if step.isWrite, route.isOfTenant, dice.chance(25) {
      step.fields.append(.init(name: "idempotency-key", value: "key-\(dice.below(60))"))
    }
    if dice.chance(2) {
      let name = dice.pick(["{{slug}}", "{{tenant}}", "nb1-pooled", "nb1-schema", "nobody"])
      step.fields.append(.init(name: "x-tenant-id", value: name))
    }
    if dice.chance(1) {
      step.fields.append(.init(name: "x-request-id", value: "0199a0a0-0000-7000-8000-00000000000\(dice.below(10))"))
    }
    if route.isOfTenant, dice.chance(4) {
      switch dice.below(4) {
      case 0: step.identity = .none
      case 1: step.identity = .garbage
      case 2: step.identity = memory.tokens.last.map { .issued(step: $0) } ?? .reader
      default: step.identity = .reader
      }
    }
  }

  /// Something wrong, of the kinds that clients send.
  private mutating func spoil(_ route: Route, _ step: inout Step) {
    switch dice.below(9) {
    case 0: step.method = dice.pick(["PUT", "DELETE", "OPTIONS", "PATCH"])
    case 1: step.method = step.method == "GET" ? "HEAD" : step.method
    case 2: step.path += "/nothing"
    case 3: step.path += (step.path.contains("?") ? "&" : "?") + "unknown=1"
    case 4 where step.body.hasPrefix("{"): step.body = "{\"tenant_id\":\"x\"," + step.body.dropFirst()
    case 5 where !step.body.isEmpty: step.body = String(step.body.dropLast(3))
    case 6 where step.body.hasPrefix("{"): step.body = "{\"lines\":7,\"name\":[],\"code\":{},\"sku\":null}"
    case 7 where !step.fields.isEmpty: step.fields.removeFirst()
    case 8 where step.body.hasPrefix("{"): step.body += String(repeating: " ", count: 9000)
    default: step.fields.append(.init(name: "accept", value: "text/plain"))
    }
  }
}

extension Route {
  var label: String { "\(method.rawValue) \(path)" }
  var isOfTenant: Bool { if case .tenant = access { true } else { false } }
}
