import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadServer
import BulkheadWork
import Distribution
import Logging
import Synchronization
import Testing

@testable import bulkhead

extension Edge {
  @Suite("The watch at the other ways out")
  struct Watch {
    private static func watch(_ checks: LeakChecks = .all) throws -> (LeakWatch, CanaryMarks) {
      let marks = CanaryMarks(master: MasterKey.generate())
      let watch = LeakWatch(
        marks: marks, ledger: AuditLedger(clock: SystemClock()), checks: checks, logger: .test)
      return (watch, marks)
    }

    private struct Recorder: EDITransport {
      let delivered = Delivered()
      final class Delivered: Sendable {
        let count = Mutex(0)
      }
      func deliver(_ bytes: [UInt8], to destination: EDIDestination, tenant: Tenant) async throws {
        delivered.count.withLock { $0 += 1 }
      }
    }

    @Test("a document with a mark is not delivered; without the watch it is")
    func deliveries() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
        let mark = system.marks.mark(home: "pooled", row: 8)
        let bytes = Array("ISA*00*~REF*ZZ*\(mark)~".utf8)
        let destination = EDIDestination(channel: mark, url: "http://127.0.0.1:1")
        let recorder = Recorder()
        await #expect(throws: JobAbandoned.self) {
          try await WatchedTransport(transport: recorder, watch: system.platform.watch)
            .deliver(bytes, to: destination, tenant: scoped)
        }
        #expect(recorder.delivered.count.withLock { $0 } == 0)
        let blind = LeakWatch(
          marks: system.marks, ledger: AuditLedger(clock: SystemClock()), checks: [], logger: .test)
        try await WatchedTransport(transport: recorder, watch: blind)
          .deliver(bytes, to: destination, tenant: scoped)
        #expect(recorder.delivered.count.withLock { $0 } == 1)
      }
    }

    @Test("an event with a mark in its payload is not sealed; without the watch it is")
    func jobs() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled, seeded: false)
        let scoped = try await system.platform.operatorTenant(tenant.record, reason: "test")
        let mark = system.marks.mark(home: "pooled", row: 27)
        let outbox = Outbox(sealer: system.platform.sealer, ambient: system.platform.ambient)
        let watched = OutboxAdapter(outbox: outbox, watch: system.platform.watch)
        #expect(throws: Refusal.self) {
          try watched.query(
            topic: "order.confirmed", key: "k", payload: ["order": .id(mark)], context: scoped.context)
        }
        let (blind, _) = try Self.watch([])
        _ = try OutboxAdapter(outbox: outbox, watch: blind).query(
          topic: "order.confirmed", key: "k", payload: ["order": .id(mark)], context: scoped.context)
      }
    }

    private final class Lines: LogSink {
      private let lines = Mutex<[String]>([])
      func write(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }
      var all: [String] { lines.withLock { $0 } }
    }

    @Test("a log line with a mark is replaced whole, wherever in it the mark is")
    func logs() throws {
      let (watch, marks) = try Self.watch()
      let mark = marks.mark(home: "pooled", row: 3)
      let lines = Lines()
      let logger = Logger(label: "l") { JSONLogHandler(label: $0, sink: lines, withholds: { watch.withholds($0) }) }
      logger.error("reading \(mark) failed")
      logger.error("failed", metadata: ["value": "\(mark)"])
      logger.error("failed", metadata: ["value": "1"])
      #expect(lines.all.count == 3)
      #expect(lines.all.prefix(2).allSatisfy { $0.contains("a log line was withheld") && !$0.contains("\(mark)") })
      #expect(lines.all[2].contains("failed"))
      let blind = Lines()
      Logger(label: "l") { JSONLogHandler(label: $0, sink: blind) }.error("reading \(mark) failed")
      #expect(blind.all[0].contains("\(mark)"))
    }

    @Test("what a tenant writes cannot pass for a mark: forged marks are read back as they were sent")
    func forged() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled)
        let true1 = system.marks.mark(home: "pooled", row: 8)
        let forgeries = [
          CanaryMarks(master: MasterKey.generate()).mark(home: "pooled", row: 8).description,
          EntityID(high: true1.high, low: true1.low ^ 1).description,
          EntityID(high: true1.high ^ 1, low: true1.low).description, "00000000-0000-0000-0000-000000000000",
          "00000000-0000-7000-8000-000000000000",
        ]
        for (index, text) in forgeries.enumerated() {
          let made = try await system.post(
            "/v1/product-categories", tenant, ["code": .string("F\(index)"), "name": .string(text)])
          #expect(made.status == 201, "\(made.text)")
        }
        let list = try await system.get("/v1/product-categories?limit=200", tenant)
        #expect(list.status == 200)
        for text in forgeries { #expect(list.text.contains(text)) }
      }
    }

    @Test("another tenant's id that a tenant put into its own data is shown to it as ever, and reported once")
    func strangers() async throws {
      try await TestSystem.run { system in
        let tenant = try await system.tenant(.pooled)
        let other = try await system.tenant(.schema, seeded: false)
        try await system.platform.knowTenants()
        let absent = system.platform.ambient.makeID()
        for (code, id) in [("S1", other.id.id), ("S2", absent), ("S3", tenant.id.id)] {
          _ = try await system.post(
            "/v1/product-categories", tenant, ["code": .string(code), "name": .string("\(id)")])
        }
        for _ in 0..<3 { #expect(try await system.get("/v1/product-categories", tenant).status == 200) }
        let sums = system.platform.ledger.takeDue(all: true).filter { $0.kind.act == .strangerSighted }
        #expect(sums.allSatisfy { $0.kind.tenant == nil && $0.kind.detail["named"] == "tenant:\(other.id)" })
        #expect(sums.contains { $0.kind.detail["place"] == "answer" && $0.count >= 3 })
      }
    }
  }
}
