import BulkheadCore
import BulkheadData

/// Books a supplier's invoice: what was received and not invoiced is cleared, what is billed beyond it goes to the
/// stock that still lies here and, for what has been sold, to the price variance; the supplier is owed the whole.
struct SupplierInvoicePosting {
  let services: Services
  let invoice: LockedInvoice
  let lines: [JudgedLine]

  private struct Settled {
    let line: EntityID
    let orderLine: EntityID
    let part: SupplierInvoiceSettlement.Part
    let moveID: EntityID
  }

  /// The order rows of the lines are locked. Refuses with `money.overflow` and `resource.changedMeanwhile`.
  func queries(_ today: CivilDate, in tx: Transaction) async throws -> [Query] {
    let receipts = try await tx.run(SupplierInvoiceStatements.openReceipts, .ids(lines.map(\.orderLine)))
    let settled = try settle(receipts)
    let (splits, revaluation) = try await StockRevaluation(
      entity: invoice.entity, originType: "supplier_invoice", originID: invoice.id,
      changes: settled.map { StockRevaluation.Change(moveID: $0.moveID, amount: $0.part.difference) },
      sparesReturned: true
    ).post(services.ambient, in: tx)
    var entry = LedgerEntry(
      id: services.ambient.makeID(), book: .payable, effectiveOn: today, originType: "supplier_invoice",
      originID: invoice.id, memo: invoice.number)
    // Parts of the invoice's net amount, which was added up with care.
    entry.debit(.receivedNotInvoiced, settled.reduce(0) { $0 + $1.part.cleared })
    entry.debit(.inventory, splits.reduce(0) { $0 + $1.stock })
    entry.debit(.priceVariance, splits.reduce(0) { $0 + $1.gone })
    entry.debit(.taxReceivable, invoice.tax)
    let total = try Money(minor: invoice.net, invoice.entity.currency)
      .adding(Money(minor: invoice.tax, invoice.entity.currency))
    entry.credit(.payable, total.minor, party: invoice.supplierID, dueOn: invoice.dueOn)
    return [matches(settled, splits), billReceipts(settled), try billLines(settled)] + revaluation
      + (try LedgerEntry.queries([entry], invoice.entity, tx.context, services.ambient))
  }

  private func settle(_ rows: Rows) throws(Refusal) -> [Settled] {
    var open: [EntityID: [OpenLayer]] = [:]
    var moves: [EntityID: EntityID] = [:]
    for row in rows {
      let id = try row.id(0)
      let orderLine = try row.id(1)
      moves[id] = try row.id(2)
      open[orderLine, default: []].append(
        OpenLayer(
          id: id, productID: orderLine, lotKey: .zero, quantity: try row.quantity(3), value: try row.int(4)))
    }
    var settled: [Settled] = []
    for line in lines {
      guard
        let settlement = try SupplierInvoiceSettlement(
          line.quantity, amount: line.amount, receipts: open[line.orderLine] ?? [])
      else { throw Refusal(.changedMeanwhile, "What has come was billed by another invoice.") }
      for part in settlement.parts {
        guard let move = moves[part.receiptLine] else { continue }
        settled.append(Settled(line: line.id, orderLine: line.orderLine, part: part, moveID: move))
      }
    }
    return settled
  }

  private func matches(_ settled: [Settled], _ splits: [StockRevaluation.Split]) -> Query {
    Query(
      SupplierInvoiceStatements.insertMatches, .ids(settled.map { _ in services.ambient.makeID() }),
      .ids(settled.map(\.line)), .ids(settled.map(\.part.receiptLine)), .quantities(settled.map(\.part.quantity)),
      .ints(settled.map(\.part.cleared)), .ints(splits.map(\.stock)), .ints(splits.map(\.gone)))
  }

  /// An order line stands once in an invoice, so each receipt line does too.
  private func billReceipts(_ settled: [Settled]) -> Query {
    Query(
      SupplierInvoiceStatements.billReceipts, .ids(settled.map(\.part.receiptLine)),
      .quantities(settled.map(\.part.quantity)), .ints(settled.map(\.part.cleared)))
  }

  private func billLines(_ settled: [Settled]) throws(Refusal) -> Query {
    var sums: [EntityID: (quantity: Quantity, cleared: Int64)] = [:]
    for one in settled {
      let before = sums[one.orderLine] ?? (.zero, 0)
      sums[one.orderLine] = (try before.quantity.adding(one.part.quantity), before.cleared + one.part.cleared)
    }
    let lines = sums.sorted { $0.key < $1.key }
    return Query(
      SupplierInvoiceStatements.billLines, .ids(lines.map(\.key)), .quantities(lines.map(\.value.quantity)),
      .ints(lines.map(\.value.cleared)))
  }
}
