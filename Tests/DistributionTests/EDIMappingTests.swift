import BulkheadCore
import Testing

@testable import Distribution

@Suite("Orders and answers in X12")
struct EDIMappingTests {
  private func order(_ text: String = X12Samples.order) throws -> PurchaseOrderDocument {
    let set = try #require(try X12Samples.report(text).groups.first?.sets.first)
    return try PurchaseOrderReader.read(set.set)
  }

  @Test("an 850 is read into number, dates, parties and lines")
  func readsOrder() throws {
    let order = try order()
    #expect(order.number == "4500000042")
    #expect(order.purpose == .original)
    #expect(order.date == "2026-11-21")
    #expect(order.requestedOn == "2026-12-15")
    #expect(order.currency == "USD")
    #expect(order.parties.map(\.role) == [.buyer, .seller, .shipTo])
    #expect(order.party(.shipTo)?.city == "Boston")
    #expect(order.lines.map(\.number) == ["1", "2"])
    #expect(order.lines.map(\.quantity.text) == ["100", "5"])
    #expect(order.lines.map(\.unitPrice?.text) == ["11.25", "3.1"])
    #expect(order.lines[0].description == "Widget, blue")
    #expect(order.lines[0].identifiers.map(\.scheme) == [.sellerItem, .gtin])
    #expect(order.lines[0].identifiers[1].gtin?.digits == "00076123400003")
  }

  @Test("what an order leaves out stays out")
  func readsShortOrder() throws {
    let order = try order(X12Samples.order(body: ["BEG*04*SA*X**20261121", "PO1**2.50*CA", "PO1**1*EA**PE*EN*123"]))
    #expect(order.purpose == .other)
    #expect(order.lines.map(\.number) == ["1", "2"])
    #expect(order.lines[0].quantity.text == "2.5")
    #expect(order.lines[0].unitPrice == nil)
    #expect(order.lines[1].identifiers == [EDIItemID(qualifier: "EN", value: "123")])
    #expect(order.lines[1].identifiers[0].gtin == nil)
    #expect(order.currency == nil)
  }

  @Test("a GLN with a good check digit is taken as one")
  func readsGLN() throws {
    let body = ["BEG*00*SA*X**20261121", "N1*ST*Shop*UL*4006381333931", "N1*BY*Shop*UL*4006381333932"]
    let order = try order(X12Samples.order(body: body + ["PO1*1*1*EA"]))
    #expect(order.party(.shipTo)?.gln?.digits == "4006381333931")
    #expect(order.party(.buyer)?.gln == nil)
  }

  struct AnswerCase: Sendable {
    let confirmed: String
    let backordered: String
    let price: String
    let type: String
    let statuses: [String]
  }

  @Test(
    "each outcome of a line has its status",
    arguments: [
      AnswerCase(confirmed: "100", backordered: "0", price: "11.25", type: "AD", statuses: ["ACK*IA*100*EA"]),
      AnswerCase(
        confirmed: "60", backordered: "40", price: "11.250", type: "AC", statuses: ["ACK*IA*60*EA", "ACK*IB*40*EA"]),
      AnswerCase(confirmed: "0", backordered: "100", price: "11.25", type: "AC", statuses: ["ACK*IB*100*EA"]),
      AnswerCase(confirmed: "100", backordered: "0", price: "12.5", type: "AC", statuses: ["ACK*IP*100*EA"]),
      AnswerCase(
        confirmed: "60", backordered: "40", price: "12.5", type: "AC", statuses: ["ACK*IP*60*EA", "ACK*IB*40*EA"]),
      AnswerCase(confirmed: "60", backordered: "0", price: "11.25", type: "AC", statuses: ["ACK*IQ*60*EA"]),
      AnswerCase(confirmed: "0", backordered: "0", price: "11.25", type: "RD", statuses: ["ACK*IR*0*EA"]),
    ])
  func statuses(_ sample: AnswerCase) throws {
    let order = try order(X12Samples.order(body: X12Samples.shortBody))
    let line = PurchaseOrderAnswer.Line(
      ordered: order.lines[0], confirmed: try #require(EDIDecimal(sample.confirmed)),
      backordered: try #require(EDIDecimal(sample.backordered)), unitPrice: EDIDecimal(sample.price))
    let answer = PurchaseOrderAnswer(
      to: order, sellerNumber: "SO-1", answeredOn: "2026-11-22", currency: "USD", lines: [line])
    let body = X12Samples.text(PurchaseOrderAnswerWriter.body(answer))
    #expect(body.first == "BAK*00*\(sample.type)*PO1*20261121****SO-1*20261122")
    #expect(body.filter { $0.hasPrefix("ACK") } == sample.statuses)
    #expect(body.last == "CTT*1")
  }

  @Test("an order on hold promises nothing")
  func hold() throws {
    let order = try order(X12Samples.order(body: X12Samples.shortBody))
    let line = PurchaseOrderAnswer.Line(
      ordered: order.lines[0], confirmed: .zero, backordered: order.lines[0].quantity,
      unitPrice: order.lines[0].unitPrice)
    let answer = PurchaseOrderAnswer(
      to: order, sellerNumber: "SO-1", answeredOn: "2026-11-22", currency: "USD", isOnHold: true, lines: [line])
    let body = X12Samples.text(PurchaseOrderAnswerWriter.body(answer))
    #expect(body.first?.hasPrefix("BAK*00*AH*") == true)
    #expect(body.filter { $0.hasPrefix("ACK") } == ["ACK*IH*100*EA"])
  }

  @Test("an order refused whole says so on every line")
  func rejection() throws {
    let answer = PurchaseOrderAnswer.rejection(
      of: try order(), answeredOn: "2026-11-22", reason: "Order number already in use")
    let body = X12Samples.text(PurchaseOrderAnswerWriter.body(answer))
    #expect(body.first == "BAK*00*RD*4500000042*20261121*****20261122")
    #expect(body.filter { $0 == "ACK*IR*0*EA" }.count == 2)
    #expect(body.filter { $0 == "REF*ZZ**Order number already in use" }.count == 2)
  }

  @Test(
    "decimals have one spelling",
    arguments: [
      ("011.250", "11.25"), (".5", "0.5"), ("5.", "5"), ("-0", "0"), ("-0.10", "-0.1"), ("100", "100"), ("0.000", "0"),
    ])
  func spells(_ text: String, _ expected: String) {
    #expect(EDIDecimal(text)?.text == expected)
  }

  @Test("what is no decimal is none", arguments: ["", "-", ".", "1.2.3", "1e3", "--1", "+1", " 1", "0x1", "١"])
  func refusesDecimals(_ text: String) {
    #expect(EDIDecimal(text) == nil)
  }

  @Test("a partner's 997 is read set by set")
  func readsAcknowledgment() throws {
    let text =
      X12Samples.isa + "GS*FA*A*B*20261121*1140*3*X*004010~ST*997*0001~AK1*PR*7~AK2*855*0007~AK3*ACK*9*PO1*8~"
      + "AK4*1*668*7*XX~AK5*E*5~AK2*855*0008~AK5*R*4~AK9*P*2*2*1~SE*10*0001~GE*1*3~IEA*1*000000001~"
    let report = try X12Samples.report(text)
    #expect(report.findings.isEmpty)
    let set = try #require(report.groups.first?.sets.first?.set)
    let read = try #require(FunctionalAcknowledgment.read(set))
    #expect(read.groupControl == "7")
    #expect(read.verdict == .acceptedWithErrors)
    #expect(read.sets.map(\.control) == ["0007", "0008"])
    #expect(read.sets.map(\.verdict) == [.acceptedWithErrors, .rejected])
  }
}
