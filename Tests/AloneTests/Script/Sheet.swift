import BulkheadCore

/// Files as people would send them for import, and as nobody should. One header serves every kind of file.
enum Sheet {
  private static let header = "sku,name,baseUnit,quantity,unitCost,lot,priceList,currency,value,poNumber,customer"

  static func text(_ dice: inout Dice) -> String {
    switch dice.below(12) {
    case 0: return "sku;name\n\"never closed;1\n"
    case 1: return header
    default: return ([header] + (0...dice.below(5)).map { _ in row(&dice) }).joined(separator: "\r\n")
    }
  }

  private static func row(_ dice: inout Dice) -> String {
    let sku = dice.pick(["WIDGET-001", "WIDGET-001", "SKU-\(dice.below(30))", "GHOST"])
    let isOrder = dice.chance(50)
    return [
      sku, "\"Name, \(dice.below(5))\"", dice.pick(["EA", "EA", "XX"]), dice.pick(["1", "5", "0", "many"]),
      dice.pick(["5.00", "5.50"]), sku == "WIDGET-001" ? "L1" : "", isOrder ? "" : "STD-USD",
      dice.pick(["USD", "USD", "EUR"]), dice.pick(["12.50", "11.25"]), "PO-\(dice.below(60))",
      isOrder ? dice.pick(["CUST-001", "CUST-001", "NOBODY"]) : "",
    ].joined(separator: ",")
  }
}
