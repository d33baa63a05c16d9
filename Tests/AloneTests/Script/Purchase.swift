import BulkheadCore

/// Interchanges as the buyer's software would send them, and as nobody's should.
enum Purchase {
  static let buyer = "BIGBUYER"

  private static func padded(_ text: String) -> String {
    text + String(repeating: " ", count: max(0, 15 - text.utf8.count))
  }

  private static func envelope(_ sender: String, _ receiver: String, _ control: String, _ inner: [String]) -> String {
    let head =
      "ISA*00*          *00*          *ZZ*\(padded(sender))*ZZ*\(receiver)*251121*1140*U*00401*\(control)*0*T*>"
    return ([head] + inner + ["IEA*1*\(control)"]).map { $0 + "~" }.joined()
  }

  private static func group(_ kind: String, _ set: String, _ body: [String]) -> [String] {
    ["GS*\(kind)*\(buyer)*SELLER*20251121*1140*1*X*004010", "ST*\(set)*0001"] + body
      + ["SE*\(body.count + 2)*0001", "GE*1*1"]
  }

  static func text(_ dice: inout Dice) -> String {
    let control = String(String(1_000_000_000 + dice.below(40) + 1).dropFirst())
    switch dice.below(24) {
    case 0: return "ISA*00*nonsense"
    case 1: return envelope("STRANGER", padded("NOBODY"), control, [])
    case 2: return envelope(buyer, padded("NEIGHBOUR"), control, group("PO", "850", order(&dice)))
    case 3: return envelope(buyer, "{{address15}}", control, group("PO", "850", ["BEG*00*SA", "CTT*1"]))
    case 4:
      let number = dice.below(6) + 1
      return envelope(
        buyer, "{{address15}}", control,
        group("FA", "997", ["AK1*PR*\(number)", "AK2*855*0001", "AK5*A", "AK9*A*1*1*1"]))
    case 20...23:
      let (kind, set, body) = dice.pick(supplies)
      return envelope(buyer, "{{address15}}", control, group(kind, set, body))
    default: return envelope(buyer, "{{address15}}", control, group("PO", "850", order(&dice)))
    }
  }

  /// What a supplier would send, from a partner who is none: it is taken in and goes to the work list.
  private static let supplies: [(kind: String, set: String, body: [String])] = [
    ("PR", "855", ["BAK*00*AD*PO-2025-000001*20251121", "PO1*1*1*EA*5.60**VP*WIDGET-001", "ACK*IA*1*EA", "CTT*1"]),
    (
      "SH", "856",
      [
        "BSN*00*SHP1*20251121*1140*0004", "HL*1**S*1", "HL*2*1*O*1", "PRF*PO-2025-000001", "HL*3*2*I*0",
        "LIN*1*VP*WIDGET-001", "SN1*1*1*EA", "CTT*3",
      ]
    ),
    (
      "IN", "810",
      ["BIG*20251121*INV1**PO-2025-000001", "IT1*1*1*EA*5.60**VP*WIDGET-001", "TDS*560", "CTT*1"]
    ),
  ]

  private static func order(_ dice: inout Dice) -> [String] {
    var body = ["BEG*00*SA*PO-\(dice.below(24))**20251121", "CUR*BY*USD"]
    let lines = dice.below(2) + 1
    for line in 1...lines {
      let sku = dice.pick(["WIDGET-001", "WIDGET-001", "SKU-1", "SKU-2", "GHOST"])
      let price = dice.pick(["11.25", "11.25", "3.10"])
      body.append("PO1*\(line)*\(dice.pick(["1", "5", "100"]))*\(dice.pick(["EA", "EA", "CA"]))*\(price)**VP*\(sku)")
    }
    return body + ["CTT*\(lines)"]
  }
}
