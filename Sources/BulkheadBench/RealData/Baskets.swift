import BulkheadCore

/// The orders of the file, as their lines stand together in it.
struct Baskets: Sendable {
  struct Basket: Sendable {
    let number: String
    let customer: String
    let day: String
    var lines: [(sku: String, quantity: String)]

    var body: JSON {
      [
        "poNumber": .string(number), "customer": .string(customer), "requestedOn": .string(day),
        "lines": .array(lines.map { ["sku": .string($0.sku), "quantity": .string($0.quantity)] }),
      ]
    }
  }

  /// The file without its last orders, for the import.
  let file: String
  /// The last orders, to be placed one by one.
  let last: [Basket]

  /// Columns: basket, store, product, quantity, day; nothing in them is quoted.
  init(_ text: String, last count: Int) throws {
    let rows = text.split(whereSeparator: \.isNewline)
    guard let head = rows.first else { throw BenchFailure("the file of orders is empty") }
    var all: [(first: Int, basket: Basket)] = []
    for (index, row) in rows.enumerated().dropFirst() {
      let cells = row.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard cells.count == 5 else { throw BenchFailure("row \(index + 1) of the orders has not five columns") }
      if all.last?.basket.number != cells[0] {
        all.append((index, Basket(number: cells[0], customer: cells[1], day: cells[4], lines: [])))
      }
      all[all.count - 1].basket.lines.append((cells[2], cells[3]))
    }
    let kept = all.suffix(count)
    last = kept.map(\.basket)
    file = ([head] + rows[1..<(kept.first?.first ?? rows.count)]).joined(separator: "\n") + "\n"
  }
}
