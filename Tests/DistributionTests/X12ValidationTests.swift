import BulkheadCore
import Testing

@testable import Distribution

@Suite("Validating X12 and answering with a 997")
struct X12ValidationTests {
  /// What is changed in the sample order, and what the 997 must say about it.
  struct Case: Sendable, CustomTestStringConvertible {
    let what: String
    let old: String
    let new: String
    let level: X12Finding.Level
    let code: String
    let place: String
    let notes: [String]
    let verdict: String
    var testDescription: String { what }
  }

  static let rejecting: [Case] = [
    Case(
      what: "SE01 counts too many", old: "SE*19*0001", new: "SE*20*0001", level: .set, code: "4", place: "SE[19].01",
      notes: [], verdict: "AK5*R*4"),
    Case(
      what: "SE01 is no number", old: "SE*19*0001", new: "SE*x*0001", level: .set, code: "4", place: "SE[19].01",
      notes: ["AK3*SE*19**8", "AK4*1*96*6*x"], verdict: "AK5*R*4*5"),
    Case(
      what: "SE02 is another number", old: "SE*19*0001", new: "SE*19*0002", level: .set, code: "3", place: "SE[19].02",
      notes: [], verdict: "AK5*R*3"),
    Case(
      what: "the SE is missing", old: "SE*19*0001~\n", new: "", level: .set, code: "2", place: "SE[19]", notes: [],
      verdict: "AK5*R*2"),
    Case(
      what: "the set is not one that is received", old: "ST*850*", new: "ST*810*", level: .set, code: "1",
      place: "ST[1].01", notes: [], verdict: "AK5*R*1"),
    Case(
      what: "BEG is missing", old: "BEG*00*SA*4500000042**20261121~\n", new: "", level: .segment, code: "3",
      place: "BEG[2]", notes: ["AK3*BEG*2**3"], verdict: "AK5*R*4*5"),
    Case(
      what: "the order number is missing", old: "*4500000042*", new: "**", level: .element, code: "1",
      place: "BEG[2].03", notes: ["AK3*BEG*2**8", "AK4*3*324*1"], verdict: "AK5*R*5"),
    Case(
      what: "the order number is too long", old: "*4500000042*", new: "*12345678901234567890123*", level: .element,
      code: "5", place: "BEG[2].03", notes: ["AK3*BEG*2**8", "AK4*3*324*5*12345678901234567890123"],
      verdict: "AK5*R*5"),
    Case(
      what: "the purpose is no code", old: "BEG*00", new: "BEG*99", level: .element, code: "7", place: "BEG[2].01",
      notes: ["AK3*BEG*2**8", "AK4*1*353*7*99"], verdict: "AK5*R*5"),
    Case(
      what: "the order's date is no day", old: "**20261121~", new: "**20261131~", level: .element, code: "8",
      place: "BEG[2].05", notes: ["AK3*BEG*2**8", "AK4*5*373*8*20261131"], verdict: "AK5*R*5"),
    Case(
      what: "the order's date is too short", old: "**20261121~", new: "**2026112~", level: .element, code: "4",
      place: "BEG[2].05", notes: ["AK3*BEG*2**8", "AK4*5*373*4*2026112"], verdict: "AK5*R*5"),
    Case(
      what: "the quantity is no number", old: "PO1*1*100*", new: "PO1*1*1O0*", level: .element, code: "6",
      place: "PO1[14].02", notes: ["AK3*PO1*14*PO1*8", "AK4*2*330*6*1O0"], verdict: "AK5*R*5"),
    Case(
      what: "an item number is missing behind its qualifier", old: "*VP*WIDGET-001*", new: "*VP**", level: .element,
      code: "2", place: "PO1[14].07", notes: ["AK3*PO1*14*PO1*8", "AK4*7*234*2"], verdict: "AK5*R*5"),
    Case(
      what: "a line number is used twice", old: "PO1*2*5", new: "PO1*1*5", level: .element, code: "7",
      place: "PO1[16].01", notes: ["AK3*PO1*16*PO1*8", "AK4*1*350*7*1"], verdict: "AK5*R*5"),
    Case(
      what: "a line stands behind the totals", old: "PO1*2*5", new: "CTT*1~\nPO1*2*5", level: .segment, code: "7",
      place: "PO1[17]", notes: ["AK3*PO1*17**7"], verdict: "AK5*R*4*5"),
    Case(
      what: "CUR occurs twice", old: "CUR*BY*USD~\n", new: "CUR*BY*USD~\nCUR*BY*EUR~\n", level: .segment, code: "5",
      place: "CUR[4]", notes: ["AK3*CUR*4**5"], verdict: "AK5*R*4*5"),
    Case(
      what: "a control character stands in a name", old: "Mock EDI Supply Co*92*MOCKEDI~\nN3",
      new: "Mock\u{7}*92*X1~\nN3", level: .element, code: "6", place: "N1[5].02",
      notes: ["AK3*N1*5*N1*8", "AK4*2*93*6"], verdict: "AK5*R*5"),
    Case(
      what: "a segment has too many elements", old: "DTM*002*20261215~", new: "DTM*002*20261215*****9~",
      level: .element, code: "3", place: "DTM[4].07", notes: ["AK3*DTM*4**8", "AK4*7**3*9"], verdict: "AK5*R*5"),
  ]

  @Test("a faulty set is rejected at the place of the fault", arguments: rejecting)
  func rejects(_ sample: Case) throws {
    let report = try X12Samples.report(X12Samples.order(replacing: sample.old, with: sample.new))
    #expect(!report.interchange.isRejected)
    let group = try #require(report.groups.first)
    let set = try #require(group.sets.first)
    let finding = try #require(set.findings.first { $0.level == sample.level && $0.code == sample.code })
    #expect(finding.place == sample.place)
    #expect(!set.isAccepted)
    let body = X12Samples.text(X12Acknowledgment.functional(group))
    for note in sample.notes { #expect(body.contains(note), "\(body)") }
    #expect(body.contains(sample.verdict), "\(body)")
    #expect(body.last == "AK9*R*1*1*0", "\(body)")
  }

  @Test(
    "what cannot be placed is noted and the rest is accepted",
    arguments: [
      ("CUR*BY*USD~", "CUR*BY*USD~\nXYZ*1~", "1", "AK3*XYZ*4**1"),
      ("CUR*BY*USD~", "CUR*BY*USD~\nAK9*A*1*1*1~", "6", "AK3*AK9*4**6"),
      ("DTM*002*20261215~", "DTM*002*20261215~\nREF*DP*2~", "7", "AK3*REF*5**7"),
    ])
  func notes(_ old: String, _ new: String, _ code: String, _ note: String) throws {
    let text = X12Samples.order(replacing: old, with: new).replacing("SE*19*", with: "SE*20*")
    let group = try #require(try X12Samples.report(text).groups.first)
    #expect(group.sets.first?.findings.map(\.code) == [code])
    #expect(group.acceptedSets.count == 1)
    let body = X12Samples.text(X12Acknowledgment.functional(group))
    #expect(body == ["AK1*PO*1", "AK2*850*0001", note, "AK5*E*5", "AK9*E*1*1*1"])
  }

  @Test("segments that the standard allows and nothing here depends on pass unread")
  func passesUnread() throws {
    let text = X12Samples.order(replacing: "CUR*BY*USD~", with: "CUR*BY*USD~\nITD*01*3*2**10**30~\nTD5*O*2*UPSN~")
      .replacing("SE*19*", with: "SE*21*")
    #expect(try X12Samples.report(text).findings.isEmpty)
  }

  @Test(
    "a fault of the group rejects every set in it",
    arguments: [
      ("GE*1*1", "GE*2*1", "5", "AK9*R*2*1*0*5"), ("GE*1*1", "GE*1*2", "4", "AK9*R*1*1*0*4"),
      ("GE*1*1~\n", "", "3", "AK9*R*1*1*0*3"), ("*X*004010", "*X*003020", "2", "AK9*R*1*1*0*2"),
      ("GS*PO*", "GS*IN*", "1", "AK9*R*1*1*0*1"), ("*1140*1*X*", "*1140*A*X*", "6", "AK9*R*1*1*0*4*6"),
    ])
  func rejectsGroups(_ old: String, _ new: String, _ code: String, _ last: String) throws {
    let group = try #require(try X12Samples.report(X12Samples.order(replacing: old, with: new)).groups.first)
    #expect(group.findings.contains { $0.code == code && $0.level == .group })
    #expect(group.acceptedSets.isEmpty)
    let body = X12Samples.text(X12Acknowledgment.functional(group))
    #expect(body.contains { $0.hasPrefix("AK5*R") })
    #expect(body.last == last, "\(body)")
  }

  @Test("a sound group is acknowledged in five segments")
  func accepts() throws {
    let group = try #require(try X12Samples.report(X12Samples.order).groups.first)
    #expect(
      X12Samples.text(X12Acknowledgment.functional(group))
        == ["AK1*PO*1", "AK2*850*0001", "AK5*A", "AK9*A*1*1*1"])
  }

  @Test("of two sets in a group one can be rejected alone")
  func partly() throws {
    let good = X12Samples.shortBody
    let set = { (number: String, count: Int) in
      "ST*850*\(number)~" + good.map { $0 + "~" }.joined() + "SE*\(count)*\(number)~"
    }
    let text =
      X12Samples.isa + "GS*PO*A*B*20261121*1140*9*X*004010~" + set("0001", 5) + set("0002", 6)
      + "GE*2*9~IEA*1*000000001~"
    let group = try #require(try X12Samples.report(text).groups.first)
    #expect(group.acceptedSets.map(\.set.controlNumber) == ["0001"])
    let body = X12Samples.text(X12Acknowledgment.functional(group))
    #expect(body == ["AK1*PO*9", "AK2*850*0001", "AK5*A", "AK2*850*0002", "AK5*R*4", "AK9*P*2*2*1"])
  }

  @Test("the acknowledgments that are written are themselves without fault")
  func writesSoundAcknowledgments() throws {
    for sample in Self.rejecting {
      let report = try X12Samples.report(X12Samples.order(replacing: sample.old, with: sample.new))
      let bodies = report.groups.map(X12Acknowledgment.functional)
      let bytes = X12Writer().write(
        X12Envelope(
          senderQualifier: "ZZ", sender: "US", receiverQualifier: "ZZ", receiver: "THEM", usage: "T", controlNumber: 5,
          writtenAt: Instant(seconds: 1_795_000_000)),
        groups: [X12OutboundGroup(functionalID: "FA", controlNumber: 5, sets: bodies.map { ("997", 1, $0) })])
      let check = X12Validator(supported: ["997"]).check(try X12Reader.read(bytes))
      #expect(check.findings.isEmpty, "\(sample.what): \(check.findings)")
    }
  }

  @Test("thousands of faults in one set stay a bounded report that still rejects")
  func boundsFindings() throws {
    let lines = (1...5000).map { "XYZ*\($0)" } + ["PO1*1*x*EA"]
    let text = X12Samples.order(body: ["BEG*00*SA*1**20261121"] + lines)
    let set = try #require(try X12Samples.report(text).groups.first?.sets.first)
    #expect(set.findings.count <= X12Limits.standard.findingsMax + 2)
    #expect(!set.isAccepted)
  }
}
