/// Seals a job's payload together with its tenant, so that neither can be swapped for another's.
///
/// Implemented by `BulkheadKeys`; used by `BulkheadWork`. Opening an envelope is, besides verifying a credential, the
/// only way to a `TenantContext`.
public protocol EnvelopeSealer: Sendable {
  /// Seals `payload` under the key of `tenant`, bound to the job's id and topic.
  func seal(_ payload: [UInt8], tenant: TenantID, job: EntityID, topic: String) throws(Refusal) -> [UInt8]
}

/// The other half, which only the platform's worker may hold.
package protocol EnvelopeOpener: Sendable {
  /// Opens an envelope that claims to be for `tenant`. Refuses with `envelope.invalid` when the tenant, the job or the
  /// topic is not the one it was sealed with.
  func open(
    _ envelope: [UInt8], claimed tenant: TenantID, job: EntityID, topic: String
  ) throws(Refusal) -> (context: TenantContext, payload: [UInt8])
}
