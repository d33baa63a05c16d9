import BulkheadCore
import Distribution

@testable import bulkhead

// MARK: - Putting away

extension Company {
  /// A shelf that holds little, for whatever is received to the dock: the rest is proposed to the storage.
  func furnish() async throws {
    let warehouse = try await first("/v1/locations?code=\(DemoCompany.warehouse)")
    let shelf: JSON = [
      "code": "A-1", "name": "Shelf", "type": "storage", "parentId": .string(warehouse), "pickSequence": 1,
      "isPickable": true,
    ]
    _ = try await post("/v1/locations", shelf)
    _ = try await post("/v1/putaway-rules", ["location": "A-1", "capacity": 20])
  }

  /// The next task, put away whole or in part, where it is proposed or elsewhere.
  func putAway(_ act: Act) async throws -> Bool {
    let device = JSON.string("FL-\(act.worker)")
    guard let task = try await post("/v1/putaway-task-claims", ["device": device])?["task"],
      let id = task["id"]?.string
    else { return false }
    scans += 1
    let isStrange = act.dice[0] % 4 == 0
    let quantity = act.dice[1] % 3 == 0 ? "1" : (task["quantity"] ?? .null)
    let scan: JSON = [
      "device": device, "seq": .int(scans), "location": isStrange ? "WH1-STOCK" : task["to"] ?? .null,
      "lot": task["lot"] ?? .null, "quantity": quantity, "reason": isStrange ? "The shelf is wet" : .null,
    ]
    let path = "/v1/putaway-tasks/\(id)/scans"
    guard let done = try await post(path, scan) else { return false }
    // A scanner that lost the answer sends again.
    if act.dice[2].isMultiple(of: 3), let again = try await post(path, scan), again["moved"] != done["moved"] {
      findings.append("\(path): the same scan twice: \(done.text) and \(again.text)")
    }
    return true
  }
}

// MARK: - Back to suppliers

extension Company {
  func sendBack(_ act: Act) async throws -> Bool {
    if act.kind == .shipBack { return try await shipBack(act) }
    guard let receipt = one(receipts, act.dice[0]) else { return false }
    let lines = try await get("/v1/receipts/\(receipt)")["lines"]
    let isReversal = act.dice[1].isMultiple(of: 2)
    let line: JSON = [
      "receiptLineId": lines?[0]?["id"] ?? .null, "quantity": .int(1 + act.dice[1] % 11),
      "location": ([.null, "WH1-STOCK", "A-1"] as [JSON])[act.dice[2] % 3],
    ]
    let body: JSON = [
      "kind": isReversal ? "reversal" : "return", "reason": "Broken", "expectedAgain": .bool(act.dice[2] % 2 == 0),
      "lines": [line],
    ]
    guard let id = try await post("/v1/supplier-returns", body)?["id"]?.string else { return false }
    let path = "/v1/supplier-returns/\(id)"
    if !isReversal, try await post("\(path)/accept", ["supplierReference": "RMA-7"]) == nil { return false }
    goingBack.append(path)
    return true
  }

  /// Lets it leave; what was billed is credited, at another price than it had cost as like as not.
  private func shipBack(_ act: Act) async throws -> Bool {
    guard let path = one(goingBack, act.dice[0]) else { return false }
    if act.dice[2] % 7 == 0 { return try await post("\(path)/cancel", ["reason": "Kept"]) != nil }
    guard try await post("\(path)/ship", [:]) != nil else { return false }
    let credit: JSON = [
      "supplierNumber": .string("CR-\(act.number)"), "net": .string(["5.60", "11.13", "0"][act.dice[1] % 3]),
    ]
    _ = try await post("\(path)/credit", credit)
    return true
  }
}
