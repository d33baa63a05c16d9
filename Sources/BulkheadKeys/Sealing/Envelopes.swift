import BulkheadCore

/// Bounds of a job's envelope.
package enum EnvelopeLimits {
  /// Largest payload.
  package static let payloadBytesMax = 16 << 20
  /// Longest topic, in UTF-8.
  package static let topicBytesMax = 255
  /// Life of the context that opening an envelope gives.
  package static let contextLifetime: Duration = .seconds(15 * 60)
}

/// Seals job payloads under the key of their tenant, bound to tenant, job and topic.
package struct TenantEnvelopeSealer: EnvelopeSealer {
  private let keys: TenantKeys
  private let version: UInt8

  /// - Parameter version: the key version to seal with, 1 or more. Openers accept all versions up to theirs, so they
  ///   are raised first.
  package init(master: MasterKey, version: UInt8 = 1, clock: any WallClock = SystemClock()) {
    keys = TenantKeys(master: master, purpose: envelopePurpose, clock: clock)
    self.version = max(1, version)
  }

  /// Refuses with `envelope.tooLarge` beyond the bounds of `EnvelopeLimits`.
  package func seal(
    _ payload: [UInt8], tenant: TenantID, job: EntityID, topic: String
  ) throws(Refusal) -> [UInt8] {
    guard payload.count <= EnvelopeLimits.payloadBytesMax, topic.utf8.count <= EnvelopeLimits.topicBytesMax else {
      throw Refusal(.envelopeTooLarge, "The payload or the topic of the job is too large.")
    }
    let key = keys.key(tenant, version: version)
    let binding = envelopeBinding(tenant: tenant, job: job, topic: topic)
    guard let sealed = SealedBytes.seal(payload, version: version, key: key, binding: binding) else {
      throw Refusal(.internalFault, "An internal error occurred.", diagnostic: "an envelope could not be sealed")
    }
    return sealed
  }
}

/// Opens envelopes, and so makes the `TenantContext` that a job runs with.
package struct TenantEnvelopeOpener: EnvelopeOpener {
  private let keys: TenantKeys
  private let versionMax: UInt8
  private let clock: any WallClock
  private let permissions: @Sendable (String) -> PermissionSet

  /// - Parameters:
  ///   - version: the newest key version accepted; older ones are accepted too.
  ///   - permissions: what a job of a topic may do. Permissions do not travel in the envelope, so that taking one
  ///     from a topic also takes it from jobs that wait already.
  package init(
    master: MasterKey, version: UInt8 = 1, clock: any WallClock = SystemClock(),
    permissions: @escaping @Sendable (_ topic: String) -> PermissionSet
  ) {
    keys = TenantKeys(master: master, purpose: envelopePurpose, clock: clock)
    versionMax = max(1, version)
    self.clock = clock
    self.permissions = permissions
  }

  package func open(
    _ envelope: [UInt8], claimed tenant: TenantID, job: EntityID, topic: String
  ) throws(Refusal) -> (context: TenantContext, payload: [UInt8]) {
    let sizeMax = EnvelopeLimits.payloadBytesMax + SealedBytes.overheadBytes
    guard envelope.count <= sizeMax, topic.utf8.count <= EnvelopeLimits.topicBytesMax,
      let version = SealedBytes.version(of: envelope), version >= 1, version <= versionMax,
      let payload = SealedBytes.open(
        envelope, key: keys.key(tenant, version: version),
        binding: envelopeBinding(tenant: tenant, job: job, topic: topic))
    else { throw Refusal(.envelopeInvalid, "The job's envelope is not valid.") }
    let context = TenantContext(
      verified: tenant, actor: Actor(kind: .job, id: job), permissions: permissions(topic), credential: job,
      expiresAt: clock.now() + EnvelopeLimits.contextLifetime)
    return (context, payload)
  }
}

private let envelopePurpose = "envelope"

/// Two parts of fixed length and then the topic, so that no two triples give the same bytes.
private func envelopeBinding(tenant: TenantID, job: EntityID, topic: String) -> [UInt8] {
  tenant.id.bytes + job.bytes + Array(topic.utf8)
}
