import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadWork
import Distribution
import Synchronization

@testable import bulkhead

/// The documents that left for partners, by tenant. A partner whose address says so is down.
final class Deliveries: EDITransport, WebhookTransport, MailTransport {
  struct PartnerDown: Error {}

  private let left = Mutex<[TenantID: [String]]>([:])

  func deliver(_ bytes: [UInt8], to destination: EDIDestination, tenant: Tenant) async throws {
    if destination.url.contains("down") { throw PartnerDown() }
    let text = "\(destination.url)\n\(String(decoding: bytes, as: UTF8.self))"
    left.withLock { $0[tenant.id, default: []].append(text) }
  }

  /// What a message says, without what differs from run to run: its id and its time are part of its signature only.
  func post(_ message: WebhookMessage, tenant: Tenant) async throws {
    if message.url.contains("gone") { throw EDIDeliveryFailure.refused(status: 410) }
    let body = (try? JSONParser.parse(String(decoding: message.body, as: UTF8.self))) ?? .null
    let text = "\(message.url)\n\(body["subject"]?.string ?? "")\n\(body["text"]?.string ?? "")"
    left.withLock { $0[tenant.id, default: []].append(text) }
  }

  /// What a mail says, without its time.
  func send(_ message: MailMessage, tenant: Tenant) async throws {
    if message.address.host.contains("gone") { throw MailFailure.refused(.recipient, status: 550) }
    let people = ([message.address.from] + message.address.to).map(\.text).joined(separator: " ")
    let login = "\(message.address.user ?? "-") \(String(decoding: message.password, as: UTF8.self))"
    let text = "\(message.address.host) \(login)\n\(people)\n\(message.subject)\n\(message.text)"
    left.withLock { $0[tenant.id, default: []].append(text) }
  }

  /// What has left since the last look, in an order that does not depend on which job ran first.
  func take(_ tenant: TenantID) -> [String] {
    left.withLock { $0.removeValue(forKey: tenant) ?? [] }.sorted()
  }

  func forget(_ tenant: TenantID) { left.withLock { _ = $0.removeValue(forKey: tenant) } }
}

/// Relay and worker by hand: what was written is carried and run now, so that a script need not wait for a clock.
///
/// These are the product's relay, queue and runner. What is left out is the worker's loop around them: its polling, its
/// heartbeat, and the delay before a failed job is tried again.
struct Pump: Sendable {
  private let platform: Platform
  private let homes: OutboxHomes
  private let relay: OutboxRelay
  private let queue: PostgresJobQueue
  private let runner: JobRunner
  private let worker: EntityID

  init(_ application: Application, _ seams: WorldSeams) throws {
    let platform = application.platform
    let sessions = application.sessions
    self.platform = platform
    homes = OutboxHomes(platform)
    queue = PostgresJobQueue(control: platform.control)
    worker = platform.ambient.makeID()
    runner = try JobRunner(
      opener: TenantEnvelopeOpener(master: platform.cluster.master, clock: platform.ambient.clock) { topic in
        application.modules.jobPermissions(topic)
      },
      tenants: { seams.jobTenant($0, sessions) }, handlers: application.modules.jobHandlers)
    relay = OutboxRelay(
      sources: { [] }, queue: queue, signal: application.relaySignal, jobs: WakeSignal(), ambient: platform.ambient,
      logger: .silent)
  }

  /// Returns when nothing of `resident` waits or runs. Jobs of others in the same home are carried and run as well.
  ///
  /// Done is a whole round that began with no job of the tenant's and carried nothing: a job that another script's
  /// worker has just finished may have written further events.
  func settle(_ resident: Resident) async throws {
    let home = OutboxHomes.name(resident.record.placement)
    var isMore = true
    while isMore {
      isMore = try await isBusy(resident.id)
      for source in try await homes.sources() where source.home == home {
        while try await relay.carryOnce(source) > 0 { isMore = true }
      }
      try await runAll()
    }
  }

  private func runAll() async throws {
    while true {
      let jobs = try await queue.claim(
        ClaimRequest(
          worker: worker, claim: platform.ambient.makeID(), limit: 32, inFlightPerTenantMax: 32, inFlight: [:],
          leaseUntil: platform.ambient.now + .seconds(60)))
      if jobs.isEmpty { return }
      var endings: [JobEnding] = []
      for job in jobs {
        let outcome: JobEnding.Outcome =
          switch await runner.run(job) {
          case .done: .done
          case .failed(let code), .postponed(let code, _), .hopeless(let code), .refused(let code): .dead(code: code)
          }
        endings.append(JobEnding(lease: job.lease, outcome: outcome))
      }
      _ = try await queue.finish(endings, worker: worker, at: platform.ambient.now)
    }
  }

  /// Whether a job of the tenant is left, or is being run on behalf of another script.
  private func isBusy(_ tenant: TenantID) async throws -> Bool {
    let rows = try await platform.control.run(
      """
      SELECT EXISTS (SELECT FROM control.job_ready WHERE tenant_id = $1),
        EXISTS (SELECT FROM control.job_claim AS c CROSS JOIN LATERAL unnest(c.open) AS p
          WHERE c.until IS NOT NULL AND c.tenants[p] = $1)
      """, [.id(tenant.id)])
    guard let row = rows.first else { return false }
    if try row.bool(0) { return true }
    let isRunning = try row.bool(1)
    if isRunning { try await Task.sleep(for: .milliseconds(2)) }
    return isRunning
  }
}
