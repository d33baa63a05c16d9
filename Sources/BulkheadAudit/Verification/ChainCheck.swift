import BulkheadCore

/// The first place where a chain is not what was written.
package struct AuditBreak: Hashable, Sendable {
  package enum Reason: String, Sendable, CaseIterable {
    /// Entries are missing before this one.
    case gap = "audit.gap"
    /// Two entries follow the same one, or this one follows another than the one before it.
    case fork = "audit.fork"
    /// A field of this entry was changed, or it was moved from another place.
    case altered = "audit.altered"
    /// The last entries are missing: the head knows of more.
    case truncated = "audit.truncated"
    /// Entries follow that the head does not know.
    case beyondHead = "audit.beyondHead"
    /// The head has another hash than the last entry.
    case headMismatch = "audit.headMismatch"
    /// There are entries and no head.
    case headMissing = "audit.headMissing"
    /// The entry at the checkpoint is not the one that was noted there: the chain was rewritten.
    case checkpointMismatch = "audit.checkpointMismatch"
  }

  package let seq: Int64
  package let reason: Reason
}

/// Follows a chain entry by entry. Pure: it decides, others read.
struct ChainCheck {
  private let tenant: TenantID?
  private let checkpoint: AuditHead?
  /// The last entry that was good; 0 and the genesis hash before the first.
  private(set) var last = AuditHead(seq: 0, hash: AuditEntry.genesisHash)

  init(tenant: TenantID?, checkpoint: AuditHead?) {
    self.tenant = tenant
    self.checkpoint = checkpoint
  }

  /// Takes the next entry in the order of numbers; tells how it breaks the chain.
  mutating func follow(_ entry: AuditEntry) -> AuditBreak? {
    func broken(_ reason: AuditBreak.Reason, at seq: Int64) -> AuditBreak { AuditBreak(seq: seq, reason: reason) }
    let (expected, overflowed) = last.seq.addingReportingOverflow(1)
    guard !overflowed, entry.seq >= expected else { return broken(.fork, at: entry.seq) }
    guard entry.seq == expected else { return broken(.gap, at: expected) }
    guard entry.hash == entry.computedHash(tenant: tenant) else { return broken(.altered, at: entry.seq) }
    guard entry.previousHash == last.hash else { return broken(.fork, at: entry.seq) }
    if let checkpoint, checkpoint.seq == entry.seq, checkpoint.hash != entry.hash {
      return broken(.checkpointMismatch, at: entry.seq)
    }
    last = AuditHead(seq: entry.seq, hash: entry.hash)
    return nil
  }

  /// Compares the end that was reached with the head that was read together with it.
  func end(_ head: AuditHead?) -> AuditBreak? {
    if let checkpoint, last.seq < checkpoint.seq {
      return AuditBreak(seq: last.seq.addingSaturating(1), reason: .truncated)
    }
    guard let head else {
      return last.seq == 0 ? nil : AuditBreak(seq: last.seq, reason: .headMissing)
    }
    if last.seq < head.seq { return AuditBreak(seq: last.seq.addingSaturating(1), reason: .truncated) }
    if last.seq > head.seq { return AuditBreak(seq: head.seq.addingSaturating(1), reason: .beyondHead) }
    return head.hash == last.hash ? nil : AuditBreak(seq: last.seq, reason: .headMismatch)
  }
}

extension Int64 {
  fileprivate func addingSaturating(_ other: Int64) -> Int64 {
    let (sum, overflowed) = addingReportingOverflow(other)
    return overflowed ? .max : sum
  }
}
