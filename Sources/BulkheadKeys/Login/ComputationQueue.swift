import BulkheadCore
import Dispatch
import Synchronization

/// Bounds of long computations.
package struct ComputationBounds: Sendable {
  /// Computations under way at once. Each password takes a core and 32 MiB.
  package var runningMax: Int
  /// Computations that wait, over all tenants.
  package var waitingMax: Int
  /// Computations of one tenant that wait, so that one tenant's flood of logins does not keep others out.
  package var waitingPerTenantMax: Int

  package static let standard = ComputationBounds(runningMax: 2, waitingMax: 64, waitingPerTenantMax: 16)

  package init(runningMax: Int, waitingMax: Int, waitingPerTenantMax: Int) {
    self.runningMax = runningMax
    self.waitingMax = waitingMax
    self.waitingPerTenantMax = waitingPerTenantMax
  }
}

/// Runs long computations on threads of their own: a few at a time, those that wait taken tenant by tenant in turn.
///
/// Swift's cooperative threads are as many as there are cores, so two passwords on them would stop every request of
/// every tenant for a tenth of a second.
final class ComputationQueue: Sendable {
  private typealias Work = @Sendable () -> Void

  private struct State {
    var running = 0
    var waitingCount = 0
    var lanes: [TenantID?: [Work]] = [:]
    /// Tenants with work waiting, the next to be served first.
    var turns: [TenantID?] = []
  }

  private enum Admission {
    case start
    case waits
    case refused
  }

  private let bounds: ComputationBounds
  private let threads = DispatchQueue(label: "bulkhead.computation", attributes: .concurrent)
  private let state = Mutex(State())

  init(_ bounds: ComputationBounds) { self.bounds = bounds }

  /// Computations under way.
  var runningCount: Int { state.withLock { $0.running } }
  /// Computations that wait.
  var waitingCount: Int { state.withLock { $0.waitingCount } }

  /// The outcome of `computation`, once it has had its turn. Refuses with `login.busy` when too many wait.
  func run<Outcome: Sendable>(
    _ tenant: TenantID?, _ computation: @escaping @Sendable () -> Outcome
  ) async throws(Refusal) -> Outcome {
    let outcome: Outcome? = await withCheckedContinuation { continuation in
      let work: Work = { continuation.resume(returning: computation()) }
      switch state.withLock({ admit(work, of: tenant, to: &$0) }) {
      case .start: start(work)
      case .waits: break
      case .refused: continuation.resume(returning: nil)
      }
    }
    guard let outcome else { throw Self.busy }
    return outcome
  }

  private func admit(_ work: @escaping Work, of tenant: TenantID?, to state: inout State) -> Admission {
    if state.running < bounds.runningMax {
      state.running += 1
      return .start
    }
    let lane = state.lanes[tenant, default: []]
    guard state.waitingCount < bounds.waitingMax, lane.count < bounds.waitingPerTenantMax else { return .refused }
    if lane.isEmpty { state.turns.append(tenant) }
    state.lanes[tenant, default: []].append(work)
    state.waitingCount += 1
    return .waits
  }

  private func start(_ work: @escaping Work) {
    threads.async {
      work()
      if let next = self.state.withLock({ self.next(&$0) }) { self.start(next) }
    }
  }

  /// The first work of the tenant whose turn it is, which then goes to the end; or one place less in use.
  private func next(_ state: inout State) -> Work? {
    guard let tenant = state.turns.first else {
      state.running -= 1
      return nil
    }
    state.turns.removeFirst()
    guard var lane = state.lanes.removeValue(forKey: tenant), !lane.isEmpty else { return next(&state) }
    let work = lane.removeFirst()
    state.waitingCount -= 1
    if !lane.isEmpty {
      state.lanes[tenant] = lane
      state.turns.append(tenant)
    }
    return work
  }

  private static let busy = Refusal(
    .loginBusy, "Too many logins are being checked; try again shortly.", retryAfterSeconds: 1)
}
