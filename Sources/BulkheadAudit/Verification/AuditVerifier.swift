import BulkheadCore

/// What a verification found.
package struct AuditVerdict: Sendable {
  /// Entries that were good, from the first on.
  package let verified: Int64
  /// The last good entry; a checkpoint for the next verification.
  package let head: AuditHead
  /// The first break; `nil` when the chain is whole.
  package let firstBreak: AuditBreak?
}

/// Recomputes a chain from its first entry to its head and names the first break.
///
/// It finds an entry that was changed, removed, added, moved or cut off at the end, by whomever. A chain that was
/// rewritten as a whole together with its head is consistent in itself: that is found by a checkpoint kept elsewhere.
package struct AuditVerifier: Sendable {
  /// Entries read at once.
  package static let pageEntriesMax = 1000

  private let pageEntriesMax: Int

  package init(pageEntriesMax: Int = pageEntriesMax) { self.pageEntriesMax = max(1, pageEntriesMax) }

  /// Reads to the end, or to the first break. `progress` is called after each page with the entries verified so far
  /// and the number of the head.
  package func verify(
    _ pages: any AuditPages, checkpoint: AuditHead? = nil,
    progress: @Sendable (_ verified: Int64, _ total: Int64) -> Void = { _, _ in }
  ) async throws -> AuditVerdict {
    var check = ChainCheck(tenant: pages.tenant, checkpoint: checkpoint)
    // Below every number, so that an entry planted before the first one is seen as well.
    var position = Int64.min
    while true {
      let page = try await pages.page(after: position, limit: pageEntriesMax)
      for entry in page.entries {
        if let found = check.follow(entry) { return verdict(check, found) }
        position = entry.seq
      }
      progress(check.last.seq, page.head?.seq ?? check.last.seq)
      if page.entries.count < pageEntriesMax { return verdict(check, check.end(page.head)) }
    }
  }

  private func verdict(_ check: ChainCheck, _ found: AuditBreak?) -> AuditVerdict {
    AuditVerdict(verified: check.last.seq, head: check.last, firstBreak: found)
  }
}
