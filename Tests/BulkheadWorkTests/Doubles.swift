import BulkheadCore
import BulkheadData

@testable import BulkheadWork

func tenantID(_ number: UInt64) -> TenantID { TenantID(EntityID(high: 0x0199_0000_0000_7000, low: number)) }
func eventID(_ number: UInt64) -> EntityID { EntityID(high: 0x0199_1111_0000_7000, low: number) }
let workerA = EntityID(high: 0xA, low: 0xA)
let workerB = EntityID(high: 0xB, low: 0xB)

/// An envelope that anyone can read, with the seam's contract: it opens only for what it was sealed with.
struct OpenEnvelopes: EnvelopeSealer, EnvelopeOpener {
  /// What opening gives as the tenant, whatever was claimed: an opener that fails its contract.
  var answersFor: TenantID?
  var refusal: Refusal?

  static let invalid = Refusal(
    RefusalCode("envelope.invalid", .unauthenticated), "The job's envelope is not valid.")

  func seal(_ payload: [UInt8], tenant: TenantID, job: EntityID, topic: String) throws(Refusal) -> [UInt8] {
    tenant.id.bytes + job.bytes + [UInt8(topic.utf8.count)] + Array(topic.utf8) + payload
  }

  func open(
    _ envelope: [UInt8], claimed tenant: TenantID, job: EntityID, topic: String
  ) throws(Refusal) -> (context: TenantContext, payload: [UInt8]) {
    if let refusal { throw refusal }
    let binding = try seal([], tenant: tenant, job: job, topic: topic)
    guard envelope.starts(with: binding) else { throw Self.invalid }
    let context = TenantContext(
      verified: answersFor ?? tenant, actor: Actor(kind: .job, id: job), permissions: PermissionSet([]),
      credential: job, expiresAt: Instant(seconds: 4_000_000_000))
    return (context, Array(envelope.dropFirst(binding.count)))
  }
}

/// A tenant whose data nobody asks for.
struct NoData: SessionSource {
  struct Unreachable: Error {}
  func transaction<Result: Sendable>(
    _ context: TenantContext, _ body: @Sendable (Transaction) async throws -> Result
  ) async throws -> Result { throw Unreachable() }
  func read(_ context: TenantContext, _ queries: [Query]) async throws -> [Rows] { throw Unreachable() }
}

func newJob(
  _ tenant: TenantID, _ id: EntityID, topic: String = "order.placed", at seconds: Int64 = 1_000_000,
  attemptsMax: Int = 3, envelope: [UInt8]? = nil
) throws -> NewJob {
  let body = SealedBody(cause: Actor(kind: .user, id: eventID(99)), payload: ["tenant": .id(tenant.id)]).bytes
  return NewJob(
    key: JobKey(tenant: tenant, id: id), topic: topic, subject: "order-1",
    envelope: try envelope ?? OpenEnvelopes().seal(body, tenant: tenant, job: id, topic: topic),
    createdAt: Instant(seconds: seconds), attemptsMax: attemptsMax)
}

func claimed(_ job: NewJob, attempt: Int = 1, claim: EntityID = eventID(77)) -> ClaimedJob {
  ClaimedJob(
    lease: JobLease(key: job.key, attempt: attempt, claim: claim, place: 1), topic: job.topic, subject: job.subject,
    envelope: job.envelope,
    attemptsMax: job.attemptsMax, createdAt: job.createdAt)
}
