import BulkheadCore
import BulkheadData

/// Many orders at once: the same checks, prices, credit and allocation as one by one, in their order, with one
/// statement per table however many they are.
///
/// An order that is refused takes nothing with it: all that can refuse one is known before anything is written.
struct OrderBatch: Sendable {
  /// By position in what was asked for.
  private(set) var refused: [Int: Refusal] = [:]
  private(set) var placed: [Int: PlacedOrder] = [:]

  private let requests: [OrderRequest]
  private let services: Services
  private let now: Instant
  private var drafts: [(index: Int, draft: OrderDraft)] = []

  private var today: CivilDate { CivilDate(now) }

  /// Products are named by SKU, GTIN or id: a customer's own numbers are looked up for one customer at a time only.
  init(_ requests: [OrderRequest], _ services: Services) {
    self.requests = requests
    self.services = services
    now = services.ambient.now
  }

  /// Refuses what the order desk would refuse, and changes nothing. Throws `setup.missing`.
  mutating func check(in tx: Transaction) async throws {
    try await draft(in: tx)
    guard !drafts.isEmpty else { return }
    let prices = try await readPrices(in: tx)
    try plan(prices, credit: [:], stock: [], note: { _, _, _ in })
  }

  /// Places what is not refused. Four round trips, the last of which is the caller's.
  mutating func place(in tx: Transaction) async throws {
    try await draft(in: tx)
    guard !drafts.isEmpty else { return }
    let prices = try await readPrices(in: tx)
    let customers = Set(drafts.map(\.draft.terms.id)).sorted()
    let held = try await tx.run(
      Query(OrderBatchStatements.lockCredit, .ids(customers)),
      FreeStock.lock(
        Set(drafts.flatMap { $0.draft.products.map(\.id) }), in: Set(drafts.map(\.draft.warehouse.id))),
      Query(
        OrderBatchStatements.usedPOs, .ids(drafts.map(\.draft.terms.id)), .texts(drafts.map(\.draft.request.poNumber))))
    try refuseUsed(held[2])
    var credit: [EntityID: CreditPosition] = [:]
    for row in held[0] { credit[try row.id(0)] = try CreditPosition(row, from: 1) }
    var plans: [(index: Int, draft: OrderDraft, plan: OrderPlan)] = []
    try plan(prices, credit: credit, stock: try FreeStock.read(held[1])) { plans.append(($0, $1, $2)) }
    guard let entity = plans.first?.draft.entity else { return }
    let series = NumberSeries.salesOrder
    let rows = try await tx.run([series.query(entity, on: today, count: plans.count)])
    let numbers = try series.numbers(rows[0], entity, on: today, count: plans.count)
    try write(plans, numbers, in: tx)
  }

  private mutating func refuse(_ index: Int, _ refusal: Refusal) throws(Refusal) {
    // What is missing for every order is no fault of one.
    if refusal.code == .setupMissing || refusal.code.category == .internal { throw refusal }
    refused[index] = refusal
  }

  // MARK: Looking up

  private mutating func draft(in tx: Transaction) async throws {
    var open: [Int] = []
    for (index, request) in requests.enumerated() {
      do throws(Refusal) {
        try request.check()
        _ = try ProductLookup(request.mentions, customer: request.customer, pointer: "/lines")
        open.append(index)
      } catch { try refuse(index, error) }
    }
    guard !open.isEmpty else { return }
    let asked = open.map { requests[$0] }
    let lookup = try ProductLookup(asked.flatMap(\.mentions), customer: nil, pointer: "/lines")
    let rows = try await tx.run(
      [
        Query(
          OrderBatchStatements.terms, .ints(open.map { Int64($0) }), .ids(asked.map(\.customer.id)),
          .texts(asked.map(\.customer.code)), .texts(asked.map(\.poNumber))),
        Query(OrderBatchStatements.warehouses, .texts(Set(asked.compactMap(\.warehouse)).sorted())),
        Warehouse.query(nil),
      ] + lookup.queries)
    var terms: [Int: CustomerTerms] = [:]
    for row in rows[0] { terms[Int(try row.int(0))] = try CustomerTerms(row, from: 1) }
    var houses: [String: Row] = [:]
    for row in rows[1] { houses[try row.text(1)] = row }
    var products = try lookup.products(rows.dropFirst(3))[...]
    for index in open {
      let request = requests[index]
      let mine = Array(products.prefix(request.lines.count))
      products = products.dropFirst(request.lines.count)
      let house = request.warehouse.map { houses[$0] } ?? rows[2].first
      do throws(Refusal) {
        drafts.append((index, try OrderDraft(request, terms: terms[index], warehouse: house, mine)))
      } catch { try refuse(index, error) }
    }
    try refuseRepeated()
  }

  /// Of two orders of this batch with one customer and PO number, the second.
  private mutating func refuseRepeated() throws(Refusal) {
    var seen: Set<[String]> = []
    var kept: [(index: Int, draft: OrderDraft)] = []
    for (index, draft) in drafts {
      if let po = draft.request.poNumber, !seen.insert([draft.terms.id.description, po]).inserted {
        try refuse(index, ConstraintRefusals.duplicatePO)
      } else {
        kept.append((index, draft))
      }
    }
    drafts = kept
  }

  /// Under the lock of their customers' credit: whose PO numbers have been used meanwhile.
  private mutating func refuseUsed(_ rows: Rows) throws(Refusal) {
    var used: Set<[String]> = []
    for row in rows { used.insert([try row.id(0).description, try row.text(1)]) }
    guard !used.isEmpty else { return }
    for (index, draft) in drafts where used.contains([draft.terms.id.description, draft.request.poNumber ?? ""]) {
      try refuse(index, ConstraintRefusals.duplicatePO)
    }
    drafts.removeAll { refused[$0.index] != nil }
  }

  // MARK: Deciding

  /// Rules by who holds them and what they are for, so that each order looks at its own only.
  private struct Prices {
    struct Key: Hashable {
      let holder: EntityID
      let subject: EntityID
    }
    var rules: [String: [Key: [PriceRule]]] = [:]

    func book(_ draft: OrderDraft) -> PriceBook {
      let terms = draft.terms
      var subjects: Set<EntityID> = [.zero]
      for product in draft.products {
        subjects.insert(product.id)
        subjects.formUnion(product.categories)
      }
      let held = rules[terms.currency.code] ?? [:]
      var found: [PriceRule] = []
      for holder in [terms.id] + terms.priceLists + (terms.groupID.map { [$0] } ?? []) {
        for subject in subjects { found += held[Key(holder: holder, subject: subject)] ?? [] }
      }
      return PriceBook(found, lists: terms.priceLists)
    }
  }

  private func readPrices(in tx: Transaction) async throws -> Prices {
    var prices = Prices()
    let groups = Dictionary(grouping: drafts.map(\.draft), by: \.terms.currency.code).sorted { $0.key < $1.key }
    let queries = groups.map { _, drafts in
      var holders: Set<EntityID> = []
      var subjects: Set<EntityID> = [.zero]
      for draft in drafts {
        holders.formUnion([draft.terms.id] + draft.terms.priceLists)
        if let group = draft.terms.groupID { holders.insert(group) }
        for product in draft.products {
          subjects.insert(product.id)
          subjects.formUnion(product.categories)
        }
      }
      return PriceRule.query(
        holders: holders.sorted(), subjects: subjects, currency: drafts[0].terms.currency, on: today)
    }
    for (group, rows) in zip(groups, try await tx.run(queries)) {
      let rules = try rows.map { row in try PriceRule(row) }
      prices.rules[group.key] = Dictionary(grouping: rules) { Prices.Key(holder: $0.holderID, subject: $0.subjectID) }
    }
    return prices
  }

  /// Plans one order after the other: what one takes of stock and credit, the next does not have.
  private mutating func plan(
    _ prices: Prices, credit: [EntityID: CreditPosition], stock: [FreeStock],
    note: (Int, OrderDraft, OrderPlan) -> Void
  ) throws(Refusal) {
    let free = CreditPosition(limit: nil, openReceivable: 0, unbilled: 0, openOrders: 0)
    var credit = credit
    var shelves: [EntityID: [FreeStock]] = [:]
    for quant in stock { shelves[quant.productID, default: []].append(quant) }
    for (index, draft) in drafts {
      let products = Set(draft.products.map(\.id))
      let reachable = products.flatMap { shelves[$0] ?? [] }.filter { $0.warehouseID == draft.warehouse.id }
      let position = credit[draft.terms.id] ?? free
      do throws(Refusal) {
        let plan = try OrderPlan(
          draft, prices: prices.book(draft), credit: position, stock: reachable, on: today)
        if plan.exposure > 0 { credit[draft.terms.id] = try position.promising(plan.exposure) }
        for take in plan.takes { try Self.take(take, from: &shelves[draft.lines[take.line].product.id]) }
        note(index, draft, plan)
      } catch { try refuse(index, error) }
    }
  }

  private static func take(_ take: Allocation.Take, from shelf: inout [FreeStock]?) throws(Refusal) {
    guard let index = shelf?.firstIndex(where: { $0.quantID == take.quantID }), let quant = shelf?[index] else {
      return
    }
    shelf?[index] = try quant.less(take.quantity)
  }

  // MARK: Writing

  private mutating func write(
    _ plans: [(index: Int, draft: OrderDraft, plan: OrderPlan)], _ numbers: [String], in tx: Transaction
  ) throws {
    let ambient = services.ambient
    var orders: [PlacedOrder] = []
    var takes: [Allocation.Take] = []
    var promised: [EntityID: Int64] = [:]
    var lineIDs: [EntityID] = []
    for (number, (index, draft, plan)) in zip(numbers, plans) {
      let writer = OrderWriter(
        services: services, context: tx.context, draft: draft, plan: plan, number: number, now: now)
      let order = try writer.placed(ambient.makeID(), plan.lines.map { _ in ambient.makeID() })
      for take in plan.takes { takes.append(take.moved(by: lineIDs.count)) }
      lineIDs += order.lines.map(\.id)
      // Each position was judged within Int64; the limit keeps their sum there too, or there is none.
      if plan.exposure > 0 {
        let (sum, overflow) = (promised[draft.terms.id] ?? 0).addingReportingOverflow(plan.exposure)
        guard !overflow else { throw Refusal(.moneyOverflow, "The customer's open orders are too large.") }
        promised[draft.terms.id] = sum
      }
      orders.append(order)
      placed[index] = order
    }
    let written = zip(orders, plans).map { OrderBatchStatements.Written(order: $0, plan: $1.plan, draft: $1.draft) }
    try tx.enqueue(OrderBatchStatements.headers(written, at: now))
    try tx.enqueue(OrderStatements.lines(orders))
    if !takes.isEmpty { try tx.enqueue(OrderStatements.reserve(takes, lineIDs: lineIDs, ambient, at: now)) }
    if !promised.isEmpty { try tx.enqueue(OrderBatchStatements.promise(promised)) }
    for query in try OrderRecords(services: services, context: tx.context, now: now).queries(placed: orders) {
      try tx.enqueue(query)
    }
  }
}

extension Allocation.Take {
  /// With the line counted from `offset`.
  fileprivate func moved(by offset: Int) -> Allocation.Take {
    Allocation.Take(
      line: line + offset, quantID: quantID, locationCode: locationCode, lotCode: lotCode, quantity: quantity)
  }
}
