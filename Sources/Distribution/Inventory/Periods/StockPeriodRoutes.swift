import BulkheadCore
import BulkheadData
import BulkheadServer

/// Stock at a date, and the months that it is closed by.
struct StockPeriodRoutes {
  let services: Services

  var routes: [Route] { [stockAt, list, close, reopen] }

  private static let balance = Schema.object([
    Shapes.field("id", .id(of: "stock_quant")), Shapes.field("productId", .id(of: "product")),
    Shapes.field("sku", Shapes.code), Shapes.field("baseUnit", Shapes.unit),
    Shapes.field("locationId", .id(of: "location")), Shapes.field("location", Shapes.text(60)),
    Shapes.nullable("lot", Shapes.text(60)), Shapes.nullable("expiryOn", .date),
    Shapes.field("onHand", Shapes.signedQuantity),
  ])

  private static let period = Schema.object([
    Shapes.field("id", .id(of: "stock_period")), Shapes.field("startsOn", .date, "First day of the month."),
    Shapes.field("state", .oneOf(["closed", "reopened"])), Shapes.field("closedAt", Shapes.instant),
    Shapes.nullable("reopenedAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ])

  private var stockAt: Route {
    Route(
      .get, "/v1/stock/at", access: .tenant(.inventoryRead), tag: "stock", summary: "List balances at the end of a day",
      details: """
        In UTC, by the dates that goods moved on, in base units; what was not there is left out. Read from what the \
        last closed month wrote down and the moves since: close months to keep it quick.
        """,
      query: QueryParameter.page + [
        QueryParameter("date", .date, "At the end of this day; today by default."),
        QueryParameter("warehouse", .id(of: "location"), "Only this warehouse."),
      ], responses: Shapes.page(of: Self.balance, "Balances"),
      handler: .read { request in
        let parts = request.parts
        let asked = try BodyReader(["date": .optional(parts.queryText("date"))], at: "?").date("date")
        let moment = try (asked ?? CivilDate(request.receivedAt)).end
        let closed = try await request.tenant.read(Query(StockAtDate.closedBy, .instant(moment)))[0].first
        return try await listPage(
          request, StockAtDate.page,
          [.optional(parts.queryID("warehouse"))] + StockAtDate.start(closed) + [.instant(moment)]
        ) { row throws(Refusal) in try StockAtDate.item(row) }
      })
  }

  private var list: Route {
    Route(
      .get, "/v1/stock-periods", access: .tenant(.inventoryRead), tag: "stock",
      summary: "List the months that stock was closed by, newest first", query: QueryParameter.page,
      responses: Shapes.page(of: Self.period, "Months"),
      handler: .read { request in
        try await listPage(request, StockPeriodStatements.list, from: .greatest) { row throws(Refusal) in
          try StockPeriod(row).json
        }
      })
  }

  private var close: Route {
    Route(
      .post, "/v1/stock-periods", access: .tenant(.periodsClose), tag: "stock", summary: "Close a month of stock",
      details: """
        And everything before it: writes down what lies where at its end, and refuses from then on what would be \
        posted before. Waits for postings under way.
        """,
      body: .json(.object([Shapes.field("month", .date, "Any day of it.")])),
      responses: Shapes.created(Self.period, "The closed month"),
      handler: .write { request, tx in
        guard let day = try BodyReader(request.body).date("month") else { throw Refusal.notFound }
        let period = try await StockPeriodDesk(services).close(day, in: tx)
        return .created(period.json, version: period.version, location: "/v1/stock-periods")
      })
  }

  private var reopen: Route {
    Route(
      .post, "/v1/stock-periods/{period}/reopen", access: .tenant(.periodsClose), tag: "stock",
      summary: "Open the latest closed month of stock again",
      parameters: [PathParameter("period", .id(of: "stock_period"), "The period's id.")],
      responses: Shapes.answer(Self.period, "The month, open again"),
      handler: .write { request, tx in
        let period = try await StockPeriodDesk(services).reopen(try request.id("period"), in: tx)
        return .ok(period.json, version: period.version)
      })
  }
}
