import BulkheadCore
import Distribution

/// What happens between the shelves and the dock.
extension OrderToCash {
  /// Takes what is reserved for `order` through wave and picking into one carton a lot; the shipment's id.
  func pack(_ order: String, cartons: [(lot: String, quantity: Int)], scansFrom first: Int) async throws -> String {
    let wave = try await story.post("/v1/waves", ["orderIds": [.string(order)]])
    guard let shipment = wave["shipments"]?[0]?["id"]?.string else { throw Story.Broken(description: "an empty wave") }
    try await pick(from: first)
    for carton in cartons {
      let package = try await story.post(
        "/v1/shipments/\(shipment)/packages",
        ["items": [["line": 1, "lot": .string(carton.lot), "quantity": .int(carton.quantity)]]])
      let sscc = try package.needed("sscc")
      let label = try await story.text("/v1/packages/\(try package.needed("id"))/labels/zpl")
      await story.tell("Carton \(sscc): \(carton.quantity) of lot \(carton.lot), with a GS1-128 label.")
      await story.figure("the label carries its SSCC", "yes", label.contains(sscc) ? "yes" : "no")
    }
    return shipment
  }

  func ship(_ shipment: String) async throws {
    try await story.post("/v1/shipments/\(shipment)/pack")
    let shipped = try await story.post(
      "/v1/shipments/\(shipment)/ship", ["carrier": "ACME Freight", "trackingNumber": "1Z999"])
    await story.figure("state", "shipped", shipped["state"]?.string)
  }

  private func pick(from first: Int) async throws {
    var seq = first
    while let task = try await story.post("/v1/pick-task-claims", ["device": "RF-1"])["task"], !task.isNull {
      let (quantity, lot) = (task["quantity"]?.string ?? "?", task["lot"]?.string ?? "-")
      await story.tell("Pick \(quantity) of lot \(lot) from \(task["from"]?.string ?? "?").")
      let scan: JSON = [
        "device": "RF-1", "seq": .int(seq), "location": task["from"] ?? .null, "lot": task["lot"] ?? .null,
        "barcode": .string(DemoCompany.gtin), "quantity": task["quantity"] ?? .null,
      ]
      let path = "/v1/pick-tasks/\(try task.needed("id"))/scans"
      let done = try await story.post(path, scan)
      // The device lost the answer and sends again.
      await story.figure(
        "the scan sent twice", "as once", try await story.post(path, scan) == done ? "as once" : "twice")
      seq += 1
    }
  }
}
