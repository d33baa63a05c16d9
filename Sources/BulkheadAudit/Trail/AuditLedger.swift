import BulkheadCore
import Synchronization

/// Acts that may come in floods, counted in memory and written to the trails once in a while.
///
/// The first of its kind is due at once, what follows within a minute is one entry with a count. So a flood costs a
/// tenant's chain at most `kindsPerTenantMax` + 1 entries for each act a minute, and whoever makes it waits for
/// nothing. What has been counted and not yet written is lost when the process is killed, not when it is stopped.
package final class AuditLedger: Sendable {
  /// How long repetitions are gathered into one entry.
  package static let gathering: Duration = .seconds(60)
  /// Kinds of one tenant and one act told apart; all others are one kind, so that a flood of one act hides no other.
  package static let kindsPerTenantMax = 16
  /// Kinds of all tenants together; beyond it what is new is dropped and counted in `droppedCount`.
  package static let kindsMax = 16_384

  /// What makes two acts the same.
  package struct Kind: Hashable, Sendable {
    /// Whose trail it belongs to; the platform's own when `nil`.
    package let tenant: TenantID?
    package let act: AuditAct
    /// Who acted; `nil` when nobody knows.
    package let actor: Actor?
    package let subject: String
    /// Where it came from or what it was about: names and values of constant size. No secret, nothing of a body.
    package let detail: [String: String]

    package init(tenant: TenantID?, act: AuditAct, actor: Actor?, subject: String, detail: [String: String] = [:]) {
      self.tenant = tenant
      self.act = act
      self.actor = actor
      self.subject = subject
      self.detail = detail
    }

    fileprivate var group: Group { Group(tenant: tenant, act: act) }

    /// What is left when a tenant has too many kinds.
    fileprivate var general: Kind { Kind(tenant: tenant, act: act, actor: nil, subject: "several") }
  }

  /// A kind of act and how often it came between two moments.
  package struct Sum: Sendable {
    package let kind: Kind
    package let count: Int
    package let first: Instant
    package let last: Instant

    /// The entry's detail.
    package var detail: JSON {
      var members = kind.detail.sorted { $0.key < $1.key }.map { JSON.Member($0.key, .string($0.value)) }
      members.append(.init("count", .int(count)))
      members.append(.init("first", .instant(first)))
      members.append(.init("last", .instant(last)))
      return .object(members)
    }
  }

  /// What the bound of kinds is counted by.
  fileprivate struct Group: Hashable {
    let tenant: TenantID?
    let act: AuditAct
  }

  private struct Tally {
    var count: Int
    var first: Instant
    var last: Instant
    /// Not written again before.
    var quietUntil: Instant
  }

  private struct State {
    var tallies: [Kind: Tally] = [:]
    var kindCounts: [Group: Int] = [:]
    var droppedCount = 0
  }

  private let clock: any WallClock
  private let state = Mutex(State())

  package init(clock: any WallClock) { self.clock = clock }

  /// Acts that were not counted because there were too many kinds.
  package var droppedCount: Int { state.withLock { $0.droppedCount } }

  /// Counts one act. Never waits. Tells whether it is the first of its kind in a while.
  @discardableResult
  package func note(_ kind: Kind) -> Bool {
    let now = clock.now()
    return state.withLock { Self.add(1, of: kind, first: now, last: now, to: &$0) }
  }

  /// What should be written now; with `all`, whatever has been counted. It counts as written: give back what could
  /// not be.
  package func takeDue(all: Bool = false) -> [Sum] {
    let now = clock.now()
    return state.withLock { state in
      var due: [Sum] = []
      for (kind, tally) in state.tallies where all || now >= tally.quietUntil || now + Self.gathering < tally.quietUntil
      {
        if tally.count > 0 {
          due.append(Sum(kind: kind, count: tally.count, first: tally.first, last: tally.last))
          state.tallies[kind] = Tally(count: 0, first: now, last: now, quietUntil: now + Self.gathering)
        } else {
          state.tallies[kind] = nil
          let left = (state.kindCounts[kind.group] ?? 1) - 1
          state.kindCounts[kind.group] = left > 0 ? left : nil
        }
      }
      return due
    }
  }

  /// Counts again what could not be written.
  package func giveBack(_ sums: [Sum]) {
    state.withLock { state in
      for sum in sums { _ = Self.add(sum.count, of: sum.kind, first: sum.first, last: sum.last, to: &state) }
    }
  }

  private static func add(_ count: Int, of kind: Kind, first: Instant, last: Instant, to state: inout State) -> Bool {
    var kind = kind
    var isNew = false
    if state.tallies[kind] == nil {
      if state.kindCounts[kind.group] ?? 0 >= kindsPerTenantMax { kind = kind.general }
      if state.tallies[kind] == nil {
        guard state.tallies.count < kindsMax else {
          state.droppedCount += count
          return false
        }
        isNew = true
        state.tallies[kind] = Tally(count: 0, first: first, last: last, quietUntil: first)
        state.kindCounts[kind.group, default: 0] += 1
      }
    }
    guard var tally = state.tallies[kind] else { return false }
    if tally.count == 0 { tally.first = first }
    tally.count += count
    tally.first = min(tally.first, first)
    tally.last = max(tally.last, last)
    state.tallies[kind] = tally
    return isNew
  }
}
