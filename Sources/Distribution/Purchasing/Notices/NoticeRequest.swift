import BulkheadCore

/// What a supplier says is on its way, under the supplier's own number.
struct NoticeRequest: Sendable {
  static let linesMax = 10_000

  struct Line: Sendable {
    let orderLine: EntityID
    /// Of `unit`.
    let quantity: Quantity
    /// `nil`: the unit in which it was ordered.
    let unit: String?
    /// Of the package that it lies in.
    let sscc: String?
    let lot: String?
  }

  let supplier: EntityID
  let number: String
  let shippedOn: CivilDate?
  let expectedOn: CivilDate?
  let carrier: String?
  let trackingNumber: String?
  let billOfLading: String?
  /// The document that it came in; `nil` when somebody wrote it down.
  let message: EntityID?
  let lines: [Line]

  /// What can be refused without looking anything up: `quantity.notPositive`, the codes of an SSCC.
  func check() throws(Refusal) {
    try MentionCheck.refuse(
      .quantityNotPositive, "The quantity must be greater than zero.", "/lines",
      lines.indices.filter { !lines[$0].quantity.isPositive }
    ) { _ in "/quantity" }
    for (index, line) in lines.enumerated() {
      guard let sscc = line.sscc else { continue }
      do throws(Refusal) { _ = try SSCC(sscc) } catch {
        throw Refusal(error.code, error.detail, at: "/lines/\(index)/sscc")
      }
    }
  }
}

/// State of a ship notice.
enum NoticeState: String, Sendable, CaseIterable {
  /// Nothing of it was counted yet.
  case announced
  /// A part was counted.
  case receiving
  /// All of it was counted.
  case received
  /// Nothing more of it is expected.
  case closed
}

/// What was counted of a notice at the dock.
struct NoticeCount: Sendable {
  struct Line: Sendable {
    let noticeLine: EntityID
    /// In the unit of the notice.
    let quantity: Quantity
    let condition: ReceiptRequest.Condition
    let location: String?
    /// `nil`: the lot that the notice names.
    let lot: String?
    let expiry: CivilDate?
  }

  let notice: EntityID
  /// `nil`: the number of the notice.
  let deliveryNote: String?
  let receivedOn: CivilDate?
  let lines: [Line]
}
