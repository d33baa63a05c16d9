import BulkheadCore
import Distribution

/// What comes back, what is paid, and the end of the month.
extension OrderToCash {
  /// Five of the first sixty come back; the credit note's id.
  func takeBack(_ shipment: String) async throws -> String {
    await story.begin(11, "Five come back")
    let line = try (await story.get("/v1/shipments/\(shipment)")["lines"]?[0] ?? .null).needed("id")
    let asked = try await story.post(
      "/v1/returns", ["reason": "Too many", "lines": [["shipmentLineId": .string(line), "quantity": 5]]])
    let path = "/v1/returns/\(try asked.needed("id"))"
    try await story.post("\(path)/accept", [:])
    let received = try await story.post(
      "\(path)/receive", ["items": [["line": 1, "quantity": 5, "lot": "L1", "disposition": "restock"]]])
    await story.tell("They go back to the shelf at what they had cost when they left: 310.00 x 5 / 60.")
    await story.figure("value brought back", "25.83", received["lines"]?[0]?["value"]?.string)
    await story.figure("on hand", "115", try await availability("onHand"))
    try await costs("516.17", left: "680.33")
    let done = try await story.post("\(path)/complete", [:])
    guard let id = done["creditNotes"]?[0]?["id"]?.string else { throw Story.Broken(description: "no credit note") }
    let note = try await story.get("/v1/invoices/\(id)")
    await story.figure("credit, net", "56.25", note.money("net"))
    await story.figure("credit, tax", "4.50", note.money("tax"))
    await story.figure("credit", "60.75", note.money("total"))
    return id
  }

  func getPaid(_ invoice: String, credit: String, second: String) async throws {
    await story.begin(12, "The customer pays, and the books are closed")
    try await story.post(
      "/v1/invoices/\(credit)/allocations", ["allocations": [["invoiceId": .string(invoice), "amount": "60.75"]]])
    await story.figure("still open", "668.25", try await story.get("/v1/invoices/\(invoice)").money("open"))
    let customer = try await story.one("/v1/parties?code=\(DemoCompany.customer)")
    try await story.post(
      "/v1/payments",
      [
        "partyId": .string(customer), "direction": "received", "amount": "668.25", "reference": "TRF 1",
        "allocations": [["invoiceId": .string(invoice), "amount": "668.25"]],
      ])
    await story.figure("first invoice", "paid", try await story.get("/v1/invoices/\(invoice)")["status"]?.string)
    await story.figure("bank", "668.25", try await story.balance("1000"))
    await story.figure("second invoice, open", "486.00", try await story.get("/v1/invoices/\(second)").money("open"))
    await story.figure("accounts receivable", "486.00", try await story.balance("1100"))
  }

  func closeBooks() async throws {
    let invoice = try await story.get("/v1/invoices?status=posted")["items"]?[0]
    let month = try (invoice ?? .null).needed("invoiceOn")
    let entity = try await story.one("/v1/legal-entities")
    let closed = try await story.post("/v1/legal-entities/\(entity)/periods/close", ["month": .string(month)])
    await story.figure("the month", "closed", closed["state"]?.string)
    let late: JSON = [
      "kind": "correction", "reason": "Too late",
      "lines": [["sku": .string(DemoCompany.sku), "quantity": -1, "lot": "L3"]],
    ]
    await story.figure("a posting into it", "period.closed", try await story.refusal("/v1/stock-adjustments", late))
    await story.figure("trial balance", "0.00", try await story.get("/v1/trial-balance")["balance"]?.string)
  }
}
