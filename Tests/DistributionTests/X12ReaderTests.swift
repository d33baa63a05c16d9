import BulkheadCore
import Testing

@testable import Distribution

@Suite("Reading X12 interchanges")
struct X12ReaderTests {
  @Test("an order of an independent partner is read whole and without findings")
  func readsOrder() throws {
    let report = try X12Samples.report(X12Samples.order)
    #expect(report.findings.isEmpty)
    let interchange = report.interchange
    #expect(interchange.header.sender == "MOCKEDI")
    #expect(interchange.header.receiver == "NORTHWIND")
    #expect(interchange.header.controlNumber == "000000001")
    #expect(interchange.groups.map(\.functionalID) == ["PO"])
    let set = try #require(interchange.groups.first?.sets.first)
    #expect(set.segments.count == 19)
    #expect(set.segments.map(\.position) == Array(1...19))
  }

  @Test("delimiters are learned from the ISA, and line breaks behind terminators belong to nobody")
  func learnsDelimiters() throws {
    for (element, component, segment) in [("|", ":", "'"), ("\u{1D}", "\u{1F}", "\u{1C}"), ("+", "^", "\n")] {
      let text = X12Samples.order.replacing("\n", with: segment == "\n" ? "" : "\r\n")
        .replacing("*", with: element).replacing(">", with: component).replacing("~", with: segment)
      #expect(try X12Samples.report(text).findings.isEmpty)
    }
  }

  @Test(
    "bytes without an envelope to answer are refused",
    arguments: [
      ("", "edi.notX12"), ("{\"order\": 1}", "edi.notX12"), ("UNB+UNOA:1+A+B'", "edi.notX12"),
      ("ISA", "edi.truncated"), (String(X12Samples.isa.prefix(105)), "edi.truncated"),
      (X12Samples.isa.replacing("*ZZ*MOCKEDI ", with: "*ZZ*MOCKEDI"), "edi.notX12"),
      (X12Samples.isa.replacing("*", with: " "), "edi.notX12"),
      (X12Samples.isa.replacing(">~", with: "~~"), "edi.notX12"),
      (X12Samples.isa.replacing("MOCKEDI ", with: "MOCKEDI\0"), "edi.notX12"),
    ])
  func refuses(_ text: String, _ code: String) {
    // Padded behind, so that what is tried is not the length alone.
    let bytes = Array(text.utf8) + (code == "edi.truncated" ? [] : Array(repeating: UInt8(ascii: "~"), count: 4))
    do {
      _ = try X12Reader.read(bytes)
      Issue.record("accepted: \(text)")
    } catch { #expect(error.code.name == code) }
  }

  @Test("binary bytes of every kind are refused")
  func refusesBinary() {
    for byte in UInt8.min...UInt8.max {
      let bytes = Array(repeating: byte, count: 500)
      #expect(throws: Refusal.self) { try X12Reader.read(bytes) }
    }
  }

  @Test(
    "a fault of the envelope is named by its TA1 code",
    arguments: [
      ("IEA*1*000000001", "IEA*1*000000002", "001", "IEA[23].02"), ("IEA*1*", "IEA*2*", "021", "IEA[23].01"),
      ("IEA*1*", "IEA*x*", "021", "IEA[23].01"), ("IEA*1*000000001~\n", "", "023", "IEA[23]"),
      ("IEA*1*000000001~", "IEA*1*000000001", "023", "IEA[23]"),
      ("GE*1*1~\nIEA", "GE*1*1~\nREF*ZZ*1~\nIEA", "024", "REF[23]"),
      ("~\nGS*PO", "~\nST*850*0009~\nGS*PO", "024", "ST[2]"),
      ("*261121*1140*", "*261321*1140*", "014", "ISA[1].09"), ("*261121*1140*", "*261121*2460*", "015", "ISA[1].10"),
      ("*U*00401*", "*^*00401*", "016", "ISA[1].11"), ("*U*00401*", "*U*00501*", "017", "ISA[1].12"),
      ("*000000001*0*T*", "*00000000A*0*T*", "018", "ISA[1].13"), ("*0*T*", "*7*T*", "019", "ISA[1].14"),
      ("*0*T*", "*0*X*", "020", "ISA[1].15"), ("*ZZ*MOCKEDI  ", "*  *MOCKEDI  ", "005", "ISA[1].05"),
      ("*ZZ*MOCKEDI  ", "*ZZ*         ", "006", "ISA[1].06"),
      ("*ZZ*NORTHWIND", "*  *NORTHWIND", "007", "ISA[1].07"),
      ("*ZZ*NORTHWIND", "*ZZ*         ", "008", "ISA[1].08"),
      ("ISA*00*   ", "ISA*03*   ", "010", "ISA[1].01"),
    ])
  func namesEnvelopeFaults(_ old: String, _ new: String, _ code: String, _ place: String) throws {
    let interchange = try X12Samples.read(X12Samples.order(replacing: old, with: new))
    let finding = try #require(interchange.findings.first { $0.code == code })
    #expect(finding.level == .interchange)
    #expect(finding.place == place)
    #expect(interchange.isRejected)
    let ta1 = X12Acknowledgment.interchange(interchange.header, accepted: false, noteCode: code)
    #expect(ta1.elements.suffix(2) == ["R", code])
  }

  @Test("a second interchange in the same body is refused once, not per segment")
  func refusesTwo() throws {
    let interchange = try X12Samples.read(X12Samples.order + X12Samples.order)
    #expect(interchange.findings.map(\.code) == ["024"])
  }

  @Test("an interchange without a group is refused, one with a TA1 alone is not")
  func emptyInterchanges() throws {
    let empty = try X12Samples.read(X12Samples.isa + "IEA*0*000000001~")
    #expect(empty.findings.map(\.code) == ["024"])
    let answer = try X12Samples.read(X12Samples.isa + "TA1*000000007*261121*1140*A*000~IEA*0*000000001~")
    #expect(answer.findings.isEmpty)
    #expect(answer.preamble.map(\.tag) == ["TA1"])
  }

  @Test("limits are limits: one more is refused as too large")
  func limits() throws {
    var limits = X12Limits()
    limits.bytesMax = X12Samples.order.utf8.count
    #expect(try X12Reader.read(Array(X12Samples.order.utf8), limits: limits).findings.isEmpty)
    let tight: [(WritableKeyPath<X12Limits, Int>, Int)] = [
      (\.bytesMax, X12Samples.order.utf8.count - 1), (\.segmentsMax, 22), (\.elementsPerSegmentMax, 8),
      (\.elementBytesMax, 10), (\.groupsMax, 0), (\.setsMax, 0),
    ]
    for (limit, value) in tight {
      var limits = X12Limits()
      limits[keyPath: limit] = value
      do {
        _ = try X12Reader.read(Array(X12Samples.order.utf8), limits: limits)
        Issue.record("\(limit) = \(value) was not kept")
      } catch { #expect(error.code.name == "edi.tooLarge") }
    }
  }
}
