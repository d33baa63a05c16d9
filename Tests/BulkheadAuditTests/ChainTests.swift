import BulkheadCore
import Testing

@testable import BulkheadAudit

/// A chain in memory, read in pages like the stored one.
struct MemoryPages: AuditPages {
  let tenant: TenantID?
  var head: AuditHead?
  var entries: [AuditEntry]

  init(count: Int64, tenant: TenantID?) {
    self.tenant = tenant
    entries = []
    var last = AuditEntry.genesisHash
    for seq in 1...count {
      var entry = AuditEntry(
        seq: seq, occurredAt: Instant(seconds: seq), actor: "user:1", act: "order.placed", subject: "order:\(seq)",
        detail: "{}", credential: nil, previousHash: last, hash: [])
      entry.hash = entry.computedHash(tenant: tenant)
      last = entry.hash
      entries.append(entry)
    }
    head = AuditHead(seq: count, hash: last)
  }

  func page(after seq: Int64, limit: Int) async throws -> AuditPage {
    AuditPage(head: head, entries: Array(entries.sorted { $0.seq < $1.seq }.filter { $0.seq > seq }.prefix(limit)))
  }
}

@Suite("Following a chain")
struct ChainTests {
  let tenant = TenantID(EntityID(high: 1, low: 1))
  /// Pages smaller than the chain, so that breaks fall on both sides of a border.
  let verifier = AuditVerifier(pageEntriesMax: 3)

  func verdict(
    checkpoint: AuditHead? = nil, _ tamper: (inout MemoryPages) -> Void
  ) async throws -> AuditBreak? {
    var pages = MemoryPages(count: 10, tenant: tenant)
    tamper(&pages)
    return try await verifier.verify(pages, checkpoint: checkpoint).firstBreak
  }

  func rehash(_ pages: inout MemoryPages, from index: Int) {
    for index in index..<pages.entries.count {
      if index > 0 { pages.entries[index].previousHash = pages.entries[index - 1].hash }
      pages.entries[index].hash = pages.entries[index].computedHash(tenant: tenant)
    }
  }

  @Test("a chain that nobody touched is whole, whatever the size of the pages", arguments: [1, 3, 9, 10, 11])
  func whole(pageSize: Int) async throws {
    let pages = MemoryPages(count: 10, tenant: tenant)
    let verdict = try await AuditVerifier(pageEntriesMax: pageSize).verify(pages)
    #expect(verdict.firstBreak == nil)
    #expect(verdict.verified == 10)
    #expect(verdict.head == pages.head)
  }

  @Test("an empty chain is whole, with or without its head")
  func empty() async throws {
    #expect(
      try await verdict {
        $0.entries = []
        $0.head = nil
      } == nil)
    #expect(
      try await verdict {
        $0.entries = []
        $0.head = AuditHead(seq: 0, hash: AuditEntry.genesisHash)
      } == nil)
  }

  @Test("a change of any field is found at its entry")
  func altered() async throws {
    let changes: [(inout AuditEntry) -> Void] = [
      { $0.occurredAt = Instant(seconds: 999) }, { $0.actor = "user:2" }, { $0.act = "order.closed" },
      { $0.subject = "order:9" }, { $0.detail = "{ }" }, { $0.credential = EntityID(high: 1, low: 1) },
      { $0.previousHash[0] ^= 1 }, { $0.hash[31] ^= 1 },
    ]
    for change in changes {
      let found = try await verdict { change(&$0.entries[4]) }
      #expect(found == AuditBreak(seq: 5, reason: .altered))
    }
  }

  @Test("a removed entry leaves a gap", arguments: [0, 2, 3, 8])
  func removed(index: Int) async throws {
    #expect(
      try await verdict { $0.entries.remove(at: index) } == AuditBreak(seq: Int64(index) + 1, reason: .gap))
  }

  @Test("two entries that changed places are found at the first")
  func reordered() async throws {
    let found = try await verdict {
      (($0.entries[5].seq), ($0.entries[6].seq)) = ($0.entries[6].seq, $0.entries[5].seq)
    }
    #expect(found == AuditBreak(seq: 6, reason: .altered))
  }

  @Test("an entry put in between is found, even with a good hash of its own")
  func inserted() async throws {
    let found = try await verdict { pages in
      var planted = pages.entries[4]
      planted.subject = "order:planted"
      planted.hash = planted.computedHash(tenant: tenant)
      pages.entries[4] = planted
    }
    #expect(found == AuditBreak(seq: 6, reason: .fork))
    let before = try await verdict { pages in
      var planted = pages.entries[0]
      planted.seq = -4
      pages.entries.append(planted)
    }
    #expect(before == AuditBreak(seq: -4, reason: .fork))
  }

  @Test("a tail that was cut off is found by the head", arguments: [1, 4, 10])
  func truncated(count: Int) async throws {
    let found = try await verdict { $0.entries.removeLast(count) }
    #expect(found == AuditBreak(seq: Int64(11 - count), reason: .truncated))
  }

  @Test("entries beyond the head, another head and no head are found")
  func head() async throws {
    let pages = MemoryPages(count: 10, tenant: tenant)
    #expect(
      try await verdict { $0.head = AuditHead(seq: 9, hash: pages.entries[8].hash) }
        == AuditBreak(seq: 10, reason: .beyondHead))
    #expect(
      try await verdict { $0.head = AuditHead(seq: 10, hash: AuditEntry.genesisHash) }
        == AuditBreak(seq: 10, reason: .headMismatch))
    #expect(try await verdict { $0.head = nil } == AuditBreak(seq: 10, reason: .headMissing))
  }

  @Test("a chain that was rewritten as a whole is consistent, and found by a checkpoint kept elsewhere")
  func rewritten() async throws {
    let checkpoint = MemoryPages(count: 10, tenant: tenant).head
    let rewrite: (inout MemoryPages) -> Void = { pages in
      pages.entries[4].actor = "user:somebodyElse"
      rehash(&pages, from: 4)
      pages.head = AuditHead(seq: 10, hash: pages.entries[9].hash)
    }
    #expect(try await verdict(rewrite) == nil)
    #expect(
      try await verdict(checkpoint: checkpoint, rewrite) == AuditBreak(seq: 10, reason: .checkpointMismatch))
    let shortened = try await verdict(checkpoint: checkpoint) { pages in
      pages.entries.removeLast(2)
      pages.head = AuditHead(seq: 8, hash: pages.entries[7].hash)
    }
    #expect(shortened == AuditBreak(seq: 9, reason: .truncated))
  }

  @Test("one tenant's chain does not verify as another's")
  func foreign() async throws {
    let mine = MemoryPages(count: 3, tenant: tenant)
    var theirs = MemoryPages(count: 3, tenant: TenantID(EntityID(high: 1, low: 2)))
    theirs.entries = mine.entries
    theirs.head = mine.head
    #expect(try await verifier.verify(theirs).firstBreak == AuditBreak(seq: 1, reason: .altered))
  }
}
