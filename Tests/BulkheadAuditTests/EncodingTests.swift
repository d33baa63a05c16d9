import BulkheadCore
import Testing

@testable import BulkheadAudit

@Suite("The encoding of an audit entry")
struct EncodingTests {
  let tenant = TenantID(EntityID(high: 0x0000_0000_0000_7000, low: 0x8000_0000_0000_0001))
  let entry = AuditEntry(
    seq: 1, occurredAt: Instant(microseconds: 1_769_903_999_000_001), actor: "user:1", act: "order.placed",
    subject: "order:1", detail: #"{"a":1}"#, credential: EntityID(high: 0x7000, low: 0x8000_0000_0000_00CC),
    previousHash: [UInt8](repeating: 0, count: 32), hash: [])

  @Test("an entry is encoded as written down by hand")
  func golden() {
    var expected: [UInt8] = []
    expected += [0, 0, 0, 17] + Array("bulkhead.audit.v1".utf8)
    expected += [0, 0, 0, 16] + [0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 1]
    expected += [0, 0, 0, 8] + [0, 0, 0, 0, 0, 0, 0, 1]
    // 2026-01-31T23:59:59.000001Z
    expected += [0, 0, 0, 8] + [0x00, 0x06, 0x49, 0xB7, 0xE3, 0x25, 0x9D, 0xC1]
    expected += [0, 0, 0, 6] + Array("user:1".utf8)
    expected += [0, 0, 0, 12] + Array("order.placed".utf8)
    expected += [0, 0, 0, 7] + Array("order:1".utf8)
    expected += [0, 0, 0, 7] + Array(#"{"a":1}"#.utf8)
    expected += [0, 0, 0, 16] + [0, 0, 0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, 0xCC]
    expected += [0, 0, 0, 32] + [UInt8](repeating: 0, count: 32)
    #expect(entry.encoded(tenant: tenant) == expected)
  }

  @Test("the hash is the one that PostgreSQL computed for the same entry")
  func hashOfPostgres() {
    #expect(
      Hex.encode(entry.computedHash(tenant: tenant))
        == "c1522dca86a5619a23231239168980d4a9823a4cb6989aed88a6e191f0f56b67")
  }

  @Test("the platform's chain has an empty tenant, a missing credential no bytes")
  func absentFields() {
    var bare = entry
    bare.credential = nil
    let bytes = bare.encoded(tenant: nil)
    #expect(Array(bytes[21..<25]) == [0, 0, 0, 0])
    #expect(Array(bytes.suffix(40).prefix(4)) == [0, 0, 0, 0])
    #expect(bare.computedHash(tenant: nil) != bare.computedHash(tenant: tenant))
  }

  @Test("text cannot be moved from one field into the next")
  func injective() {
    var moved = entry
    moved.act = "order.placedorder"
    moved.subject = ":1"
    #expect(moved.computedHash(tenant: tenant) != entry.computedHash(tenant: tenant))
  }

  @Test("what is too long is cut, what is too large is named by its digest, and nothing is refused")
  func bounds() throws {
    #expect(AuditText.fitted("ä" + String(repeating: "x", count: 600), bytesMax: 500).utf8.count == 500)
    #expect(AuditText.fitted("xä", bytesMax: 2) == "x")
    #expect(AuditText.fitted("a\0b", bytesMax: 10) == "ab")
    #expect(AuditText.fitted("", bytesMax: 10) == "-")
    let large = AuditText.fitted(["note": .string(String(repeating: "x", count: 9000))])
    let detail = try JSONParser.parse(large)
    #expect(detail["omittedBytes"]?.int == 9011)
    #expect(detail["sha256"]?.string?.count == 64)
    #expect(AuditText.fitted(["a": 1]) == #"{"a":1}"#)
  }

  @Test("every act of the platform fits and is named once")
  func acts() {
    #expect(Set(AuditAct.platform).count == AuditAct.platform.count)
    #expect(AuditAct.platform.allSatisfy { $0.name.utf8.count <= AuditText.actBytesMax && $0.name.contains(".") })
  }
}
