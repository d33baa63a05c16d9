import BulkheadCore
import BulkheadServer

/// Makes values that a schema accepts, mostly of a small vocabulary, so that they meet what is there already.
struct Composer {
  let memory: Memory
  let route: String

  /// Members of which exactly one may stand.
  private static let rivals: [Set<String>] = [
    ["sku", "gtin", "customerSku", "productId"], ["customer", "customerId"],
    ["priceListId", "customerId", "customerGroupId", "contractId"],
  ]

  func value(_ schema: Schema, _ name: String, _ dice: inout Dice) -> String {
    switch schema {
    case .string(_, let maxLength, let pattern): "\"\(text(name, maxLength, pattern, &dice))\""
    case .integer(let range):
      // A time is of whole hours: what falls due within the run would fall at another step in each world.
      String(
        min(
          max(dice.pick(name == "acknowledgeWithin" ? [3600, 86_400] : [1, 2, 7, 30]), range.lowerBound),
          range.upperBound))
    case .decimal(_, _, let minimum): "\"\(decimal(name, minimum, &dice))\""
    case .boolean: dice.chance(70) ? "true" : "false"
    case .id(let kind): "\"\(reference(kind, &dice))\""
    case .date: "\"\(dice.pick(["2024-01-01", "2025-06-30", "2030-01-01", "2031-12-31"]))\""
    case .dateTime: "\"2030-01-01T00:00:00Z\""
    case .oneOf(let values): "\"\(dice.pick(values))\""
    case .array(let element, let minItems, _): array(element, max(1, minItems), name, &dice)
    case .object(let fields): object(fields, &dice)
    case .any: "null"
    case .nullable(let inner): dice.chance(10) ? "null" : value(inner, name, &dice)
    }
  }

  /// One of the tenant's own things, somebody else's, or nothing at all.
  func reference(_ kind: String, _ dice: inout Dice) -> String {
    let own = memory.labels[kind] ?? []
    switch dice.below(100) {
    case 0..<10: return "{{foreign:\(kind):\(dice.below(8))}}"
    case 10..<13: return "00000000-0000-7000-8000-00000000000\(dice.below(10))"
    default:
      guard let newest = own.last else { return "00000000-0000-7000-8000-000000000000" }
      return "{{id:\(dice.chance(30) ? newest : dice.pick(own))}}"
    }
  }

  private func array(_ element: Schema, _ minItems: Int, _ name: String, _ dice: inout Dice) -> String {
    if name == "permissions" {
      return dice.pick(["[\"orders.read\"]", "[\"inventory.read\",\"orders.read\"]", "[\"no.such\"]"])
    }
    if name == "roles" { return dice.pick(["[\"order_clerk\"]", "[\"viewer\"]", "[\"no_such_role\"]"]) }
    let count = minItems + (dice.chance(25) ? 1 : 0)
    return "[" + (0..<count).map { _ in value(element, name, &dice) }.joined(separator: ",") + "]"
  }

  private func object(_ fields: [Schema.Field], _ dice: inout Dice) -> String {
    var chosen: Set<String> = []
    var excluded: Set<String> = []
    let names = Set(fields.map(\.name))
    for rivals in Self.rivals {
      let present = rivals.intersection(names).subtracting(excluded).sorted()
      guard present.count > 1, !dice.chance(3) else { continue }
      let usual = ["sku", "customer"].first { present.contains($0) }
      let one = dice.chance(75) ? usual ?? dice.pick(present) : dice.pick(present)
      chosen.insert(one)
      excluded.formUnion(present.filter { $0 != one })
    }
    if names.isSuperset(of: ["productId", "categoryId"]), chosen.isDisjoint(with: ["productId"]) {
      excluded.insert(dice.chance(50) ? "productId" : "categoryId")
    }
    var members: [String] = []
    for field in fields where !excluded.contains(field.name) {
      let isLikely = ["lot", "unitCost", "unitPrice", "partyId", "secret"].contains(field.name)
      let isDock = field.name == "location" && route.hasSuffix("/receipts")
      let isRare =
        !isDock
        && ["warehouse", "location", "currency", "parentId", "priceListId", "gln", "requestedOn"].contains(field.name)
      guard field.isRequired || chosen.contains(field.name) || dice.chance(isLikely ? 92 : isRare ? 6 : 25) else {
        continue
      }
      members.append("\"\(field.name)\":" + value(field.schema, field.name, &dice))
    }
    return "{" + members.joined(separator: ",") + "}"
  }

  private func decimal(_ name: String, _ minimum: Schema.DecimalBound, _ dice: inout Dice) -> String {
    switch name {
    case "unitCost", "unitPrice", "value", "expectedPrice": dice.pick(["5.00", "5.50", "11.25", "12.50", "0.0001"])
    case "creditLimit": dice.pick(["0", "100.00", "50000.00", "1000000"])
    case "quantity", "minQuantity":
      if case .none = minimum {
        dice.pick(["40", "25", "100", "7", "12", "-3", "-1000"])
      } else {
        dice.pick(["1", "2", "5", "12", "40", "1000", "0.5"])
      }
    default: dice.pick(["1", "2", "0.5", "10"])
    }
  }

  private func text(_ name: String, _ maxLength: Int, _ pattern: Schema.Pattern?, _ dice: inout Dice) -> String {
    let words: [String] =
      switch name {
      case "sku" where route == "POST /v1/products": ["SKU-1", "SKU-2", "SKU-\(dice.below(30))", "WIDGET-001"]
      case "sku":
        Array(repeating: "WIDGET-001", count: 8) + ["SKU-1", "SKU-2", "SKU-3", "SKU-\(dice.below(30))", "GHOST"]
      case "gtin": ["00614141123452", "10614141123459", "04006381333931", "00614141123453"]
      case "customerSku": ["OWN-1", "OWN-2", "OWN-\(dice.below(12))"]
      case "value": ["00614141123452", "04006381333931", "OWN-\(dice.below(12))", "OWN-1"]
      case "customer":
        ["CUST-001", "CUST-001", "CUST-001", "CUST-001", "CUST-001", "CUST-001", "C-\(dice.below(12))", "NOBODY"]
      case "poNumber": ["4500000042", "PO-\(dice.below(60))"]
      case "currency": Array(repeating: "USD", count: 12) + ["EUR", "XQX"]
      case "country": ["US", "DE"]
      case "unit", "baseUnit": ["EA", "EA", "EA", "EA", "EA", "CA", "CA", "BX", "PAL"]
      case "warehouse": ["WH1", "W-1"]
      case "location" where route.hasSuffix("/receipts"): ["WH1-IN", "WH1-IN", "WH1-IN", "WH1"]
      case "location" where route.hasSuffix("/scans"): ["WH1-STOCK", "WH1-STOCK", "WH1-STOCK", "WH1-PICK"]
      case "location": ["WH1/STOCK", "L-\(dice.below(8))", "WH1"]
      case "device": ["RF-1", "RF-1", "RF-1", "RF-2"]
      case "prefix": ["0614141", "061414\(dice.below(9))"]
      case "lot": ["L1", "L2", "LOT-\(dice.below(10))"]
      case "email": ["user{{run}}x\(dice.below(4))@example.test"]
      case "password": ["correct horse battery"]
      case "ourId": ["{{address}}", "{{address}}", "NBADDRESS1"]
      case "theirId": ["BIGBUYER", "BUYER\(dice.below(9))"]
      case "ourQualifier", "theirQualifier": ["ZZ"]
      case "uuid": ["0f000000-0000-4000-8000-0000000000\(10 + dice.below(80))"]
      case "secret":
        ["whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=", "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="]
          + ["correct horse battery"]
      case "url":
        [
          "http://shop.test/hook", "http://shop.test/hook", "http://gone.test/hook",
          "smtps://shop@mail.test/?from=shop@shop.test&to=buyer@shop.test",
          "smtp://shop@gone.test/?from=shop@shop.test&to=a@shop.test,b@shop.test",
        ]
      case "deliveryUrl": ["http://buyer.test/edi", "http://other.test/x12"]
      case "code" where route == "POST /v1/units": ["BX", "PAL", "U\(dice.below(20))"]
      case "code" where route == "POST /v1/lots": ["L1", "LOT-\(dice.below(10))"]
      case "code": ["C-\(dice.below(12))", "C-\(dice.below(40))"]
      default: ["Name \(dice.below(5))"]
      }
    let word = dice.pick(words)
    guard let pattern, !word.contains("{{"), !pattern.matches(word) else { return word }
    let others = ["EA", "US", "UN1203", "4006381333931", "SECRET", "ZZ", "http://buyer.test/edi"]
    return others.first { pattern.matches($0) && $0.count <= maxLength } ?? word
  }
}
