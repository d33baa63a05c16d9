import BulkheadCore
import Testing

@testable import Distribution

@Suite("Ship notices, invoices and suppliers' answers in X12")
struct EDIDeliveryTests {
  private static let names = [EDIItemID(qualifier: "VP", value: "WIDGET-001"), EDIItemID(gtin: "00614141123452")]

  private static func number(_ text: String) throws -> EDIDecimal { try #require(EDIDecimal(text)) }

  private static func notice() throws -> ShipNotice {
    func item(_ quantity: String, _ lot: String) throws -> ShipNotice.Item {
      ShipNotice.Item(
        line: "1", identifiers: names, description: nil, quantity: try number(quantity), unit: "EA",
        ordered: try number("100"), lot: lot)
    }
    return ShipNotice(
      number: "SH-2026-000001", writtenOn: "2026-11-21", writtenAt: "1140", shippedOn: "2026-11-21", expectedOn: nil,
      carrier: "ACME", trackingNumber: "1Z999", billOfLading: nil, weightKilograms: try number("12.5"), shipFrom: nil,
      shipTo: nil,
      orders: [
        ShipNotice.Order(
          number: "4500000042", date: "2026-11-20", sellerNumber: "SO-1",
          packages: [
            ShipNotice.Package(sscc: "006141411234567890", items: [try item("40", "L1")]),
            ShipNotice.Package(sscc: "006141411234567906", items: [try item("20", "L2")]),
          ])
      ])
  }

  /// What the validator says of one set, written and read as an interchange.
  private static func report(_ functionalID: String, _ code: String, _ body: [X12Segment]) throws -> X12SetReport {
    let envelope = X12Envelope(
      senderQualifier: "ZZ", sender: "US", receiverQualifier: "ZZ", receiver: "THEM", usage: "T", controlNumber: 1,
      writtenAt: try #require(Instant(postgres: "2026-11-21 11:40:00+00")))
    let bytes = X12Writer().write(
      envelope,
      groups: [X12OutboundGroup(functionalID: functionalID, controlNumber: 1, sets: [(code, 1, body)])])
    let supported = Set(EDIDocumentKind.allCases.map { $0.type(in: .x12) })
    let report = X12Validator(supported: supported).check(try X12Reader.read(bytes))
    return try #require(report.groups.first?.sets.first)
  }

  @Test("a ship notice is a tree of shipment, order, packages and items, and reads back as it was")
  func shipNotice() throws {
    let notice = try Self.notice()
    let body = ShipNoticeWriter.body(notice)
    #expect(
      X12Samples.text(body) == [
        "BSN*00*SH-2026-000001*20261121*1140*0001", "HL*1**S*1", "TD1*CTN25*2****G*12.5*KG", "TD5*****ACME",
        "REF*CN*1Z999", "DTM*011*20261121", "HL*2*1*O*1", "PRF*4500000042***20261120", "REF*VN*SO-1", "HL*3*2*P*1",
        "MAN*GM*006141411234567890", "HL*4*3*I*0", "LIN*1*VP*WIDGET-001*UP*614141123452", "SN1*1*40*EA**100*EA",
        "REF*LT*L1", "HL*5*2*P*1", "MAN*GM*006141411234567906", "HL*6*5*I*0", "LIN*1*VP*WIDGET-001*UP*614141123452",
        "SN1*1*20*EA**100*EA", "REF*LT*L2", "CTT*6",
      ])
    let report = try Self.report("SH", "856", body)
    #expect(report.isClean, "\(report.findings)")
    let read = try ShipNoticeReader.read(report.set)
    #expect(read.number == notice.number && read.carrier == "ACME" && read.trackingNumber == "1Z999")
    #expect(read.orders.map(\.number) == ["4500000042"])
    #expect(read.orders.first?.packages.map(\.sscc) == ["006141411234567890", "006141411234567906"])
    #expect(read.orders.first?.items.map(\.quantity.text) == ["40", "20"])
    #expect(read.orders.first?.items.map(\.lot) == ["L1", "L2"])
  }

  @Test("levels are told by their parents, in whatever order they stand; one that leads nowhere is refused")
  func levels() throws {
    let body = [
      X12Segment("BSN", "00", "SHP1", "20261121", "1140", "0004"), X12Segment("HL", "3", "2", "I", "0"),
      X12Segment("LIN", "1", "VP", "A"), X12Segment("SN1", "1", "5", "EA"), X12Segment("HL", "1", "", "S"),
      X12Segment("HL", "2", "1", "O"), X12Segment("PRF", "PO-1"),
    ]
    let read = try ShipNoticeReader.read(try Self.report("SH", "856", body + [X12Segment("CTT", "3")]).set)
    #expect(read.orders.first?.items.map(\.quantity.text) == ["5"])
    let circle = body.map { $0.tag == "HL" && $0[1] == "2" ? X12Segment("HL", "2", "3", "P") : $0 }
    let set = try Self.report("SH", "856", circle + [X12Segment("CTT", "3")]).set
    #expect(throws: Refusal.self) { try ShipNoticeReader.read(set) }
  }

  @Test("an invoice's total has two implied decimals and its tax explicit ones")
  func invoice() throws {
    let document = InvoiceDocument(
      number: "INV-1", kind: .invoice, date: "2026-11-21", orderNumber: "4500000042", orderDate: "2026-11-20",
      sellerNumber: "SO-1", shipment: nil, currency: "USD", terms: .init(dueOn: "2026-12-21", netDays: 30),
      shippedOn: nil, parties: [],
      lines: [
        InvoiceDocument.Line(
          number: "1", quantity: try Self.number("60"), unit: "EA", unitPrice: try Self.number("11.25"),
          identifiers: Self.names, description: "Widget, blue")
      ], totalCents: 729_00, taxCents: 54_00, chargesCents: 0)
    let body = InvoiceDocumentWriter.body(document)
    #expect(
      X12Samples.text(body) == [
        "BIG*20261121*INV-1*20261120*4500000042***DI*00", "CUR*SE*USD", "REF*VN*SO-1", "ITD*01*3****20261221*30",
        "IT1*1*60*EA*11.25**VP*WIDGET-001*UP*614141123452", "PID*F****Widget, blue", "TDS*72900", "TXI*TX*54.00",
        "CTT*1",
      ])
    let report = try Self.report("IN", "810", body)
    #expect(report.isClean, "\(report.findings)")
    let read = try InvoiceDocumentReader.read(report.set)
    #expect(read.totalCents == 72_900 && read.taxCents == 5400 && read.chargesCents == 0)
    #expect(read.orderNumber == "4500000042" && read.currency == "USD" && read.terms == document.terms)
    #expect(read.lines.map(\.unitPrice.text) == ["11.25"] && read.lines.map(\.number) == ["1"])
  }

  @Test(
    "hundredths say what a currency's minor units are, or that they cannot",
    arguments: [
      (729, 0, 72_900 as Int64?), (72_900, 2, 72_900), (1_230, 3, 123), (1_234, 3, nil), (12_300, 4, 123), (1, 4, nil),
      (Int64.max, 0, nil),
    ] as [(Int64, Int, Int64?)])
  func cents(_ minor: Int64, _ exponent: Int, _ cents: Int64?) {
    #expect(EDICents.from(minor: minor, exponent: exponent) == cents)
  }

  @Test("an answer tells of each line what is confirmed, what follows and what does not come")
  func answer() throws {
    let body = [
      X12Segment("BAK", "00", "AC", "PO-1", "20261120", "", "", "", "S-77", "20261121"),
      X12Segment("PO1", "1", "240", "EA", "5.75", "", "VP", "WIDGET-001"),
      X12Segment("REF", "ZZ", "", "Confirmed 150 of 240"),
      X12Segment("ACK", "IQ", "150", "EA", "067", "20261201"), X12Segment("ACK", "IB", "90", "EA"),
      X12Segment("PO1", "2", "5", "EA", "1.00"), X12Segment("ACK", "IR", "0", "EA"),
      X12Segment("PO1", "3", "7", "EA", "1.00"), X12Segment("CTT", "3"),
    ]
    let report = try Self.report("PR", "855", body)
    #expect(report.isClean, "\(report.findings)")
    let answer = try SupplierAnswerReader.read(report.set)
    #expect(answer.verdict == .changed && answer.sellerNumber == "S-77" && answer.answeredOn == "2026-11-21")
    #expect(
      answer.lines.map { $0.parts.map(\.outcome) } == [[.quantityChanged, .backordered], [.rejected], [.accepted]])
    #expect(answer.lines[0].parts[0].promisedOn == "2026-12-01" && answer.lines[0].reason == "Confirmed 150 of 240")
    #expect(answer.lines[2].parts[0].quantity.text == "7")
  }

  @Test("a set that counts other lines than it has is rejected at its CTT", arguments: ["0", "2", "10"])
  func total(_ count: String) throws {
    let body =
      [X12Segment("BIG", "20261121", "INV-1", "", "PO-1")]
      + [X12Segment("IT1", "1", "1", "EA", "1.00", "", "VP", "A"), X12Segment("TDS", "100"), X12Segment("CTT", count)]
    let report = try Self.report("IN", "810", body)
    #expect(!report.isAccepted)
    #expect(report.findings.map(\.place) == ["CTT[5].01"] && report.findings.map(\.code) == ["7"])
  }
}
