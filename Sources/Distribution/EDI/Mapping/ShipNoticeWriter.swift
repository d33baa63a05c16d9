/// Writes an 856 of version 004010 in the structure 0001: shipment, order, package, item.
public enum ShipNoticeWriter {
  /// The segments between ST and SE.
  public static func body(_ notice: ShipNotice) -> [X12Segment] {
    var tree = Tree()
    let shipment = tree.open("S", under: nil, hasChildren: !notice.orders.isEmpty, shipment(notice))
    for order in notice.orders {
      let node = tree.open("O", under: shipment, hasChildren: !order.packages.isEmpty, header(order))
      for package in order.packages {
        let marks = package.sscc.map { [X12Segment("MAN", "GM", $0)] } ?? []
        let pack = tree.open("P", under: node, hasChildren: !package.items.isEmpty, marks)
        for entry in package.items { _ = tree.open("I", under: pack, hasChildren: false, item(entry)) }
      }
    }
    let begin = X12Segment(
      "BSN", "00", notice.number, X12Calendar.compact(notice.writtenOn), notice.writtenAt, "0001")
    return [begin] + tree.segments + [X12Segment("CTT", String(tree.count))]
  }

  /// Numbers the levels and says what each belongs to.
  private struct Tree {
    private(set) var segments: [X12Segment] = []
    private(set) var count = 0

    mutating func open(_ level: String, under parent: Int?, hasChildren: Bool, _ content: [X12Segment]) -> Int {
      count += 1
      segments.append(
        X12Segment("HL", String(count), parent.map(String.init) ?? "", level, hasChildren ? "1" : "0"))
      segments += content
      return count
    }
  }

  private static func shipment(_ notice: ShipNotice) -> [X12Segment] {
    let packages = notice.packageCount
    let weight = notice.weightKilograms.map { ["G", $0.text, "KG"] } ?? []
    var segments = [X12Segment("TD1", ["CTN25", String(packages), "", "", ""] + weight)]
    if let carrier = notice.carrier { segments.append(X12Segment("TD5", "", "", "", "", String(carrier.prefix(35)))) }
    if let number = notice.billOfLading { segments.append(X12Segment("REF", "BM", String(number.prefix(30)))) }
    if let number = notice.trackingNumber { segments.append(X12Segment("REF", "CN", String(number.prefix(30)))) }
    if let day = notice.shippedOn { segments.append(X12Segment("DTM", "011", X12Calendar.compact(day))) }
    if let day = notice.expectedOn { segments.append(X12Segment("DTM", "017", X12Calendar.compact(day))) }
    return segments + (notice.shipFrom?.segments ?? []) + (notice.shipTo?.segments ?? [])
  }

  private static func header(_ order: ShipNotice.Order) -> [X12Segment] {
    var segments = [X12Segment("PRF", order.number, "", "", X12Calendar.compact(order.date ?? ""))]
    if let number = order.sellerNumber { segments.append(X12Segment("REF", "VN", String(number.prefix(30)))) }
    return segments
  }

  private static func item(_ item: ShipNotice.Item) -> [X12Segment] {
    let names = item.identifiers.prefix(10).flatMap { [$0.qualifier, $0.value] }
    let ordered = item.ordered.map { ["", $0.text, item.unit] } ?? []
    var segments = [
      X12Segment("LIN", [item.line ?? ""] + names),
      X12Segment("SN1", [item.line ?? "", item.quantity.text, item.unit] + ordered),
    ]
    if let text = item.description { segments.append(X12Segment("PID", "F", "", "", "", String(text.prefix(80)))) }
    if let lot = item.lot { segments.append(X12Segment("REF", "LT", String(lot.prefix(30)))) }
    return segments
  }
}
