import BulkheadCore
import Testing

@testable import bulkhead

extension EDIExchange {
  @Suite("Documents that are refused")
  struct Refusals {
    /// A mistake in an order and what is said about it.
    struct Mistake: Sendable, CustomTestStringConvertible {
      let testDescription: String
      /// What the rejecting answer must contain.
      let answer: [String]
      let make: @Sendable ([UInt8]) throws -> [UInt8]

      init(_ name: String, _ answer: [String], _ make: @escaping @Sendable ([UInt8]) throws -> [UInt8]) {
        testDescription = name
        self.answer = answer
        self.make = make
      }
    }

    static let mistakes = [
      Mistake("a wrong count of segments", ["AK5*R*4~", "AK9*R*1*1*0~"]) {
        try Forged.replacing("SE*14*", with: "SE*15*", in: $0)
      },
      Mistake("an SE that names another set", ["AK5*R*3~", "AK9*R*1*1*0~"]) {
        try Forged.replacing("SE*14*0", with: "SE*14*9", in: $0)
      },
      Mistake("a wrong count of sets", ["AK9*R*2*1*0*5~"]) { try Forged.replacing("GE*1*", with: "GE*2*", in: $0) },
      Mistake("a GE that names another group", ["AK9*R*1*1*0*4~"]) {
        try Forged.replacing("GE*1*", with: "GE*1*9", in: $0)
      },
      Mistake("a wrong count of groups", ["*R*021~"]) { try Forged.replacing("IEA*1*", with: "IEA*7*", in: $0) },
      Mistake("an IEA that names another interchange", ["*R*001~"]) {
        try Forged.replacing("IEA*1*0", with: "IEA*1*9", in: $0)
      },
      Mistake("an interchange cut short", ["*R*023~"]) { bytes in Array(bytes.prefix(bytes.count - 30)) },
      Mistake("half an interchange", ["*R*023~"]) { bytes in Array(bytes.prefix(bytes.count / 2)) },
      Mistake("two interchanges in one", ["*R*024~"]) { bytes in bytes + bytes },
      Mistake("a quantity that is no number", ["AK4*2*330*6*", "AK5*R*5~", "AK9*R*1*1*0~"]) {
        try Forged.replacing("PO1*1*100*", with: "PO1*1*1OO*", in: $0)
      },
      Mistake("bytes of no text in an element", ["AK5*R*5~", "AK9*R*1*1*0~"]) { bytes in
        let mark = try #require(bytes.firstRange(of: "WIDGET-001".utf8))
        return Array(bytes[..<mark.lowerBound]) + [0, 1, 0xFF, 0xFE] + Array(bytes[mark.upperBound...])
      },
      Mistake("a document of another kind", ["AK2*810*", "AK5*R*1~", "AK9*R*1*1*0~"]) {
        try Forged.replacing("ST*850*", with: "ST*810*", in: $0)
      },
    ]

    @Test("a mistake is answered precisely and changes nothing")
    func mistakes() async throws {
      try await Trade.run([.pooled]) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        let orders = try await system.get("/v1/orders", trader.tenant).json
        let stock = try await system.get("/v1/stock", trader.tenant).json
        for (index, mistake) in Self.mistakes.enumerated() {
          let bytes = try mistake.make(try Forged.renumbered(order, 100 + index))
          let answer = try await system.handIn(bytes, trader)
          #expect(answer.status == 202, "\(mistake.testDescription): \(answer.text)")
          #expect(answer.json["state"] == "rejected", "\(mistake.testDescription): \(answer.text)")
          let acknowledgement = answer.json["acknowledgement"]?.string ?? ""
          for part in mistake.answer {
            #expect(acknowledgement.contains(part), "\(mistake.testDescription): \(acknowledgement)")
          }
          // Told again, the same, to the letter.
          #expect(try await system.handIn(bytes, trader).json == answer.json, "\(mistake.testDescription)")
        }
        try await eventually("every answer is delivered") {
          let outbound = try await system.interchanges("out", trader)
          return outbound.count == Self.mistakes.count && outbound.allSatisfy { $0["state"] == "sent" }
        }
        #expect(try await trade.buyer.deliveries().allSatisfy { $0 == 200 })
        // The buyer understands every 997 that rejects its order, and no other document of ours reached it.
        let received = try await trade.buyer.received(from: trader.address)
        #expect(Set(received.map(\.code)) == ["997"] && received.allSatisfy { $0.findings.isEmpty }, "\(received)")
        #expect(try await system.get("/v1/orders", trader.tenant).json == orders)
        #expect(try await system.get("/v1/stock", trader.tenant).json == stock)
        #expect(try await system.brokenInvariants(trader.tenant) == [])
        // The control: without a mistake it is an order, and no mistake used up its number.
        #expect(try await system.handIn(order, trader).json["state"] == "accepted")
      }
    }

    @Test("bytes without an envelope to answer are refused and leave no trace")
    func noEnvelope() async throws {
      try await Trade.run([.pooled], worker: false) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        let books = try await system.books(trader)
        let cases: [(bytes: [UInt8], code: String)] = [
          (Array("hello".utf8), "edi.notX12"), ([0, 1, 2, 0xFF, 0xFE], "edi.notX12"),
          (Array(order.prefix(60)), "edi.truncated"), (Array("ISA".utf8), "edi.truncated"),
          (Array("ISA".utf8) + [UInt8](repeating: 0x2A, count: 200), "edi.notX12"),
          (Array("ISA".utf8) + [UInt8](repeating: 0, count: 200), "edi.notX12"),
        ]
        for (bytes, code) in cases {
          let answer = try await system.handIn(bytes, trader)
          #expect(answer.status == 400 && answer.code == code, "\(code): \(answer.text)")
        }
        // A client that is still sending may find the connection closed before it has read why; then it asks again.
        var huge: TestAnswer?
        for _ in 0..<5 where huge == nil {
          huge = try? await system.handIn(order + [UInt8](repeating: 0x0A, count: 4 << 20), trader)
        }
        #expect(huge?.status == 413, "\(huge?.text ?? "no answer")")
        #expect(try await system.handIn([], trader).status == 400)
        #expect(try await system.books(trader) == books)
      }
    }

    @Test("identical bytes get the first answer, other bytes under a used control number a TA1 with 025")
    func controlNumbers() async throws {
      try await Trade.run([.schema]) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        let first = try await system.handIn(order, trader)
        #expect(first.json["state"] == "accepted")
        try await eventually("the order is answered") {
          try await trade.buyer.received(from: trader.address).count == 2
        }
        // The buyer has an answer before it is noted here that it has.
        try await eventually("that it is answered is noted") {
          try await system.interchanges("out", trader).allSatisfy { $0["state"] == "sent" }
        }
        let books = try await system.books(trader)
        #expect(try await system.handIn(order, trader).bytes == first.bytes)
        #expect(try await system.handInBasic(order, trader).bytes == first.bytes)
        #expect(try await system.books(trader) == books)

        let other = try Forged.replacing("*100*EA", with: "*101*EA", in: order)
        let refused = try await system.handIn(other, trader)
        #expect(refused.status == 202 && refused.json["state"] == "rejected")
        #expect(refused.json["acknowledgement"]?.string?.contains("*R*025~") == true, "\(refused.text)")
        #expect(refused.json["sets"] == [])
        #expect(try await system.handIn(other, trader).bytes == refused.bytes)
        #expect(try await system.handIn(order, trader).bytes == first.bytes)
        try await eventually("the TA1 is delivered") {
          try await system.interchanges("out", trader).map { $0["state"] } == ["sent", "sent", "sent"]
        }
        #expect(try await system.items("/v1/orders", trader).count == 1)
        #expect(try await system.get("/v1/stock", trader.tenant).json == books[1])
        #expect(try await trade.buyer.received(from: trader.address).count == 2)
      }
    }

    @Test("eight copies at the same moment are one interchange and one order")
    func atOnce() async throws {
      try await Trade.run([.pooled]) { system, trade in
        let trader = trade.traders[0]
        let order = try await trade.purchase()[0]
        let answers = try await withThrowingTaskGroup(of: TestAnswer.self) { group in
          for _ in 0..<8 { group.addTask { try await system.handIn(order, trader) } }
          var answers: [TestAnswer] = []
          for try await answer in group { answers.append(answer) }
          return answers
        }
        #expect(Set(answers.map(\.status)) == [202], "\(answers.map(\.text))")
        #expect(Set(answers.map(\.bytes)).count == 1)
        try await eventually("the order is answered") {
          try await trade.buyer.received(from: trader.address).count >= 2
        }
        #expect(try await trade.buyer.received(from: trader.address).count == 2)
        #expect(try await system.items("/v1/orders", trader).count == 1)
        #expect(try await system.interchanges("in", trader).count == 1)
        #expect(try await system.brokenInvariants(trader.tenant) == [])
      }
    }
  }
}
