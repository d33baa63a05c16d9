import Distribution

extension RefusedInput {
  /// Bodies that are not what a body is.
  static let bodies: [RefusedInput] = [
    .init(name: "no body", body: "", status: 400, code: "body.malformed"),
    .init(name: "cut off", body: #"{"customer":"CUST-001""#, status: 400, code: "body.malformed"),
    .init(name: "not JSON", body: "<order/>", status: 400, code: "body.malformed"),
    .init(
      name: "a member twice", body: #"{"customer":"CUST-001","customer":"CUST-002","lines":[]}"#, status: 400,
      code: "body.malformed"),
    .init(
      name: "deep nesting", body: String(repeating: "[", count: 5000) + String(repeating: "]", count: 5000),
      status: 400, code: "body.malformed"),
    .init(name: "a NUL", body: #"{"customer":"CUST\u0000"}"#, status: 400, code: "body.malformed"),
    .init(
      name: "oversize", body: #"{"customer":"\#(String(repeating: "A", count: 1 << 20))"}"#, status: 413,
      code: "body.tooLarge"),
    .init(
      name: "wrong media type", body: quantity("1"), headers: ["Content-Type": "text/plain"], status: 415,
      code: "body.mediaType"),
    .init(name: "no media type", body: quantity("1"), headers: [:], status: 415, code: "body.mediaType"),
    .init(
      name: "a charset that is not UTF-8", body: quantity("1"),
      headers: ["Content-Type": "application/json; charset=utf-16"], status: 415, code: "body.mediaType"),
    .init(
      name: "a content coding", body: quantity("1"),
      headers: ["Content-Type": "application/json", "Content-Encoding": "gzip"], status: 415, code: "body.mediaType"),
    .init(name: "a list", body: "[]", status: 422, code: "input.invalid", places: [" field.type"]),
    .init(name: "nothing in it", body: "{}", status: 422, code: "input.invalid", places: ["/lines field.missing"]),
    .init(
      name: "wrong types", body: #"{"customer":1,"lines":{}}"#, status: 422, code: "input.invalid",
      places: ["/customer field.type", "/lines field.type"]),
    .init(
      name: "unknown members",
      body: #"{"customer":"CUST-001","tenant_id":"x","lines":[{"sku":"A","quantity":1,"q":1}]}"#,
      status: 422, code: "input.invalid", places: ["/lines/0/q field.unknown", "/tenant_id field.unknown"]),
    .init(
      name: "no lines", body: #"{"customer":"CUST-001","lines":[]}"#, status: 422, code: "input.invalid",
      places: ["/lines field.length"]),
  ]

  /// Values that cannot be.
  static let values: [RefusedInput] = [
    .init(
      name: "a negative quantity", body: quantity("-1"), status: 422, code: "input.invalid",
      places: ["/lines/0/quantity field.range"]),
    .init(
      name: "a quantity of nothing", body: quantity("0"), status: 422, code: "input.invalid",
      places: ["/lines/0/quantity field.range"]),
    .init(
      name: "an overflowing quantity", body: quantity("1000000000000"), status: 422, code: "input.invalid",
      places: ["/lines/0/quantity field.range"]),
    .init(
      name: "a quantity that overflows in base units",
      body: line(#"{"sku":"WIDGET-001","quantity":999999999999,"unit":"CA"}"#), status: 422,
      code: "quantity.overflow", places: ["/lines/0/quantity quantity.overflow"]),
    .init(
      name: "a quantity too precise", body: quantity("0.0000001"), status: 422, code: "input.invalid",
      places: ["/lines/0/quantity number.scale"]),
    .init(
      name: "an exponent", body: quantity("1e3"), status: 422, code: "input.invalid",
      places: ["/lines/0/quantity number.exponent"]),
    .init(
      name: "an unknown currency",
      body: #"{"customer":"CUST-001","currency":"ZZZ","lines":[{"sku":"A","quantity":1}]}"#,
      status: 422, code: "currency.unknown", places: ["/currency currency.unknown"]),
    .init(
      name: "another currency",
      body: #"{"customer":"CUST-001","currency":"EUR","lines":[{"sku":"WIDGET-001","quantity":1}]}"#, status: 422,
      code: "currency.mismatch", places: ["/currency currency.mismatch"]),
    .init(
      name: "a GTIN with a wrong check digit", body: line(#"{"gtin":"00614141123453","quantity":1}"#), status: 422,
      code: "gtin.checkDigit", places: ["/lines/0/gtin gtin.checkDigit"]),
    .init(
      name: "a GTIN of nine digits", body: line(#"{"gtin":"123456789","quantity":1}"#), status: 422,
      code: "gtin.length", places: ["/lines/0/gtin gtin.length"]),
    .init(
      name: "a new identifier with a wrong check digit", path: "/v1/products/{widget}/identifiers",
      body: #"{"scheme":"gtin","value":"00614141123453"}"#, status: 422, code: "gtin.checkDigit",
      places: ["/value gtin.checkDigit"]),
    .init(
      name: "an unknown unit", body: line(#"{"sku":"WIDGET-001","quantity":1,"unit":"PAL"}"#), status: 422,
      code: "unit.unknown", places: ["/lines/0/unit unit.unknown"]),
    .init(
      name: "an unknown product", body: line(#"{"sku":"NOTHING","quantity":1}"#), status: 422,
      code: "reference.unknown", places: ["/lines/0/sku reference.unknown"]),
    .init(
      name: "two names of one product", body: line(#"{"sku":"WIDGET-001","gtin":"00614141123452","quantity":1}"#),
      status: 422, code: "reference.missing", places: ["/lines/0 reference.missing"]),
    .init(
      name: "an unknown customer", body: #"{"customer":"NOBODY","lines":[{"sku":"WIDGET-001","quantity":1}]}"#,
      status: 422, code: "reference.unknown", places: ["/customer reference.unknown"]),
    .init(
      name: "a day that does not exist",
      body: #"{"customer":"CUST-001","requestedOn":"2026-02-30","lines":[{"sku":"WIDGET-001","quantity":1}]}"#,
      status: 422, code: "input.invalid", places: ["/requestedOn field.format"]),
    .init(
      name: "more taken away than there is", path: "/v1/stock-adjustments",
      body: #"{"kind":"correction","reason":"x","lines":[{"sku":"WIDGET-001","lot":"L1","quantity":-41}]}"#,
      status: 409, code: "stock.insufficient", places: ["/lines/0 stock.insufficient"]),
    .init(
      name: "a receipt that takes away", path: "/v1/stock-adjustments",
      body: #"{"kind":"receipt","reason":"x","lines":[{"sku":"WIDGET-001","lot":"L1","quantity":-1}]}"#,
      status: 422, code: "adjustment.wrongSign", places: ["/lines/0/quantity adjustment.wrongSign"]),
    .init(
      name: "a tracked product without its lot", path: "/v1/stock-adjustments",
      body: #"{"kind":"receipt","reason":"x","lines":[{"sku":"WIDGET-001","quantity":1,"unitCost":"1"}]}"#,
      status: 422, code: "lot.required", places: ["/lines/0/lot lot.required"]),
  ]

  /// Requests whose envelope is wrong.
  static let manners: [RefusedInput] = [
    .init(
      name: "a cursor of nobody", method: "GET", path: "/v1/orders?cursor=nonsense", headers: [:], status: 422,
      code: "input.invalid", places: ["?cursor input.invalid"]),
    .init(
      name: "a page of nothing", method: "GET", path: "/v1/orders?limit=0", headers: [:], status: 422,
      code: "input.invalid", places: ["?limit field.range"]),
    .init(
      name: "an unknown parameter", method: "GET", path: "/v1/orders?tenant=x", headers: [:], status: 422,
      code: "input.invalid", places: ["?tenant query.unknown"]),
    .init(
      name: "a weak If-Match", method: "PATCH", path: "/v1/products/{widget}", body: #"{"name":"x"}"#,
      headers: ["Content-Type": "application/json", "If-Match": "W/\"1\""], status: 400, code: "version.malformed"),
    .init(
      name: "no If-Match where one must be", method: "PATCH", path: "/v1/products/{widget}", body: #"{"name":"x"}"#,
      status: 428, code: "version.missing"),
    .init(
      name: "an If-Match of another version", method: "PATCH", path: "/v1/products/{widget}", body: #"{"name":"x"}"#,
      headers: ["Content-Type": "application/json", "If-Match": "\"99\""], status: 412, code: "version.mismatch"),
    .init(
      name: "an Idempotency-Key too long", body: quantity("1"),
      headers: ["Content-Type": "application/json", "Idempotency-Key": String(repeating: "k", count: 256)],
      status: 400, code: "idempotency.keyMalformed"),
    .init(
      name: "a path id that is none", method: "GET", path: "/v1/orders/not-an-id", headers: [:], status: 404,
      code: "resource.notFound"),
    .init(name: "a method that is not there", method: "DELETE", headers: [:], status: 405, code: "method.notAllowed"),
  ]
}
