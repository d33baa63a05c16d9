import BulkheadCore

/// Reads DESADV of D.96A into what an 856 is read into. What lies in what is told by the parents that packing levels
/// (CPS) name, in whatever order they stand.
public enum EDIFACTDespatchReader {
  static func read(_ message: EDIFACTMessage, _ units: EDIFACTUnits) throws(Refusal) -> ShipNotice {
    do throws(EDIFACTFinding) { return try document(message, units) } catch { throw error.refusal }
  }

  /// Finds fault with a notice without a number or a date, with anything but an original, with levels of one number,
  /// with lines outside all levels, of no order, without a product or a quantity, or with none at all.
  static func document(_ message: EDIFACTMessage, _ units: EDIFACTUnits) throws(EDIFACTFinding) -> ShipNotice {
    let segments = message.segments
    let (begin, number) = try EDIFACTSections.begin(segments)
    guard ["", "9"].contains(begin[3, 1]) else {
      throw EDIFACTFinding(.valueNotSupported, at: begin, element: 3, "Only original notices are read here.")
    }
    let header = segments.prefix { !["CPS", "LIN"].contains($0.tag) }
    guard let day = header.date(["137"]) else {
      throw EDIFACTFinding(.missing, at: begin, "The document's date (DTM 137) is missing.")
    }
    let levels = try levels(segments.dropFirst(header.count), units)
    let orders = try orders(levels, named: header.reference("ON")?.value(1, 2))
    guard !orders.isEmpty else { throw EDIFACTFinding(.missing, at: begin, "The notice names no item of any order.") }
    let transport = header.first { $0.tag == "TDT" }
    return ShipNotice(
      number: number, writtenOn: day, writtenAt: "", shippedOn: header.date(["11"]),
      expectedOn: header.date(["17", "2"]),
      carrier: transport.flatMap { $0.value(5, 4) ?? $0.value(5, 1) },
      trackingNumber: header.reference("CN")?.value(1, 2), billOfLading: header.reference("BM")?.value(1, 2),
      weightKilograms: nil, shipFrom: nil, shipTo: nil, orders: orders)
  }

  /// A packing level with what is said of it before its lines, and the lines in it.
  private struct Level {
    let id: String
    let parent: String
    /// The one SSCC of its marks (GIN BJ, or AW as EANCOM once had it).
    let sscc: String?
    let lines: [EDIFACTLine]
  }

  private static func levels(
    _ detail: ArraySlice<EDIFACTSegment>, _ units: EDIFACTUnits
  ) throws(EDIFACTFinding) -> [Level] {
    var levels: [Level] = []
    var known: Set<String> = []
    var rest = detail
    while let first = rest.first, first.tag != "UNT" {
      guard first.tag == "CPS", let id = first.value(1), known.insert(id).inserted else {
        throw EDIFACTFinding(
          .invalidValue, at: first, element: 1, "Each packing level (CPS) has a number of its own, and lines one.")
      }
      let behind = rest.dropFirst()
      let end = behind.firstIndex { ["CPS", "UNT"].contains($0.tag) } ?? rest.endIndex
      let block = behind[behind.startIndex..<end]
      let marks = block.prefix { $0.tag != "LIN" }
      levels.append(
        Level(id: id, parent: first[2, 1], sscc: sscc(marks), lines: EDIFACTLine.cut(block[marks.endIndex...], units)))
      rest = rest[end...]
    }
    return levels
  }

  /// `nil` where there is none, or more than one and so none that could be told.
  private static func sscc(_ marks: ArraySlice<EDIFACTSegment>) -> String? {
    var found: Set<String> = []
    for mark in marks where mark.tag == "GIN" && ["BJ", "AW"].contains(mark[1, 1]) {
      for element in 2...6 {
        for component in 1...2 {
          guard let text = mark.value(element, component) else { continue }
          let digits = text.count == 20 && text.hasPrefix("00") ? String(text.dropFirst(2)) : text
          if (try? SSCC(digits)) != nil { found.insert(digits) }
        }
      }
    }
    return found.count == 1 ? found.first : nil
  }

  private static func orders(_ levels: [Level], named: String?) throws(EDIFACTFinding) -> [ShipNotice.Order] {
    let byID = Dictionary(levels.map { ($0.id, $0) }) { first, _ in first }
    var orders = ShipNoticePackages()
    for level in levels {
      let sscc = package(of: level, byID)
      for line in level.lines {
        guard let number = line.block.reference("ON")?.value(1, 2) ?? named else {
          throw EDIFACTFinding(.missing, at: line.item, "The line is of no order (RFF ON).")
        }
        orders.add(try item(line), to: number, in: sscc)
      }
    }
    return orders.names.map { number in
      ShipNotice.Order(number: number, date: nil, sellerNumber: nil, packages: orders.packages(of: number))
    }
  }

  /// The SSCC of the level or, where it has none, of the nearest above.
  private static func package(of level: Level, _ byID: [String: Level]) -> String? {
    var next: Level? = level
    for _ in 0..<ShipNoticePackages.depthMax {
      guard let current = next else { return nil }
      if let sscc = current.sscc { return sscc }
      next = byID[current.parent]
    }
    return nil
  }

  private static func item(_ line: EDIFACTLine) throws(EDIFACTFinding) -> ShipNotice.Item {
    guard let shipped = try line.quantity("12", "113") else {
      throw EDIFACTFinding(.missing, at: line.item, "The line has no despatched quantity (QTY 12).")
    }
    let lot = line.block.first { $0.tag == "GIN" && $0[1, 1] == "BX" }
    return ShipNotice.Item(
      line: line.orderLine, identifiers: try line.identifiers(), description: line.text, quantity: shipped.quantity,
      unit: shipped.unit ?? "EA", ordered: try line.quantity("21")?.quantity, lot: lot?.value(2, 1))
  }
}
