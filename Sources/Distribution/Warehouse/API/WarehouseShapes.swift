import BulkheadCore
import BulkheadServer

/// Bodies and answers of the outbound warehouse.
enum WarehouseShapes {
  static let device = Schema.string(minLength: 1, maxLength: 60)
  static let reason = Schema.string(minLength: 1, maxLength: 200)
  private static let amount = Schema.decimal(digits: 22, scale: 4)
  private static let phase = Schema.oneOf(ShipmentPhase.allCases.map(\.rawValue))
  private static let taskState = Schema.oneOf(PickTaskState.allCases.map(\.rawValue))
  private static let lineNumber = Schema.integer(1...1_000_000)
  static let packageType = Schema.oneOf(["carton", "pallet", "crate", "bag"])
  private static let sscc = Schema.string(minLength: 18, maxLength: 18)

  static let prefix = Schema.object([
    Shapes.field("id", .id(of: "gs1_prefix")), Shapes.field("prefix", .string(minLength: 7, maxLength: 10)),
    Shapes.field("extensionDigit", .integer(0...9)), Shapes.field("nextSerial", .integer(1...Int64.max)),
    Shapes.field("isDefault", .boolean),
  ])

  static let newPrefix = Schema.object([
    Shapes.field(
      "prefix",
      .string(
        minLength: 7, maxLength: 10,
        pattern: .init("^[0-9]{7,10}$", "7 to 10 digits") { $0.utf8.allSatisfy { 48...57 ~= $0 } }),
      "As your GS1 member organisation gave it to you."),
    Shapes.optional("extensionDigit", .integer(0...9)),
    Shapes.optional(
      "nextSerial", .integer(1...999_999_999), "Where to go on, when another system has used serials before."),
    Shapes.optional("isDefault", .boolean, "New packages are numbered from the default prefix; true by default."),
  ])

  private static let waveHead: [Schema.Field] = [
    Shapes.field("id", .id(of: "wave")), Shapes.field("number", Shapes.code),
    Shapes.field("warehouse", Shapes.text(60)), Shapes.field("state", .oneOf(["draft", "released"])),
    Shapes.field("createdAt", Shapes.instant), Shapes.nullable("releasedAt", Shapes.instant),
    Shapes.field("version", Shapes.version),
    Shapes.field("tasksOpen", .integer(0...Int64.max), "Pick tasks that are still out."),
    Shapes.field("tasksFinished", .integer(0...Int64.max)),
  ]

  static let waveSummary = Schema.object(waveHead)
  static let wave = Schema.object(
    waveHead + [
      Shapes.field(
        "shipments",
        .array(
          .object([
            Shapes.field("id", .id(of: "shipment")), Shapes.field("number", Shapes.code),
            Shapes.field("orderId", .id(of: "order")), Shapes.field("order", Shapes.code),
            Shapes.field("state", phase),
          ]), maxItems: 100_000))
    ])

  static let newWave = Schema.object([
    Shapes.optional("warehouse", .nullable(Shapes.text(60)), "Code; the default warehouse otherwise."),
    Shapes.optional(
      "orderIds", .array(.id(of: "order"), maxItems: WaveRequest.ordersMax),
      "Only these orders; all that have reserved stock otherwise."),
    Shapes.optional("release", .boolean, "Make the pick tasks at once; true by default."),
  ])

  static let task = Schema.object([
    Shapes.field("id", .id(of: "pick_task")), Shapes.field("waveId", .id(of: "wave")),
    Shapes.field("shipmentId", .id(of: "shipment")), Shapes.field("shipment", Shapes.code),
    Shapes.field("order", Shapes.code), Shapes.field("line", lineNumber), Shapes.field("sku", Shapes.code),
    Shapes.field("name", Shapes.name), Shapes.field("baseUnit", Shapes.unit), Shapes.nullable("lot", Shapes.text(60)),
    Shapes.field("from", Shapes.text(60)), Shapes.field("to", Shapes.text(60)),
    Shapes.field("pickSequence", .integer(0...Int64(Int32.max))), Shapes.field("quantity", Shapes.quantity),
    Shapes.field("picked", Shapes.quantityOrNone), Shapes.field("state", taskState),
    Shapes.nullable("worker", Shapes.text(80)), Shapes.nullable("device", device),
    Shapes.nullable("shortReason", reason), Shapes.field("version", Shapes.version),
  ])

  static let claimed = Schema.object([Shapes.nullable("task", task, "null: nothing is left to pick.")])

  static let newScan = Schema.object([
    Shapes.field("device", device), Shapes.field("seq", .integer(0...Int64.max), "The device's own number."),
    Shapes.field("location", Shapes.text(60), "The bin's label, as scanned."),
    Shapes.optional("barcode", .nullable(Shapes.text(60)), "SKU or GTIN of the goods, where they are scanned too."),
    Shapes.optional("lot", .nullable(Shapes.text(60)), "Required for tracked products."),
    Shapes.field("quantity", Shapes.quantity, "Base units."),
  ])

  static let newShort = Schema.object([
    Shapes.field("device", device), Shapes.field("seq", .integer(0...Int64.max)), Shapes.field("reason", reason),
  ])

  private static let shipmentHead: [Schema.Field] = [
    Shapes.field("id", .id(of: "shipment")), Shapes.field("number", Shapes.code),
    Shapes.field("orderId", .id(of: "order")), Shapes.field("order", Shapes.code),
    Shapes.field("customerId", .id(of: "party")), Shapes.field("customer", Shapes.code),
    Shapes.field("waveId", .id(of: "wave")), Shapes.field("state", phase),
    Shapes.nullable("trackingNumber", Shapes.text(80)), Shapes.nullable("shippedAt", Shapes.instant),
    Shapes.field("amount", Shapes.money, "What the customer is to pay for what was shipped, without tax."),
    Shapes.field("createdAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ]

  static let shipmentSummary = Schema.object(shipmentHead)

  private static let item = Schema.object([
    Shapes.field("line", lineNumber, "Of the order."), Shapes.field("sku", Shapes.code),
    Shapes.nullable("lot", Shapes.text(60)), Shapes.field("quantity", Shapes.quantity),
  ])

  private static let packageHead: [Schema.Field] = [
    Shapes.field("id", .id(of: "package")), Shapes.field("number", lineNumber), Shapes.field("sscc", sscc),
    Shapes.field("type", packageType), Shapes.field("state", .oneOf(["open", "closed", "void"])),
    Shapes.nullable("weightGrams", Shapes.quantity), Shapes.field("items", .array(item, maxItems: 100_000)),
  ]

  static let package = Schema.object(
    packageHead + [
      Shapes.field("shipmentId", .id(of: "shipment")), Shapes.field("shipment", Shapes.code),
      Shapes.field("version", Shapes.version),
    ])

  static let shipment = Schema.object(
    shipmentHead + [
      Shapes.nullable("poNumber", Shapes.text(60)), Shapes.field("warehouse", Shapes.text(60)),
      Shapes.nullable("carrier", Shapes.text(80)), Shapes.nullable("service", Shapes.text(80)),
      Shapes.field(
        "lines",
        .array(
          .object([
            Shapes.field("id", .id(of: "shipment_line")), Shapes.field("orderLineId", .id(of: "order_line")),
            Shapes.field("line", lineNumber), Shapes.field("productId", .id(of: "product")),
            Shapes.field("sku", Shapes.code), Shapes.field("name", Shapes.name),
            Shapes.field("baseUnit", Shapes.unit), Shapes.field("quantity", Shapes.quantityOrNone, "To be picked."),
            Shapes.field("picked", Shapes.quantityOrNone), Shapes.field("packed", Shapes.quantityOrNone),
            Shapes.field("shipped", Shapes.quantityOrNone), Shapes.field("amount", amount),
          ]), maxItems: 100_000)),
      Shapes.field("packages", .array(.object(packageHead), maxItems: 100_000)),
    ])

  static let event = Schema.object([
    Shapes.field("id", .id(of: "shipment_event")), Shapes.field("at", Shapes.instant),
    Shapes.field("actor", Shapes.text(80)), Shapes.field("event", Shapes.text(60)), Shapes.nullable("from", phase),
    Shapes.field("to", phase), Shapes.field("detail", .any),
  ])

  private static let newItem = Schema.object([
    Shapes.field("line", lineNumber, "Of the order."),
    Shapes.optional("lot", .nullable(Shapes.text(60)), "Required for tracked products."),
    Shapes.field("quantity", Shapes.quantity, "Base units."),
  ])

  static let newItems: Schema.Field = Shapes.field(
    "items", .array(newItem, minItems: 1, maxItems: PackingPlan.itemsMax))

  static let newPackage = Schema.object([
    Shapes.optional("type", packageType, "carton by default."),
    Shapes.optional("weightGrams", .nullable(Shapes.quantity)),
    Shapes.optional("items", .array(newItem, maxItems: PackingPlan.itemsMax)),
  ])

  static func contents(_ body: BodyReader) throws(Refusal) -> [PackingPlan.Content] {
    var contents: [PackingPlan.Content] = []
    for item in body.items("items") {
      contents.append(
        PackingPlan.Content(
          line: try item.requiredInt("line"), lot: item.text("lot"), quantity: try item.requiredQuantity("quantity")))
    }
    return contents
  }

  static let count = Schema.object([
    Shapes.field("id", .id(of: "count_task")), Shapes.field("quantId", .id(of: "stock_quant")),
    Shapes.field("sku", Shapes.code), Shapes.field("location", Shapes.text(60)),
    Shapes.nullable("lot", Shapes.text(60)), Shapes.field("cause", .oneOf(["short_pick", "cycle"])),
    Shapes.nullable("pickTaskId", .id(of: "pick_task")),
    Shapes.field("state", .oneOf(["requested", "counting", "counted", "approved", "cancelled"])),
    Shapes.nullable("expected", Shapes.signedQuantity), Shapes.nullable("counted", Shapes.quantityOrNone),
    Shapes.nullable("variance", Shapes.signedQuantity), Shapes.field("note", .string(maxLength: 200)),
    Shapes.field("createdAt", Shapes.instant), Shapes.field("version", Shapes.version),
  ])
}
