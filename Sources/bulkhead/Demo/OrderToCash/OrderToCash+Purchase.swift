import BulkheadCore
import Distribution

/// A purchase order and its one line.
struct PlacedPurchase {
  let id: String
  let number: String
  let line: String

  var path: String { "/v1/purchase-orders/\(id)" }
}

/// What was missing is bought.
extension OrderToCash {
  func replenish(_ maker: TradingPartner) async throws -> PlacedPurchase {
    await story.begin(7, "The stock is planned anew")
    let run = try await story.post("/v1/replenishment-runs", [:])
    guard let id = run["proposed"]?[0]?.string else { throw Story.Broken(description: "nothing was proposed") }
    let path = "/v1/replenishment-suggestions/\(id)"
    let suggestion = try await story.get(path)
    await story.tell("Nothing on hand, nothing on order, 40 owed: below 50, so up to 200, in packs of 12, at least 48.")
    await story.figure("position", "-40", suggestion["inputs"]?["position"]?.string)
    await story.figure("suggested", "240", suggestion["quantity"]?.string)
    let again = try await story.post("/v1/replenishment-runs", [:])
    await story.figure("suggested once more", "0", again["proposed"]?.array.map { String($0.count) })
    try await story.post("\(path)/accept", [:])
    let order = try await story.post("\(path)/order")
    await story.figure("240 at 5.60", "1344.00", order.money("total"))
    let purchase = PlacedPurchase(
      id: try order.needed("id"), number: try order.needed("number"),
      line: try (order["lines"]?[0] ?? .null).needed("id"))
    for act in ["submit", "confirm", "send"] { try await story.post("\(purchase.path)/\(act)", [:]) }
    await story.figure("850 to the supplier", "240 EA 5.60", try await maker.receive("850").said("PO1", 2, 3, 4))
    return purchase
  }

  func receive(_ purchase: PlacedPurchase, _ maker: TradingPartner) async throws {
    await story.begin(8, "150 of 240 arrive, and freight is paid for them")
    let item = "VP*\(DemoCompany.sku)"
    await story.figure(
      "855 of the supplier", "accepted",
      try await maker.send(
        "PR", "855",
        [
          "BAK*00*AD*\(purchase.number)*20260105****S-1*20260105", "PO1*1*240*EA*5.60**\(item)",
          "ACK*IA*240*EA*067*20260119", "CTT*1",
        ]))
    await story.figure(
      "856 of the supplier", "accepted",
      try await maker.send(
        "SH", "856",
        [
          "BSN*00*ASN-1*20260119*0900*0001", "HL*1**S*1", "HL*2*1*O*1", "PRF*\(purchase.number)***20260105",
          "HL*3*2*P*1", "MAN*GM*00106141411234567897", "HL*4*3*I*0", "LIN*1*\(item)", "SN1*1*150*EA**240*EA",
          "CTT*4",
        ]))
    let notice = "/v1/asns/\(try await story.awaited("/v1/asns"))"
    let advised = try await story.get(notice)["lines"]?[0]
    await story.figure("announced", "150", advised?["advised"]?.string)
    let counted = try await story.post(
      "\(notice)/receipts",
      ["lines": [["asnLineId": advised?["id"] ?? .null, "quantity": 150, "lot": "L3"]]])
    await story.figure("announced and not there", "0", counted["lines"]?[0]?["short"]?.string)
    guard let receipt = counted["receipts"]?[0]?.string else { throw Story.Broken(description: "no receipt") }
    await story.figure("received, not invoiced", "-840.00", try await story.balance("2100"))
    try await inventory("840.00")
    let cost = try await story.post(
      "/v1/landed-costs",
      ["kind": "freight", "allocation": "value", "amount": "30.00", "receiptIds": [.string(receipt)]])
    try await story.post("/v1/landed-costs/\(try cost.needed("id"))/post")
    await story.figure("freight accrued", "-30.00", try await story.balance("2300"))
    // 870.00 / 150 = 5.80 each.
    try await inventory("870.00")
  }

  func matchInvoice(_ purchase: PlacedPurchase, _ maker: TradingPartner) async throws {
    await story.begin(10, "The supplier's invoice is too dear")
    await story.figure(
      "810 of the supplier", "accepted",
      try await maker.send(
        "IN", "810",
        [
          "BIG*20260120*INV-1*20260105*\(purchase.number)***DI*00", "CUR*SE*USD",
          "IT1*1*150*EA*5.75**VP*\(DemoCompany.sku)", "TDS*86250", "CTT*1",
        ]))
    let invoice = try await story.get("/v1/supplier-invoices/\(try await story.awaited("/v1/supplier-invoices"))")
    await story.tell("150 at 5.75 instead of 5.60: more than the 2 % that are let pass.")
    await story.figure("too dear by, per cent", "2.67857143", invoice["lines"]?[0]?["priceDifferencePercent"]?.string)
    await story.figure("held for", "price_hold", invoice["matchState"]?.string)
    let posted = try await story.post("/v1/supplier-invoices/\(try invoice.needed("id"))/approve", [:])
    let line = posted["lines"]?[0] ?? .null
    await story.tell("Approved: 110 of the 150 are still here and cost more; the rest is a variance.")
    await story.figure("cleared", "840.00", line["cleared"]?.string)
    await story.figure("to inventory", "16.50", line["toInventory"]?.string)
    await story.figure("to the price variance", "6.00", line["toVariance"]?.string)
    await story.figure("accounts payable", "-862.50", try await story.balance("2000"))
    try await inventory("654.50")
  }
}
