import BulkheadCore
import Testing

@testable import Distribution

@Suite("Documents in EDIFACT")
struct EDIFACTDocumentTests {
  private static let names = [EDIItemID(qualifier: "VP", value: "WIDGET-001"), EDIItemID(gtin: "00614141123452")]

  private static func number(_ text: String) throws -> EDIDecimal { try #require(EDIDecimal(text)) }

  /// The message as it is read again after it was written into an interchange.
  private static func read(_ type: String, _ body: [EDIFACTSegment]) throws -> EDIFACTMessage {
    let envelope = EDIFACTEnvelope(
      sender: EDIFACTAddress("US", "ZZ"), recipient: EDIFACTAddress("THEM", "14"),
      writtenAt: try #require(Instant(postgres: "2026-11-21 11:40:00+00")), reference: "1", isTest: true,
      wantsAcknowledgement: true)
    let bytes = EDIFACTWriter.interchange(envelope, messages: [("1", [type, "D", "96A", "UN"], body)])
    let interchange = EDIFACTValidator.check(try EDIFACTReader.read(bytes))
    #expect(interchange.findings.isEmpty && interchange.isTest && interchange.wantsAcknowledgement)
    return try #require(interchange.messages.first)
  }

  private static func text(_ body: [EDIFACTSegment]) -> [String] { body.map(EDIFACTWriter.text) }

  /// A message of these segments; positions as in an interchange.
  private static func message(_ type: String, _ body: String) throws -> EDIFACTMessage {
    let count = body.utf8.count { $0 == UInt8(ascii: "'") } + 2
    let text = "UNB+UNOC:3+A+B+261121:0918+1'UNH+1+\(type):D:96A:UN'\(body)UNT+\(count)+1'UNZ+1+1'"
    return try #require(EDIFACTValidator.check(try EDIFACTReader.read(Array(text.utf8))).messages.first)
  }

  private static func places(_ type: String, _ body: String) throws -> [String] {
    try message(type, body).findings.filter(\.isFatal).map { "\($0.place) \($0.code.rawValue)" }
  }

  @Test("a ship notice has a level for each package with its SSCC, and reads back as it was")
  func shipNotice() throws {
    func item(_ quantity: String, _ lot: String) throws -> ShipNotice.Item {
      ShipNotice.Item(
        line: "1", identifiers: Self.names, description: nil, quantity: try Self.number(quantity), unit: "EA",
        ordered: try Self.number("100"), lot: lot)
    }
    let notice = ShipNotice(
      number: "SH-1", writtenOn: "2026-11-21", writtenAt: "1140", shippedOn: "2026-11-21", expectedOn: nil,
      carrier: "ACME", trackingNumber: "1Z999", billOfLading: nil, weightKilograms: try Self.number("12.5"),
      shipFrom: EDIParty(.shipFrom, name: "Us", qualifier: "91", code: "WH1"), shipTo: nil,
      orders: [
        ShipNotice.Order(
          number: "4500000042", date: "2026-11-20", sellerNumber: "SO-1",
          packages: [
            ShipNotice.Package(sscc: "006141411234567890", items: [try item("40", "L1")]),
            ShipNotice.Package(sscc: "006141411234567906", items: [try item("20", "L2")]),
          ])
      ])
    let body = try EDIFACTDespatchWriter.body(notice, EDIFACTUnits())
    #expect(
      Self.text(body) == [
        "BGM+351+SH-1+9'", "DTM+137:202611211140:203'", "DTM+11:20261121:102'", "MEA+PD+AAD+KGM:12.5'",
        "RFF+ON:4500000042'", "RFF+VN:SO-1'", "RFF+CN:1Z999'", "NAD+SF+WH1::91++Us'", "TDT+20++++:::ACME'", "CPS+1'",
        "PAC+2++CT'", "CPS+2+1'", "PAC+1++CT'", "PCI+33E'", "GIN+BJ+006141411234567890'", "LIN+1++614141123452:UP'",
        "PIA+1+WIDGET-001:VP'", "QTY+12:40:PCE'", "QTY+21:100:PCE'", "RFF+ON:4500000042:1'", "PCI+36E'",
        "GIN+BX+L1'", "CPS+3+1'", "PAC+1++CT'", "PCI+33E'", "GIN+BJ+006141411234567906'",
        "LIN+2++614141123452:UP'", "PIA+1+WIDGET-001:VP'", "QTY+12:20:PCE'", "QTY+21:100:PCE'",
        "RFF+ON:4500000042:1'", "PCI+36E'", "GIN+BX+L2'",
      ])
    let read = try EDIFACTDespatchReader.read(try Self.read("DESADV", body), EDIFACTUnits())
    #expect(read.number == "SH-1" && read.carrier == "ACME" && read.trackingNumber == "1Z999")
    #expect(read.shippedOn == "2026-11-21" && read.orders.map(\.number) == ["4500000042"])
    #expect(read.orders.first?.packages.map(\.sscc) == ["006141411234567890", "006141411234567906"])
    #expect(read.orders.first?.items.map(\.quantity.text) == ["40", "20"])
    #expect(read.orders.first?.items.map(\.lot) == ["L1", "L2"])
    #expect(read.orders.first?.items.map(\.line) == ["1", "1"] && read.orders.first?.items.first?.unit == "EA")
  }

  @Test("what lies on a pallet has its SSCC, what is of two orders goes to each, and a circle of levels ends")
  func levels() throws {
    let head = "BGM+351+S1+9'DTM+137:20261121:102'"
    let sscc = "006141411234567890"
    let nested = try Self.message(
      "DESADV",
      head + "CPS+1'PAC+1'PCI+33E'GIN+BJ+\(sscc)'CPS+2+1'LIN+1++A:VP'QTY+12:5:PCE'RFF+ON:PO-1:1'"
        + "LIN+2++B:VP'QTY+12:6:PCE'RFF+ON:PO-2:1'")
    let read = try EDIFACTDespatchReader.read(nested, EDIFACTUnits())
    #expect(read.orders.map(\.number) == ["PO-1", "PO-2"])
    #expect(read.orders.map { $0.packages.map(\.sscc) } == [[sscc], [sscc]])
    let circle = try Self.message("DESADV", head + "RFF+ON:PO-1'CPS+1+2'CPS+2+1'LIN+1++A:VP'QTY+12:5:PCE'")
    #expect(try EDIFACTDespatchReader.read(circle, EDIFACTUnits()).orders.first?.packages.map(\.sscc) == [nil])
    #expect(try EDIFACTDespatchReader.read(circle, EDIFACTUnits()).orders.first?.items.map(\.line) == [nil])
  }

  @Test("a notice of tens of thousands of lines or of nested levels takes one pass")
  func large() throws {
    let head = "BGM+351+S1+9'DTM+137:20261121:102'RFF+ON:PO-1'"
    let flat = String(repeating: "LIN+++A:VP'QTY+12:1'", count: 40_000)
    let wide = try EDIFACTDespatchReader.read(try Self.message("DESADV", head + "CPS+1'" + flat), EDIFACTUnits())
    #expect(wide.orders.first?.items.count == 40_000)
    let nested = (2...30_000).map { "CPS+\($0)+\($0 - 1)'LIN+++A:VP'QTY+12:1'" }.joined()
    let deep = try EDIFACTDespatchReader.read(try Self.message("DESADV", head + "CPS+1'" + nested), EDIFACTUnits())
    #expect(deep.orders.first?.items.count == 29_999)
  }

  @Test("an invoice names each of its amounts, and reads back as it was")
  func invoice() throws {
    let document = InvoiceDocument(
      number: "INV-1", kind: .invoice, date: "2026-11-21", orderNumber: "4500000042", orderDate: "2026-11-20",
      sellerNumber: "SO-1", shipment: nil, currency: "USD", terms: .init(dueOn: "2026-12-21", netDays: 30),
      shippedOn: nil, parties: [EDIParty(.remitTo, name: "Müller", qualifier: "UL", code: "4006381333931")],
      lines: [
        InvoiceDocument.Line(
          number: "1", quantity: try Self.number("60"), unit: "EA", unitPrice: try Self.number("11.25"),
          identifiers: Self.names, description: "Widget: blue", amountCents: 675_00),
        InvoiceDocument.Line(
          number: "C2", quantity: try Self.number("1"), unit: "EA", unitPrice: try Self.number("0"),
          identifiers: [EDIItemID(qualifier: "ZZ", value: "CHARGE")], description: nil, amountCents: 0),
      ], totalCents: 729_00, taxCents: 54_00, chargesCents: 0)
    let body = try EDIFACTInvoiceWriter.body(document, EDIFACTUnits())
    #expect(
      Self.text(body) == [
        "BGM+380+INV-1+9'", "DTM+137:20261121:102'", "RFF+ON:4500000042'", "DTM+4:20261120:102'", "RFF+VN:SO-1'",
        "NAD+SU+4006381333931::9++Müller'", "CUX+2:USD:4'", "PAT+3++5:3:D:30'", "LIN+1++614141123452:UP'",
        "PIA+1+WIDGET-001:VP'", "IMD+F++:::Widget?: blue'", "QTY+47:60:PCE'", "MOA+203:675.00'", "PRI+AAA:11.25'",
        "RFF+ON:4500000042:1'", "LIN+2++CHARGE:ZZZ'", "QTY+47:1:PCE'", "MOA+203:0.00'", "PRI+AAA:0.00'", "UNS+S'",
        "CNT+2:2'", "MOA+77:729.00'", "MOA+79:675.00'", "MOA+124:54.00'", "MOA+139:729.00'",
      ])
    let read = try EDIFACTInvoiceReader.read(try Self.read("INVOIC", body), EDIFACTUnits())
    #expect(read.totalCents == 729_00 && read.taxCents == 54_00 && read.chargesCents == 0)
    #expect(read.orderNumber == "4500000042" && read.currency == "USD" && read.terms.netDays == 30)
    #expect(read.lines.map(\.number) == ["1", "2"] && read.lines.map(\.amountCents) == [675_00, 0])
    #expect(read.parties.first?.gln != nil && read.parties.first?.name == "Müller")
  }

  @Test("taxes are added up where they are told by rate, charges and allowances where they have amounts")
  func amounts() throws {
    let head = "BGM+380+I+9'DTM+137:20261121:102'RFF+ON:PO'"
    let line = "LIN+1++A:VP'QTY+47:200:PCE'PRI+AAA:125:::100:PCE'"
    func read(_ body: String) throws -> InvoiceDocument {
      try EDIFACTInvoiceReader.read(try Self.message("INVOIC", head + body), EDIFACTUnits())
    }
    let taxed = try read(line + "UNS+S'MOA+77:297,5'TAX+7+VAT+++:::19'MOA+124:40'TAX+7+VAT+++:::7'MOA+124:7.5'")
    #expect(taxed.totalCents == 297_50 && taxed.taxCents == 47_50 && taxed.lines.map(\.unitPrice.text) == ["1.25"])
    let charged = try read("ALC+C'MOA+8:5.00'" + line + "ALC+A'MOA+204:1.00'UNS+S'MOA+139:1'")
    #expect(charged.chargesCents == 400)
    #expect(try read(line + "ALC+C'UNS+S'MOA+139:1'").chargesCents == nil)
    #expect(try read(line + "UNS+S'MOA+139:1'").kind == .invoice)
    let note = "BGM+381+I+9'DTM+137:20261121:102'\(line)UNS+S'MOA+77:1'"
    #expect(try EDIFACTInvoiceReader.read(try Self.message("INVOIC", note), EDIFACTUnits()).kind == .creditMemo)
  }

  @Test("an answer says what will be delivered, what follows and what does not come, and is read as it was meant")
  func answer() throws {
    let order = try EDIFACTOrdersReader.read(
      try Self.message(
        "ORDERS",
        "BGM+220+PO-1+9'DTM+137:20261120:102'NAD+BY+4006381333931::9'CUX+2:EUR:9'LIN+1++A:VP'QTY+21:100:PCE'"
          + "PRI+AAA:5'LIN+2++B:VP'QTY+21:5:PCE'PRI+AAA:1'LIN+3++C:VP'QTY+21:7:KGM'PRI+AAA:1'UNS+S'CNT+2:3'"))
    let lines = [
      PurchaseOrderAnswer.Line(
        ordered: order.lines[0], confirmed: try Self.number("60"), backordered: try Self.number("40"),
        unitPrice: EDIDecimal("5.5"), reason: "60 available"),
      .rejected(order.lines[1], "Unknown item"),
      PurchaseOrderAnswer.Line(
        ordered: order.lines[2], confirmed: try Self.number("7"), backordered: .zero, unitPrice: EDIDecimal("1")),
    ]
    let answer = PurchaseOrderAnswer(
      to: order, sellerNumber: "SO-1", answeredOn: "2026-11-21", currency: "EUR", lines: lines)
    let body = try EDIFACTOrderResponseWriter.body(answer, EDIFACTUnits())
    #expect(
      Self.text(body) == [
        "BGM+231+SO-1+9+AC'", "DTM+137:20261121:102'", "RFF+ON:PO-1'", "DTM+4:20261120:102'", "RFF+VN:SO-1'",
        "NAD+BY+4006381333931::9'", "CUX+2:EUR:9'", "LIN+1+6+A:VP'", "QTY+21:100:PCE'", "QTY+113:60:PCE'",
        "QTY+83:40:PCE'", "FTX+AAO+++60 available'", "PRI+AAA:5.50'", "LIN+2+7+B:VP'", "QTY+21:5:PCE'",
        "QTY+113:0:PCE'", "FTX+AAO+++Unknown item'", "PRI+AAA:1.00'", "LIN+3+5+C:VP'", "QTY+21:7:KGM'",
        "QTY+113:7:KGM'", "PRI+AAA:1.00'", "UNS+S'", "CNT+2:3'",
      ])
    let read = try EDIFACTOrderResponseReader.read(try Self.read("ORDRSP", body), EDIFACTUnits())
    #expect(read.orderNumber == "PO-1" && read.sellerNumber == "SO-1" && read.verdict == .changed)
    #expect(read.lines.map { $0.parts.map(\.outcome) } == [[.accepted, .backordered], [.rejected], [.accepted]])
    #expect(read.lines[0].parts.map(\.quantity.text) == ["60", "40"] && read.lines[0].reason == "60 available")
    let held = PurchaseOrderAnswer(
      to: order, sellerNumber: "SO-1", answeredOn: "2026-11-21", currency: "EUR", isOnHold: true, lines: [lines[0]])
    let waiting = try EDIFACTOrderResponseReader.read(
      try Self.read("ORDRSP", try EDIFACTOrderResponseWriter.body(held, EDIFACTUnits())), EDIFACTUnits())
    #expect(waiting.verdict == .held && waiting.lines.map { $0.parts.map(\.outcome) } == [[.held]])
  }

  @Test(
    "senders say yes and no in different ways",
    arguments: [
      ("+9+AP", "QTY+21:5:PCE'", "accepted", "accepted"), ("+29", "QTY+21:5:PCE'", "accepted", "accepted"),
      ("+27", "QTY+21:5:PCE'", "rejected", "rejected"), ("+9+RE", "QTY+113:5:PCE'", "rejected", "rejected"),
      ("+9+AC", "QTY+21:5:PCE'QTY+113:0:PCE'", "changed", "rejected"),
      ("+9+AC", "QTY+21:5:PCE'QTY+113:0:PCE'QTY+83:5:PCE'", "changed", "backordered"),
      ("+9+AC", "QTY+21:5:PCE'QTY+113:3:PCE'", "changed", "quantity_changed"),
      ("+9", "QTY+21:5:PCE'QTY+113:0:PCE'", "rejected", "rejected"), ("+4", "QTY+21:5:PCE'", "changed", "accepted"),
    ])
  func verdicts(_ begin: String, _ quantities: String, _ verdict: String, _ outcome: String) throws {
    let message = try Self.message(
      "ORDRSP", "BGM+231+R\(begin)'DTM+137:20261121:102'RFF+ON:PO'LIN+1++A:VP'\(quantities)UNS+S'")
    let read = try EDIFACTOrderResponseReader.read(message, EDIFACTUnits())
    #expect(read.verdict.rawValue == verdict && read.lines.first?.parts.map(\.outcome.rawValue) == [outcome])
  }

  @Test(
    "what a message lacks, or cannot be, is found at its segment",
    arguments: [
      ("DESADV", "BGM+351++9'", "UNH[1] 13"), ("DESADV", "BGM+351+S+1'", "BGM[2].3 14"),
      ("DESADV", "BGM+351+S+9'DTM+137:20261121:102'CPS+1'", "BGM[2] 13"),
      ("DESADV", "BGM+351+S+9'DTM+137:20261121:102'LIN+1++A:VP'QTY+12:5'", "LIN[4].1 12"),
      ("DESADV", "BGM+351+S+9'DTM+137:20261121:102'CPS+1'CPS+1'", "CPS[5].1 12"),
      ("DESADV", "BGM+351+S+9'DTM+137:20261121:102'CPS+1'LIN+1++A:VP'QTY+12:5'", "LIN[5] 13"),
      ("DESADV", "BGM+351+S+9'DTM+137:20261121:102'RFF+ON:P'CPS+1'LIN+1++A:VP'QTY+12:x'", "QTY[7].1 37"),
      ("ORDRSP", "BGM+231+R+9'DTM+137:20261121:102'LIN+1++A:VP'QTY+21:5'UNS+S'", "BGM[2] 13"),
      ("INVOIC", "BGM+385+I+9'DTM+137:20261121:102'UNS+S'MOA+77:1'", "BGM[2].1 14"),
      ("INVOIC", "BGM+380+I+9'DTM+137:20261121:102'LIN+1++A:VP'QTY+47:5'PRI+AAA:1:::3'UNS+S'", "PRI[6].1 14"),
      ("INVOIC", "BGM+380+I+9'DTM+137:20261121:102'LIN+1++A:VP'QTY+47:5'PRI+AAA:1:::1:KGM'UNS+S'", "PRI[6].1 14"),
      ("INVOIC", "BGM+380+I+9'DTM+137:20261121:102'LIN+1++A:VP'QTY+47:5'UNS+S'MOA+77:1'", "LIN[4] 13"),
      ("INVOIC", "BGM+380+I+9'DTM+137:20261121:102'UNS+S'", "UNS[4] 13"),
      (
        "INVOIC",
        "BGM+380+I+9'DTM+137:20261121:102'RFF+ON:PO-1'LIN+1++A:VP'QTY+47:5'PRI+AAA:1'RFF+ON:PO-2:1'UNS+S'MOA+77:5'",
        "LIN[5] 14"
      ),
      ("INVOIC", "BGM+380+I+9'DTM+137:20261121:102'UNS+S'MOA+77:1.234'", "MOA[5].1 37"),
      ("INVOIC", "BGM+380+I+9'DTM+137:20261121:102'UNS+S'CNT+2:1'MOA+77:1'", "CNT[5].1 29"),
      ("QUOTES", "BGM+310+Q+9'", "UNH[1].2 14"), ("CONTRL", "UCM+1'", "UNH[1] 13"),
      ("ORDERS", "BGM+220+\(String(repeating: "9", count: 36))+9'", "BGM[2].2 39"),
    ])
  func faults(_ type: String, _ body: String, _ place: String) throws {
    #expect(try Self.places(type, body) == [place])
  }

  @Test("where a segment cannot be taken apart, whoever sent it is told which")
  func broken() throws {
    let head = "UNB+UNOC:3+A+B+261121:0918+7'UNH+1+ORDERS:D:96A:UN'"
    for (text, place, code) in [
      (head + "BG+220'", "BG[3]", 18), (head + "BGM+220+PO", "BGM[3]", 13), (head + "bgm+1'", "?[3]", 18),
    ] {
      let read = try EDIFACTReader.readWhatCanBeAnswered(Array(text.utf8))
      #expect(read.isRejected && read.findings.map(\.place) == [place] && read.reference == "7")
      #expect(EDIFACTAcknowledgment.body(read).map(EDIFACTWriter.text) == ["UCI+7+A+B+4+\(code)'"])
    }
    #expect(throws: Refusal.self) { try EDIFACTReader.readWhatCanBeAnswered(Array("UNB+UNOC:3+A".utf8)) }
  }

  @Test("a partner's CONTRL is read message by message; one that only says that something came says nothing of it")
  func acknowledgments() throws {
    func read(_ body: String) throws -> FunctionalAcknowledgment? {
      EDIFACTAcknowledgmentReader.read(try Self.message("CONTRL", body))
    }
    let told = try #require(try read("UCI+12+A+B+7'UCM+5+DESADV:D:96A:UN+7+12'UCM+6+INVOIC:D:96A:UN+4+29+UNT+2'"))
    #expect(told.groupControl == "12" && told.verdict == .accepted)
    #expect(told.sets.map(\.control) == ["5", "6"] && told.sets.map(\.verdict) == [.acceptedWithErrors, .rejected])
    #expect(try read("UCI+12+A+B+4+29+UNZ+2'")?.verdict == .rejected)
    let came = try #require(try read("UCI+12+A+B+8'"))
    #expect(came.verdict == nil && came.sets.isEmpty)
  }

  @Test("nobody acknowledges acknowledgments, and an interchange of nothing is refused")
  func replies() throws {
    func reply(_ text: String) throws -> [String]? {
      EDIFACTAcknowledgment.reply(to: EDIFACTValidator.check(try EDIFACTReader.read(Array(text.utf8))))
        .map { $0.map(EDIFACTWriter.text) }
    }
    let head = "UNB+UNOC:3+A+B+261121:0918+7'"
    #expect(try reply(head + "UNH+1+CONTRL:D:3:UN'UCI+1+B+A+7'UNT+3+1'UNZ+1+7'") == nil)
    #expect(try reply(head + "UNH+1+CONTRL:D:3:UN'UCI+1+B+A+7'UNT+3+1'UNZ+9+7'") == nil)
    #expect(try reply(head + "UNZ+0+7'") == ["UCI+7+A+B+4+32+UNZ+2'"])
  }
}
