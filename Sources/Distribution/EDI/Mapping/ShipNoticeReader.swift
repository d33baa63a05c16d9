import BulkheadCore

/// Reads an 856 of version 004010 that a validator accepted, in whatever order its levels stand: what belongs to what
/// is told by the parents that they name.
public enum ShipNoticeReader {
  /// Refuses with `edi.unmappable` what names no shipment, or an item that belongs to no order.
  public static func read(_ set: X12TransactionSet) throws(Refusal) -> ShipNotice {
    guard let begin = set.segments.first(where: { $0.tag == "BSN" }), let number = begin.value(2),
      let day = X12Calendar.iso(begin[3])
    else { throw unmappable("BSN", 2) }
    let levels = try levels(set.segments)
    let shipment = levels.first { $0.code == "S" }?.segments ?? []
    let header = set.segments.prefix { $0.tag != "HL" }
    return ShipNotice(
      number: number, writtenOn: day, writtenAt: begin[4],
      shippedOn: date("011", shipment) ?? date("011", Array(header)), expectedOn: date("017", shipment),
      carrier: shipment.first { $0.tag == "TD5" }.flatMap { $0.value(5) ?? $0.value(3) },
      trackingNumber: reference("CN", shipment), billOfLading: reference("BM", shipment), weightKilograms: nil,
      shipFrom: nil, shipTo: nil, orders: try orders(levels))
  }

  private struct Level {
    let id: String
    let parent: String
    let code: String
    let position: Int
    var segments: [X12Segment] = []
  }

  private static func levels(_ segments: [X12Segment]) throws(Refusal) -> [Level] {
    var levels: [Level] = []
    var seen: Set<String> = []
    for segment in segments {
      if segment.tag == "CTT" || segment.tag == "SE" { break }
      if segment.tag == "HL" {
        guard seen.insert(segment[1]).inserted else { throw unmappable("HL", segment.position) }
        levels.append(Level(id: segment[1], parent: segment[2], code: segment[3], position: segment.position))
      } else if !levels.isEmpty {
        levels[levels.count - 1].segments.append(segment)
      }
    }
    return levels
  }

  private static func orders(_ levels: [Level]) throws(Refusal) -> [ShipNotice.Order] {
    let byID = Dictionary(levels.map { ($0.id, $0) }) { first, _ in first }
    var packages = ShipNoticePackages()
    for level in levels where level.code == "I" {
      let order = try ancestor(of: level, "O", byID)
      guard let order else { throw unmappable("HL", level.position) }
      packages.add(try item(level), to: order.id, in: try package(of: level, byID))
    }
    var orders: [ShipNotice.Order] = []
    for level in levels where level.code == "O" {
      guard let reference = level.segments.first(where: { $0.tag == "PRF" }), let number = reference.value(1) else {
        throw unmappable("PRF", level.position)
      }
      orders.append(
        ShipNotice.Order(
          number: number, date: X12Calendar.iso(reference[4]), sellerNumber: Self.reference("VN", level.segments),
          packages: packages.packages(of: level.id)))
    }
    return orders
  }

  /// The nearest level of `code` above `level`.
  private static func ancestor(
    of level: Level, _ code: String, _ byID: [String: Level]
  ) throws(Refusal) -> Level? {
    var next = byID[level.parent]
    for _ in 0..<ShipNoticePackages.depthMax {
      guard let current = next else { return nil }
      if current.code == code { return current }
      next = byID[current.parent]
    }
    return nil
  }

  /// The SSCC of the package or, above it, the pallet that an item lies in; or of the item itself.
  private static func package(of level: Level, _ byID: [String: Level]) throws(Refusal) -> String? {
    for code in ["P", "T"] {
      let above = try ancestor(of: level, code, byID)
      if let mark = above.flatMap({ Self.mark($0.segments) }) { return mark }
    }
    return mark(level.segments)
  }

  private static func mark(_ segments: [X12Segment]) -> String? {
    segments.first { $0.tag == "MAN" && ["GM", "AA"].contains($0[1]) }.flatMap { segment in
      let digits = segment[2].count == 20 && segment[2].hasPrefix("00") ? String(segment[2].dropFirst(2)) : segment[2]
      return (try? SSCC(digits)) != nil ? digits : nil
    }
  }

  private static func item(_ level: Level) throws(Refusal) -> ShipNotice.Item {
    guard let shipped = level.segments.first(where: { $0.tag == "SN1" }), let quantity = EDIDecimal(shipped[2]),
      let unit = shipped.value(3)
    else { throw unmappable("SN1", level.position) }
    let names = level.segments.first { $0.tag == "LIN" }
    let lot = EDIItemID.pairs(of: names, from: 2).first { $0.qualifier == "LT" }?.value
    return ShipNotice.Item(
      line: names?.value(1) ?? shipped.value(1), identifiers: EDIItemID.pairs(of: names, from: 2), description: nil,
      quantity: quantity, unit: unit, ordered: EDIDecimal(shipped[5]),
      lot: lot ?? reference("LT", level.segments))
  }

  private static func date(_ qualifier: String, _ segments: [X12Segment]) -> String? {
    segments.first { $0.tag == "DTM" && $0[1] == qualifier }.flatMap { X12Calendar.iso($0[2]) }
  }

  private static func reference(_ qualifier: String, _ segments: [X12Segment]) -> String? {
    segments.first { $0.tag == "REF" && $0[1] == qualifier }?.value(2)
  }

  private static func unmappable(_ segment: String, _ position: Int) -> Refusal {
    .unmappable("The ship notice cannot be read at this segment.", segment, position)
  }
}

extension EDIItemID {
  /// Pairs of qualifier and value from element `first` on.
  static func pairs(of segment: X12Segment?, from first: Int) -> [EDIItemID] {
    guard let segment else { return [] }
    return stride(from: first, to: segment.elements.count, by: 2).compactMap { position in
      guard let qualifier = segment.value(position), let value = segment.value(position + 1) else { return nil }
      return EDIItemID(qualifier: qualifier, value: value)
    }
  }
}

extension Refusal {
  /// A document that passed the dictionary and yet leaves out what its reader needs.
  static func unmappable(_ detail: String, _ segment: String, _ position: Int) -> Refusal {
    Refusal(RefusalCode("edi.unmappable", .invalid), detail, at: "\(segment)[\(position)]")
  }
}
