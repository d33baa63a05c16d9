import BulkheadCore
import Testing

@testable import Distribution

@Suite("EDIFACT")
struct EDIFACTTests {
  private static let order = """
    UNA:+.? '
    UNB+UNOC:3+4012345500004:14+4000004000002:14+261121:0918+REF1++ORDERS++1++1'
    UNH+1+ORDERS:D:96A:UN:EAN008'
    BGM+220+PO-EU-1+9'
    DTM+137:20261121:102'
    DTM+2:20261201:102'
    RFF+CT:CTR-001'
    NAD+BY+4012345500004::9++M?+S ?'GmbH?'+Hafenstr. 12:Tor 3+Hamburg++20457+DE'
    NAD+SU+4000004000002::9'
    CUX+2:EUR:9'
    LIN+1++4006381333931:EN'
    PIA+1+WIDGET-001:SA'
    IMD+F++:::Widget, blue?: 40 mm'
    QTY+21:40:PCE'
    PRI+AAA:11,80'
    LIN+2++GHOST:VP'
    QTY+21:1.5'
    UNS+S'
    CNT+2:2'
    UNT+18+1'
    UNZ+1+REF1'
    """

  private func read(_ text: String) throws(Refusal) -> EDIFACTInterchange { try EDIFACTReader.read(Array(text.utf8)) }

  private func findings(_ text: String) throws -> [String] {
    let read = try read(text)
    return (read.findings + read.messages.flatMap(\.findings)).map { "\($0.place) \($0.code.rawValue)" }
  }

  private func refusal(_ text: String) -> String? {
    do throws(Refusal) {
      _ = try read(text)
      return nil
    } catch { return "\(error.code) \(error.violations.first?.pointer ?? "")" }
  }

  @Test("an interchange is read with its envelope, and what was released is text")
  func reads() throws {
    let read = try read(Self.order)
    #expect(read.findings == [] && read.messages.map(\.findings) == [[]])
    #expect(read.sender == EDIFACTAddress("4012345500004", "14") && read.reference == "REF1")
    #expect(read.application == "ORDERS" && read.isTest && read.wantsAcknowledgement && read.syntax == "UNOC")
    let message = try #require(read.messages.first)
    #expect(message.type == "ORDERS" && message.release == "96A" && message.association == "EAN008")
    #expect(message.segments.count == 18 && message.segments[5][4, 1] == "M+S 'GmbH'")
    #expect(message.segments[10][3, 4] == "Widget, blue: 40 mm")
  }

  @Test("an order says what an 850 says")
  func orders() throws {
    let order = try EDIFACTOrdersReader.read(try #require(try read(Self.order).messages.first))
    #expect(order.number == "PO-EU-1" && order.date == "2026-11-21" && order.purpose == .original)
    #expect(order.requestedOn == "2026-12-01" && order.currency == "EUR" && order.contract == "CTR-001")
    #expect(order.party(.buyer)?.gln != nil && order.party(.buyer)?.street == ["Hafenstr. 12", "Tor 3"])
    #expect(order.lines.map(\.quantity.text) == ["40", "1.5"] && order.lines[0].unit == "EA")
    #expect(order.lines[0].unitPrice?.text == "11.8" && order.lines[1].unitPrice == nil)
    #expect(order.lines[0].identifiers.map(\.scheme) == [.gtin, .sellerItem])
  }

  @Test(
    "a unit is written back as the partner said it, and never as another unit of the tenant",
    arguments: [
      // The tenant's units of Recommendation 20, what the partner's order says, what it is here, what is written back.
      ([], "PCE", "EA", "PCE"), ([], "EA", "EA", "EA"), ([], "CS", "CA", "CS"), ([], "C62", "C62", "C62"),
      (["CS"], "CA", "CA", "CA"), (["CS"], "CS", "CS", "CS"), (["PCE"], "EA", "EA", "EA"),
      (["PCE"], "PCE", "PCE", "PCE"), (["PCE"], "CS", "CA", "CS"),
    ] as [([String], String, String, String)])
  func units(_ own: [String], _ said: String, _ here: String, _ back: String) throws {
    let bytes = Self.order.replacing("QTY+21:40:PCE'", with: "QTY+21:40:\(said)'")
    let order = try #require(try read(bytes).messages.first)
    let units = EDIFACTUnits(own: Set(own), order: order)
    #expect(try EDIFACTOrdersReader.read(order, units).lines[0].unit == here)
    #expect(units.written(here) == back)
  }

  @Test("where no order says how, a unit is written as its counterpart, unless the tenant has that as well")
  func counterparts() {
    #expect(EDIFACTUnits().written("EA") == "PCE" && EDIFACTUnits().written("C62") == "C62")
    #expect(EDIFACTUnits(own: ["CS", "PCE"]).written("CA") == "CA")
    #expect(EDIFACTUnits(own: ["CS"]).written("EA") == "PCE")
  }

  @Test(
    "what an order lacks is refused at its segment",
    arguments: [
      ("BGM+220+PO-EU-1+9'", "BGM+220'", "UNH[1]"), ("DTM+137:20261121:102'", "DTM+137:20261341:102'", "BGM[2]"),
      ("QTY+21:40:PCE'", "QTY+12:40:PCE'", "LIN[9]"), ("LIN+2++GHOST:VP'", "LIN+2'", "LIN[14]"),
      ("CNT+2:2'", "CNT+2:3'", "CNT[17].1"), ("UNS+S'", "", "LIN[14]"), ("LIN+2++", "LIN+1++", "LIN[14].1"),
      ("ORDERS:D:96A", "ORDERS:D:01B", "UNH[1]"),
    ])
  func unmappable(_ old: String, _ new: String, _ place: String) throws {
    let message = try #require(try read(Self.order.replacing(old, with: new)).messages.first)
    do {
      _ = try EDIFACTOrdersReader.read(message)
      Issue.record("\(new) was read")
    } catch {
      #expect(error.code.name == "edi.unmappable" && error.violations.first?.pointer == place)
    }
  }

  @Test("counts and references that do not agree are found where they stand")
  func envelope() throws {
    func with(_ old: String, _ new: String) throws -> [String] {
      try findings(Self.order.replacing(old, with: new))
    }
    #expect(try with("UNT+18+1'", "UNT+17+1'") == ["UNT[18].1 29"])
    #expect(try with("UNT+18+1'", "UNT+18+2'") == ["UNT[18].2 28"])
    #expect(try with("UNZ+1+REF1'", "UNZ+2+REF2'") == ["UNZ[20].1 29", "UNZ[20].2 28"])
    #expect(try with("UNZ+1+REF1'", "") == ["UNT[19] 13"])
    #expect(try with("UNT+18+1'", "") == ["CNT[17] 13"])
    #expect(try with("UNB+UNOC:3", "UNB+UNOX:9") == ["UNB[1].1 2", "UNB[1].1 2"])
    #expect(try with("+REF1++ORDERS", "+++ORDERS") == ["UNB[1].5 13", "UNZ[20].2 28"])
    #expect(try with("UNZ+1+REF1'", "UNZ+1+REF1'UNZ+1+REF1'") == ["UNZ[21] 15"])
    #expect(try with("UNH+1+ORDERS", "FTX+A'UNH+1+ORDERS") == ["FTX[2] 15"])
    #expect(try with("ORDERS:D:96A:UN:EAN008", "ORDERS") == Array(repeating: "UNH[1].2 13", count: 3))
    let twice = "UNB+UNOA:1+A+B+261121:0918+1'UNH+7+X:D:96A:UN'UNT+2+7'UNH+7+X:D:96A:UN'UNT+2+7'UNZ+2+1'"
    #expect(try findings(twice) == ["UNH[1].1 26"])
    let grouped = "UNB+UNOA:1+A+B+261121:0918+1'UNG+X+A+B+261121:0918+G1'UNH+7+X:D:96A:UN'UNT+2+7'UNE+1+G1'UNZ+1+1'"
    #expect(try findings(grouped) == [])
    #expect(try findings(grouped.replacing("UNE+1+G1", with: "UNE+2+G2")) == ["UNE[5].1 29", "UNE[5].2 28"])
  }

  @Test("what cannot be taken apart is refused with the segment named")
  func syntax() {
    #expect(refusal("") == "edi.notEDIFACT UNB[1]")
    #expect(refusal("ISA*00*") == "edi.notEDIFACT UNB[1]")
    #expect(refusal("UNA++.? 'UNB'") == "edi.segmentMalformed UNA[0]")
    #expect(refusal("UNA:+") == "edi.truncated UNA[0]")
    #expect(refusal("UNB+UNOC:3'UNH+1") == "edi.truncated UNH[2]")
    #expect(refusal("UNB+UNOC:3'UNH+1?'") == "edi.truncated UNH[2]")
    #expect(refusal("UNB+UNOC:3'unh+1'") == "edi.segmentMalformed [2]")
    #expect(refusal("UNB+UNOC:3'UN+1'") == "edi.segmentMalformed UN[2]")
    #expect(refusal("UNB+UNOC:3'UNHX+1'") == "edi.segmentMalformed UNH[2]")
    #expect(refusal("UNB+" + String(repeating: "x", count: 5000) + "'") == "edi.tooLarge UNB[1]")
    #expect(refusal("UNB" + String(repeating: "+", count: 100) + "'") == "edi.tooLarge UNB[1]")
  }

  @Test("characters are those of the repertoire, and others are found")
  func characters() throws {
    func body(_ syntax: String, _ name: [UInt8]) throws -> [String] {
      let bytes =
        Array("UNB+\(syntax):3+A+B+261121:0918+1'UNH+1+X:D:96A:UN'FTX+".utf8) + name + Array("'UNT+3+1'UNZ+1+1'".utf8)
      let read = try EDIFACTReader.read(bytes)
      return [read.messages[0].segments[1][1, 1]] + read.messages[0].findings.map { "\($0.place) \($0.code.rawValue)" }
    }
    #expect(try body("UNOC", [0xFC]) == ["ü"])
    #expect(try body("UNOW", Array("ü字".utf8)) == ["ü字"])
    #expect(try body("UNOW", [0xFC]).last == "FTX[2] 21")
    #expect(try body("UNOA", [0xFC]) == ["ü", "FTX[2] 21"])
    #expect(try body("UNOC", [0x07]).last == "FTX[2] 21")
  }

  @Test("a CONTRL takes what is good, rejects what is not, and says where")
  func acknowledgment() throws {
    func told(_ text: String, with finding: EDIFACTFinding? = nil) throws -> [String] {
      EDIFACTAcknowledgment.body(EDIFACTValidator.check(try read(text)).adding(finding)).map(EDIFACTWriter.text)
    }
    let used = EDIFACTFinding(.duplicate, at: "UNB", 1, element: 5, "Used before.")
    let parties = "4012345500004:14+4000004000002:14"
    let identifier = "ORDERS:D:96A:UN:EAN008"
    #expect(try told(Self.order) == ["UCI+REF1+\(parties)+7'", "UCM+1+\(identifier)+7'"])
    #expect(
      try told(Self.order.replacing("UNT+18+1'", with: "UNT+17+1'"))
        == ["UCI+REF1+\(parties)+7'", "UCM+1+\(identifier)+4+29+UNT+2'"])
    #expect(try told(Self.order.replacing("UNZ+1+", with: "UNZ+3+")) == ["UCI+REF1+\(parties)+4+29+UNZ+2'"])
    #expect(try told(Self.order, with: used) == ["UCI+REF1+\(parties)+4+26+UNB+6'"])
    #expect(
      try told(Self.order.replacing("QTY+21:1.5", with: "QTY+21:one"))
        == ["UCI+REF1+\(parties)+7'", "UCM+1+\(identifier)+4+37'", "UCS+15+37'", "UCD+37+2'"])
    #expect(
      try told(Self.order.replacing("ORDERS:D:96A", with: "QUOTES:D:96A"))
        == ["UCI+REF1+\(parties)+7'", "UCM+1+QUOTES:D:96A:UN:EAN008+4+14+UNH+3'"])
  }

  private static let alphabet = ["A", "9", "ü", "+", ":", "?", "'", " ", ".", "\u{A7}"]

  @Test("what is written is read back, whatever characters stand in it", arguments: 0..<100)
  func roundTrip(seed: UInt64) throws {
    let random = SeededRandom(seed: seed)
    func text() -> String {
      // At least one character that is no space, so that nothing at an end is left out.
      "x" + (0..<Int(random.next() % 8)).map { _ in Self.alphabet[Int(random.next() % 10)] }.joined()
    }
    let messages = (1...Int(1 + random.next() % 3)).map { number in
      let body = (0..<Int(1 + random.next() % 6)).map { _ in
        EDIFACTSegment(
          "FTX", (0..<Int(1 + random.next() % 4)).map { _ in (0..<Int(1 + random.next() % 3)).map { _ in text() } })
      }
      return (reference: "\(number)", identifier: ["ORDERS", "D", "96A", "UN"], body: body)
    }
    let envelope = EDIFACTEnvelope(
      sender: EDIFACTAddress(text()), recipient: EDIFACTAddress(text(), "14"),
      writtenAt: try #require(Instant(postgres: "2026-11-21 09:18:00+00")), reference: "R1", isTest: true,
      wantsAcknowledgement: true)
    let bytes = EDIFACTWriter.interchange(envelope, messages: messages)
    let read = try EDIFACTReader.read(bytes)
    #expect(read.findings == [] && read.messages.allSatisfy { $0.findings == [] }, "seed \(seed)")
    #expect(
      read.messages.map { $0.segments.dropFirst().dropLast().map(\.elements) }
        == messages.map { $0.body.map(\.elements) }, "seed \(seed)")
  }

  @Test("a mailbox is cut behind each interchange, and one that is broken costs no other")
  func mailbox() throws {
    let short = "UNB+UNOA:1+A+B+261121:0918+1'UNZ+0+1'"
    let other = "UNA;*.! #UNB*UNOA;1*A*B*261121;0918*2#UNZ*0*2!#3#"
    let parts = EDIFACTMailbox.split(Array("\r\n\(Self.order)\n\n\(short)\(other)UNB+broken".utf8))
    #expect(parts.count == 4)
    #expect(try EDIFACTReader.read(parts[0]).messages.count == 1)
    #expect(try EDIFACTReader.read(parts[1]).findings == [])
    #expect(try EDIFACTReader.read(parts[2]).findings.map(\.place) == ["UNZ[2].2"], "the terminator was released")
    #expect(refusal(String(decoding: parts[3], as: UTF8.self)) == "edi.truncated UNB[1]")
    #expect(EDIFACTMailbox.split([]) == [] && EDIFACTMailbox.split([0x0A]) == [])
  }

  @Test("any damage is read or refused, with a place", arguments: 0..<300)
  func noise(seed: UInt64) {
    let random = SeededRandom(seed: seed)
    var bytes = Array(Self.order.utf8)
    for _ in 0..<Int(1 + random.next() % 6) {
      let index = Int(random.next() % UInt64(bytes.count))
      switch random.next() % 4 {
      case 0: bytes.remove(at: index)
      case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
      case 2: bytes[index] = Array("'+:?\n\u{0}".utf8)[Int(random.next() % 6)]
      default: bytes.removeLast(Int(random.next() % UInt64(bytes.count / 2)))
      }
    }
    do {
      let read = EDIFACTValidator.check(try EDIFACTReader.readWhatCanBeAnswered(bytes))
      let told = EDIFACTAcknowledgment.reply(to: read).map { $0.map(EDIFACTWriter.text).joined() }
      #expect(told?.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } ?? true, "seed \(seed): \(told ?? "")")
    } catch {
      #expect(error.violations.first?.pointer.contains("[") ?? false, "seed \(seed): \(error)")
    }
  }
}
