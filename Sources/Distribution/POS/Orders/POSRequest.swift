import BulkheadCore

/// How a customer pays at a till.
enum POSMethod: String, Sendable, CaseIterable {
  case cash, card, transfer

  /// The account that the money is in until it is banked.
  var role: AccountRole {
    switch self {
    case .cash: .cash
    case .card: .cardClearing
    case .transfer: .bank
    }
  }
}

/// Why a till charged its own price.
enum POSPriceReason: String, Sendable, CaseIterable {
  /// It had no connection and took what it knew.
  case offline
  case markdown, override
}

/// What a till hands in: one order.
struct POSRequest: Sendable {
  struct Line: Sendable {
    let product: ProductReference
    let quantity: Quantity
    let unit: String?
    let lot: String?
    /// Of one base unit: the price that the customer was told, with the reason why it is not the rules'.
    let unitPrice: UnitPrice?
    let priceReason: POSPriceReason?
  }

  struct Tender: Sendable {
    let method: POSMethod
    /// Decimal text: the currency is known when the session is.
    let amount: String
    let reference: String?
  }

  static let linesMax = 500
  static let tendersMax = 20
  static let batchMax = 200

  let clientUUID: EntityID
  let sessionID: EntityID
  /// Taken while the till had no connection: it is not refused for what the till could not know.
  let isOffline: Bool
  let soldAt: Instant?
  let table: String?
  let lines: [Line]
  /// Empty: the order stays open until it is paid.
  let tenders: [Tender]
  /// What was handed in, in one form.
  let content: String

  var mentions: [ProductMention] { lines.map { ProductMention($0.product, unit: $0.unit) } }

  /// Refuses with `posOrder.notOffline` (a time of its own), `date.inFuture`, `posOrder.priceUnexplained`.
  func check(at now: Instant) throws(Refusal) {
    guard soldAt == nil || isOffline else {
      throw Refusal(.posOrderNotOffline, "Only an order taken offline has a time of its own.", at: "/soldAt")
    }
    // A till's clock may be ahead; a day is no clock.
    if let soldAt, soldAt > now + .seconds(86_400) {
      throw Refusal(.dateInFuture, "The order was taken in the future.", at: "/soldAt")
    }
    try MentionCheck.refuse(
      .posPriceUnexplained, "A price of the till's own comes with its reason, and a reason with a price.", "/lines",
      lines.indices.filter { (lines[$0].unitPrice == nil) != (lines[$0].priceReason == nil) })
    try MentionCheck.refuse(
      .posOrderNotOffline, "Only an order taken offline has offline prices.", "/lines",
      lines.indices.filter { lines[$0].priceReason == .offline && !isOffline }
    ) { _ in "/priceReason" }
  }
}

extension JSON {
  /// The same for two texts that say the same: members sorted by name, absent and null alike.
  var settled: JSON {
    switch self {
    case .object(let members):
      .object(
        members.filter { !$0.value.isNull }.sorted { $0.name < $1.name }.map { .init($0.name, $0.value.settled) })
    case .array(let elements): .array(elements.map(\.settled))
    case .null, .bool, .number, .string: self
    }
  }
}
