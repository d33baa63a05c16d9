/// What a purchase order says, free of the syntax it came in.
public struct PurchaseOrderDocument: Hashable, Sendable {
  /// Why the document was sent.
  public enum Purpose: String, Sendable {
    /// A new order (BEG01 `00`).
    case original
    /// Anything that is about an order sent before: cancellation, change, replacement, copy.
    case other
  }

  /// The buyer's order number (BEG03), 1 to 22 characters.
  public let number: String
  public let purpose: Purpose
  /// The day the buyer gave the order (BEG05), `YYYY-MM-DD`.
  public let date: String
  /// The buyer's contract (BEG06).
  public let contract: String?
  /// ISO 4217 (CUR02); `nil` leaves it to the agreement.
  public let currency: String?
  /// The day delivery is asked for (DTM 002, else 010), `YYYY-MM-DD`.
  public let requestedOn: String?
  public let parties: [EDIParty]
  public let lines: [Line]

  public struct Line: Hashable, Sendable {
    /// PO101, or the line's ordinal where the buyer left it out.
    public let number: String
    public let quantity: EDIDecimal
    /// Unit of measure (X12 355), such as `EA`.
    public let unit: String
    /// The buyer's price per unit; `nil` when none was named.
    public let unitPrice: EDIDecimal?
    public let identifiers: [EDIItemID]
    public let description: String?
    public let requestedOn: String?
  }

  /// The first party with `role`.
  public func party(_ role: EDIParty.Role) -> EDIParty? { parties.first { $0.role == role } }
}

/// A party named in a document (loop N1).
public struct EDIParty: Hashable, Sendable {
  /// X12 98.
  public enum Role: String, Sendable, CaseIterable {
    case buyer = "BY"
    case seller = "SE"
    case shipTo = "ST"
    case billTo = "BT"
    case shipFrom = "SF"
    case remitTo = "RE"
  }

  public let role: Role
  public let name: String?
  /// X12 66: `UL` says that `code` is a GLN, `92` that the buyer assigned it, `91` the seller.
  public let qualifier: String?
  public let code: String?
  public let street: [String]
  public let city: String?
  public let region: String?
  public let postalCode: String?
  public let country: String?

  /// The GLN, when the code is one and its check digit holds.
  public var gln: GLN? {
    guard qualifier == "UL", let code else { return nil }
    return try? GLN(code)
  }
}

/// One of the names by which a line's item may be known (PO106 and PO107, and so on).
public struct EDIItemID: Hashable, Sendable {
  /// Whose number it is.
  public enum Scheme: String, Sendable {
    /// GTIN in any of its lengths (`UP`, `EN`, `UA`, `UK`, `UI`, `UD`), normalised to 14 digits.
    case gtin
    /// The seller's part number (`VP`, `VN`, `VC`, `SK`, and in EDIFACT `SA`).
    case sellerItem
    /// The buyer's part number (`BP`, `IN`, `PI`, `CB`).
    case buyerItem
    /// Named in a way that is not read here.
    case other
  }

  public let scheme: Scheme
  /// X12 235, as sent; answers repeat it.
  public let qualifier: String
  /// As sent; answers repeat it.
  public let value: String

  public init(qualifier: String, value: String) {
    self.qualifier = qualifier
    self.value = value
    scheme =
      switch qualifier {
      case "UP", "EN", "UA", "UK", "UI", "UD", "EO": .gtin
      case "VP", "VN", "VC", "SK", "SA": .sellerItem
      case "BP", "IN", "PI", "CB": .buyerItem
      default: .other
      }
  }

  /// The 14 digits of a GTIN; `nil` when this is none or its check digit is wrong.
  public var gtin: GTIN? { scheme == .gtin ? try? GTIN(value) : nil }
}
