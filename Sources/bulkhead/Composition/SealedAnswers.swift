import BulkheadCore
import BulkheadKeys
import BulkheadServer

/// The server's store of answers, sealed under each tenant's own key.
struct SealedAnswers: AnswerVault {
  private static let purpose = "idempotency"

  private let sealer: SecretSealer
  private let digests: TenantDigest

  init(master: MasterKey, clock: any WallClock) {
    sealer = SecretSealer(master: master, clock: clock)
    digests = TenantDigest(master: master)
  }

  func digest(_ fingerprint: [UInt8], tenant: TenantID) -> [UInt8] {
    digests.digest(fingerprint, tenant: tenant, purpose: Self.purpose)
  }

  func seal(_ body: [UInt8], tenant: TenantID) throws(Refusal) -> [UInt8] {
    try sealer.seal(body, tenant: tenant, purpose: Self.purpose)
  }

  func open(_ sealed: [UInt8], tenant: TenantID) throws(Refusal) -> [UInt8] {
    try sealer.open(sealed, tenant: tenant, purpose: Self.purpose).withValue { $0 }
  }
}
