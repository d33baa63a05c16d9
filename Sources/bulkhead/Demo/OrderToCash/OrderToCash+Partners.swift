import BulkheadCore
import Distribution
import Foundation

/// Who the company trades with, and what it tells them.
extension OrderToCash {
  /// What the webhook's messages are signed with: base64 of 24 bytes. The same in all tenants.
  private static let secret = "whsec_QnVsa2hlYWQgdGVsbHMgbm90aGluZyEh"
  private var hook: String { "/\(address)/hook" }

  /// A customer and a supplier who exchange documents with the company, and a shop that wants to be told.
  func agree() async throws -> (buyer: TradingPartner, maker: TradingPartner) {
    let buyer = try await TradingPartner.agree(
      .init(
        theirs: "BIGBUYER", ours: address, party: try await story.one("/v1/parties?code=\(DemoCompany.customer)")),
      mailbox, in: story)
    let supplier = try await supplier
    try await story.post(
      "/v1/products/\(try await product)/identifiers",
      ["scheme": "supplier_sku", "value": .string(DemoCompany.sku), "partyId": .string(supplier)])
    let maker = try await TradingPartner.agree(
      .init(theirs: "WIDGETWORKS", ours: address, party: supplier, sendsOrders: true), mailbox, in: story)
    try await story.put("/v1/notification-settings", ["brand": "Corner"])
    let endpoint = try await story.post(
      "/v1/notification-endpoints",
      ["name": "Shop", "url": .string(mailbox.url + hook), "secret": .string(Self.secret)])
    try await story.post(
      "/v1/notification-subscriptions", ["endpointId": endpoint["id"] ?? .null, "event": "shipment.shipped"])
    return (buyer, maker)
  }

  func notice() async throws {
    await story.begin(6, "The customer is told")
    let letter = try await mailbox.take(hook, "a message") { _ in true }
    let message = try JSONParser.parse(letter.text)
    await story.tell(message["text"]?.string ?? "?")
    let subject = message["subject"]?.string ?? ""
    await story.figure("in whose name", "Corner", subject.split(separator: ":").first.map(String.init))
    let key = Data(base64Encoded: String(Self.secret.dropFirst(6))) ?? Data()
    let signature = WebhookSignature.sign(
      id: letter.fields["webhook-id"] ?? "", timestamp: Int64(letter.fields["webhook-timestamp"] ?? "") ?? 0,
      body: Array(letter.text.utf8), secret: Array(key))
    await story.figure(
      "signed by the shop's secret", "yes", letter.fields["webhook-signature"] == signature ? "yes" : "no")
  }
}
