import BulkheadCore
import Testing

@testable import Distribution

@Suite("X12 under random and hostile input")
struct X12PropertyTests {
  static let seeds: [UInt64] = [1, 42, 20_261_121]

  @Test("what is written is read again unchanged and without findings", arguments: seeds)
  func roundTrips(_ seed: UInt64) throws {
    print("seed \(seed)")
    let random = SeededRandom(seed: seed)
    for _ in 0..<100 {
      let answer = Self.answer(random)
      let body = PurchaseOrderAnswerWriter.body(answer)
      let number = 1 + Int(random.next() % 999_999_999)
      let bytes = X12Writer().write(
        X12Envelope(
          senderQualifier: "ZZ", sender: Self.word(random, 1...15), receiverQualifier: "01",
          receiver: Self.word(random, 1...15), usage: "P", controlNumber: number,
          writtenAt: Instant(seconds: Int64(random.next() % 4_000_000_000))),
        groups: [X12OutboundGroup(functionalID: "PR", controlNumber: number, sets: [("855", number, body)])])
      let report = X12Validator(supported: ["855"]).check(try X12Reader.read(bytes))
      #expect(report.findings.isEmpty, "\(report.findings)")
      let set = try #require(report.groups.first?.sets.first?.set)
      #expect(X12Samples.text(Array(set.segments.dropFirst().dropLast())) == X12Samples.text(body))
    }
  }

  @Test("a mutated interchange never traps, and one that is accepted can be mapped", arguments: seeds)
  func survivesMutations(_ seed: UInt64) {
    print("seed \(seed)")
    let random = SeededRandom(seed: seed)
    let original = Array(X12Samples.order.utf8)
    for _ in 0..<4000 {
      var bytes = original
      for _ in 0...(random.next() % 6) { Self.mutate(&bytes, random) }
      guard let interchange = try? X12Reader.read(bytes) else { continue }
      let report = X12Validator(supported: ["850", "855", "997"]).check(interchange)
      for group in report.groups {
        _ = X12Acknowledgment.functional(group)
        for set in group.sets where set.isAccepted && set.set.code == "850" {
          #expect(throws: Never.self, "\(String(decoding: bytes, as: UTF8.self))") {
            try PurchaseOrderReader.read(set.set)
          }
        }
      }
    }
  }

  @Test("an interchange cut anywhere is refused or rejected, never accepted")
  func refusesEveryCut() {
    let original = Array(X12Samples.order.utf8)
    for length in 0..<(original.count - 2) {
      guard let interchange = try? X12Reader.read(Array(original.prefix(length))) else { continue }
      #expect(interchange.isRejected, "cut at \(length)")
    }
  }

  @Test("the answer to a mutated interchange has no fault of its own", arguments: seeds)
  func answersAreSound(_ seed: UInt64) throws {
    print("seed \(seed)")
    let random = SeededRandom(seed: seed)
    let original = Array(X12Samples.order.utf8)
    for _ in 0..<1000 {
      var bytes = original
      // Behind the ISA, so that there is something to answer.
      for _ in 0...(random.next() % 4) { Self.mutate(&bytes, random, from: 107) }
      guard let interchange = try? X12Reader.read(bytes), !interchange.isRejected else { continue }
      let report = X12Validator(supported: ["850"]).check(interchange)
      let sets = report.groups.map { (code: "997", controlNumber: 1, body: X12Acknowledgment.functional($0)) }
      let answer = X12Writer().write(
        X12Envelope(
          senderQualifier: "ZZ", sender: "US", receiverQualifier: "ZZ", receiver: "THEM", usage: "T", controlNumber: 1,
          writtenAt: Instant(seconds: 0)),
        groups: [X12OutboundGroup(functionalID: "FA", controlNumber: 1, sets: Array(sets.prefix(1)))])
      let check = X12Validator(supported: ["997"]).check(try X12Reader.read(answer))
      #expect(check.findings.isEmpty, "\(String(decoding: bytes, as: UTF8.self)) \(check.findings)")
    }
  }

  private static func mutate(_ bytes: inout [UInt8], _ random: SeededRandom, from start: Int = 0) {
    guard bytes.count > start else { return }
    let index = start + Int(random.next() % UInt64(bytes.count - start))
    switch random.next() % 6 {
    case 0: bytes[index] = UInt8(truncatingIfNeeded: random.next())
    case 1: bytes.remove(at: index)
    case 2: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: index)
    case 3: bytes[index] = Array("*~>\n0A".utf8)[Int(random.next() % 6)]
    case 4: bytes.removeSubrange(index..<min(bytes.count, index + Int(random.next() % 40)))
    default: bytes.insert(contentsOf: bytes[index..<min(bytes.count, index + Int(random.next() % 200))], at: index)
    }
  }

  private static func word(_ random: SeededRandom, _ lengths: ClosedRange<Int>) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.")
    let count = lengths.lowerBound + Int(random.next() % UInt64(lengths.count))
    return String((0..<count).map { _ in letters[Int(random.next() % UInt64(letters.count))] })
  }

  private static func decimal(_ random: SeededRandom) -> EDIDecimal {
    EDIDecimal("\(random.next() % 100_000).\(random.next() % 1000)") ?? .zero
  }

  private static func answer(_ random: SeededRandom) -> PurchaseOrderAnswer {
    let lines = (1...(1 + Int(random.next() % 20))).map { number in
      let ordered = PurchaseOrderDocument.Line(
        number: String(number), quantity: decimal(random), unit: "EA", unitPrice: decimal(random),
        identifiers: [EDIItemID(qualifier: "VP", value: word(random, 1...48))], description: word(random, 1...120),
        requestedOn: nil)
      return PurchaseOrderAnswer.Line(
        ordered: ordered, confirmed: random.next() % 3 == 0 ? .zero : decimal(random),
        backordered: random.next() % 2 == 0 ? .zero : decimal(random), unitPrice: decimal(random),
        promisedOn: "2026-12-15", reason: random.next() % 2 == 0 ? nil : word(random, 1...90))
    }
    let order = PurchaseOrderDocument(
      number: word(random, 1...22), purpose: .original, date: "2026-11-21", contract: nil, currency: "USD",
      requestedOn: nil, parties: [], lines: lines.map(\.ordered))
    return PurchaseOrderAnswer(
      to: order, sellerNumber: word(random, 1...30), answeredOn: "2026-11-22", currency: "USD",
      isOnHold: random.next() % 8 == 0, lines: lines)
  }
}
