import BulkheadAudit
import BulkheadCore
import BulkheadKeys
import BulkheadServer
import Logging

/// Where the watch stands. Tests take single ones away to show what each stops.
struct LeakChecks: OptionSet, Sendable {
  let rawValue: Int

  /// Rows that PostgreSQL gave for a tenant, before any code sees them.
  static let rows = LeakChecks(rawValue: 1 << 0)
  /// Answers of the API.
  static let answers = LeakChecks(rawValue: 1 << 1)
  /// Payloads of events, before they are sealed.
  static let jobs = LeakChecks(rawValue: 1 << 2)
  /// Documents to partners.
  static let deliveries = LeakChecks(rawValue: 1 << 3)
  /// Log lines.
  static let logs = LeakChecks(rawValue: 1 << 4)

  static let all: LeakChecks = [.rows, .answers, .jobs, .deliveries, .logs]
}

/// Stops what carries the mark of a decoy, and reports it and ids of other tenants.
///
/// A mark cannot be made by anyone outside, so whatever carries one has been read past a wall: it is stopped, with the
/// constant face of a fault of ours. The id of another tenant can be put into a tenant's own data by the tenant, or by
/// a trading partner who came to know it: stopping on it would let them shut a tenant's page, and tell them that the id
/// is a tenant's. It is reported and let through.
///
/// A report is a line at `critical`, a count in `bulkhead_canary_total` and an entry in the platform's trail; a stop
/// also leaves one in the tenant's own, without what was found. Of a flood, one line a minute is written for each kind.
final class LeakWatch: Sendable {
  enum Place: String, Sendable, CaseIterable {
    case rows, answer, job, delivery, log
  }

  let metrics: Metrics
  let ledger: AuditLedger
  let scanner: LeakScanner
  let checks: LeakChecks
  private let logger: Logger
  private let stopped: [Place: Counter]
  private let sighted: [Place: Counter]

  /// - Parameter logger: for the alarm. Its lines hold nothing of what was found and are not watched themselves.
  init(
    marks: CanaryMarks, ledger: AuditLedger, metrics: Metrics = Metrics(), checks: LeakChecks = .all, logger: Logger
  ) {
    self.metrics = metrics
    self.ledger = ledger
    self.checks = checks
    self.logger = logger
    scanner = LeakScanner(marks: marks)
    func counters(_ finding: String) -> [Place: Counter] {
      let pairs = Place.allCases.map { place in
        let counter = metrics.counter(
          "bulkhead_canary_total", "Things on their way out that carried what is another tenant's.",
          labels: ["place": place.rawValue, "finding": finding])
        return (place, counter)
      }
      return Dictionary(uniqueKeysWithValues: pairs)
    }
    stopped = counters("mark")
    sighted = counters("stranger")
  }

  /// What a caller sees of a stop: nothing that differs from any other fault of ours.
  static let refusal = Refusal(
    .internalFault, "An internal error occurred.", diagnostic: "stopped by the canary watch")

  /// Refuses with `internal.fault` when `bytes`, on their way to `tenant`, carry a mark.
  func inspect(_ bytes: [UInt8], at place: Place, for tenant: TenantID?) throws(Refusal) {
    guard let sighting = scanner.scan(bytes, for: tenant) else { return }
    try act(on: sighting, at: place, tenant)
  }

  /// Whether a line of the log must not be written as it is.
  func withholds(_ line: [UInt8]) -> Bool {
    guard case .mark(let mark)? = scanner.scan(line, for: nil) else { return false }
    report(mark, at: .log, nil)
    return true
  }

  private func act(on sighting: Sighting, at place: Place, _ tenant: TenantID?) throws(Refusal) {
    switch sighting {
    case .mark(let mark):
      report(mark, at: place, tenant)
      throw Self.refusal
    case .stranger(let stranger):
      sighted[place]?.add()
      let isNew = ledger.note(
        AuditLedger.Kind(
          tenant: nil, act: .strangerSighted, actor: nil, subject: Self.subject(tenant),
          detail: ["place": place.rawValue, "named": "tenant:\(stranger)"]))
      guard isNew else { return }
      logger.critical(
        "the id of another tenant is on its way out",
        metadata: ["place": "\(place.rawValue)", "tenant": "\(Self.subject(tenant))", "named": "\(stranger)"])
    }
  }

  private func report(_ mark: CanaryMark, at place: Place, _ tenant: TenantID?) {
    stopped[place]?.add()
    let isNew = ledger.note(
      AuditLedger.Kind(
        tenant: nil, act: .canaryStopped, actor: nil, subject: Self.subject(tenant),
        detail: ["place": place.rawValue, "home": Self.home(mark), "row": String(mark.row)]))
    if let tenant {
      ledger.note(
        AuditLedger.Kind(
          tenant: tenant, act: .canaryStopped, actor: nil, subject: "tenant:\(tenant)",
          detail: ["place": place.rawValue]))
    }
    guard isNew else { return }
    logger.critical(
      "a decoy was on its way out and was stopped: a wall is broken",
      metadata: [
        "place": "\(place.rawValue)", "tenant": "\(Self.subject(tenant))", "home": "\(Self.home(mark))",
        "row": "\(mark.row)",
      ])
  }

  /// The home's tag, which stands for the home that the decoy lies in.
  private static func home(_ mark: CanaryMark) -> String { String(mark.homeTag, radix: 16) }

  private static func subject(_ tenant: TenantID?) -> String { tenant.map { "tenant:\($0)" } ?? "platform" }
}
