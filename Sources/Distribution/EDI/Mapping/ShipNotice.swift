/// What a ship notice says, free of the syntax it is sent in: a shipment, the orders in it, and what lies in which
/// package.
public struct ShipNotice: Hashable, Sendable {
  /// The shipper's own number of the shipment (BSN02).
  public let number: String
  /// The day the notice was made, `YYYY-MM-DD`, and the time, `HHMM`.
  public let writtenOn: String
  public let writtenAt: String
  public let shippedOn: String?
  public let expectedOn: String?
  public let carrier: String?
  public let trackingNumber: String?
  public let billOfLading: String?
  public let weightKilograms: EDIDecimal?
  public let shipFrom: EDIParty?
  public let shipTo: EDIParty?
  public let orders: [Order]

  public struct Order: Hashable, Sendable {
    /// The buyer's order number (PRF01).
    public let number: String
    /// `YYYY-MM-DD`.
    public let date: String?
    /// The seller's number.
    public let sellerNumber: String?
    public let packages: [Package]

    public var items: [Item] { packages.flatMap(\.items) }
  }

  public struct Package: Hashable, Sendable {
    /// 18 digits (MAN*GM), or `nil` where the sender told of no package.
    public let sscc: String?
    public let items: [Item]
  }

  public struct Item: Hashable, Sendable {
    /// The line of the buyer's order (LIN01); `nil` where the sender left it out.
    public let line: String?
    public let identifiers: [EDIItemID]
    public let description: String?
    public let quantity: EDIDecimal
    public let unit: String
    public let ordered: EDIDecimal?
    public let lot: String?
  }

  public var packageCount: Int { orders.reduce(0) { $0 + $1.packages.count { $0.sscc != nil } } }
}

extension EDIItemID {
  /// A GTIN of 14 digits under the qualifier of the length that it is usually written in.
  public init(gtin: String) {
    if gtin.hasPrefix("00") {
      self.init(qualifier: "UP", value: String(gtin.dropFirst(2)))
    } else if gtin.hasPrefix("0") {
      self.init(qualifier: "EN", value: String(gtin.dropFirst()))
    } else {
      self.init(qualifier: "UK", value: gtin)
    }
  }
}

extension EDIParty {
  /// A party by name and number.
  init(_ role: Role, name: String?, qualifier: String?, code: String?) {
    self.init(
      role: role, name: name, qualifier: qualifier, code: code, street: [], city: nil, region: nil, postalCode: nil,
      country: nil)
  }

  /// The segments of its loop; an identification of one character is too short for the standard.
  var segments: [X12Segment] {
    let name = String((self.name ?? "").prefix(60))
    let code = String((self.code ?? "").prefix(80))
    let identified = code.count >= 2 ? [qualifier ?? "ZZ", code] : []
    guard !name.isEmpty || !identified.isEmpty else { return [] }
    var segments = [X12Segment("N1", [role.rawValue, name] + identified)]
    let lines = street.prefix(2).map { String($0.prefix(55)) }
    if !lines.isEmpty { segments.append(X12Segment("N3", lines)) }
    if let city, city.count >= 2 {
      let region = region.flatMap { $0.count == 2 ? $0 : nil }
      let postal = postalCode.flatMap { (3...15).contains($0.count) ? $0 : nil }
      segments.append(X12Segment("N4", String(city.prefix(30)), region ?? "", postal ?? "", country ?? ""))
    }
    return segments
  }
}
