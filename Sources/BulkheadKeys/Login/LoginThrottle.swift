import BulkheadCore
import Synchronization

/// How often something may be tried: `burst` times at once, and once more for each `interval` that passes.
package struct AttemptRate: Sendable {
  package let burst: Int
  package let interval: Duration

  package init(burst: Int, interval: Duration) {
    self.burst = max(1, burst)
    self.interval = interval
  }

  /// After this long without an attempt everything is as if there had never been one.
  var memory: Duration { interval * burst }
}

/// Slows down guessing of passwords: for each account, from wherever it is tried, and for each peer, whatever account
/// it tries.
///
/// The generic cell rate algorithm (ITU-T I.371, annex A): one instant for each key, the theoretical arrival time.
/// Bounded: accounts of one tenant hold at most a share of the memory; beyond it, further accounts of *that* tenant
/// wait until some are forgotten, so a flood of made-up names cannot wipe out what is known of a real one, nor touch
/// another tenant.
package final class LoginThrottle: Sendable {
  /// Five tries, then one every 12 seconds.
  package static let accountRate = AttemptRate(burst: 5, interval: .seconds(12))
  /// Twenty tries, then one every 3 seconds.
  package static let peerRate = AttemptRate(burst: 20, interval: .seconds(3))
  /// Accounts remembered, over all tenants.
  package static let accountsMax = 131_072
  /// Accounts of one tenant remembered in the time that it takes to forget one.
  package static let accountsPerTenantMax = 8192
  /// Peers remembered. Beyond it the oldest are forgotten; the accounts' bound still holds.
  package static let peersMax = 65_536
  /// Longest account name or address told apart; all longer ones count as one.
  package static let nameBytesMax = 320

  private struct Account: Hashable {
    let tenant: TenantID?
    let name: String
  }

  private struct State {
    var accounts: GenerationCache<Account, Instant>
    var peers: GenerationCache<String, Instant>
  }

  private let clock: any WallClock
  private let accountRate: AttemptRate
  private let peerRate: AttemptRate
  private let state: Mutex<State>

  package init(
    clock: any WallClock, accountRate: AttemptRate = LoginThrottle.accountRate,
    peerRate: AttemptRate = LoginThrottle.peerRate
  ) {
    self.clock = clock
    self.accountRate = accountRate
    self.peerRate = peerRate
    state = Mutex(
      State(
        accounts: GenerationCache(
          entriesMax: Self.accountsMax, ownerEntriesMax: Self.accountsPerTenantMax, turnAfter: accountRate.memory),
        peers: GenerationCache(entriesMax: Self.peersMax, turnAfter: peerRate.memory)))
  }

  /// Counts one attempt. Refuses with `login.limited` and the seconds to wait, and then counts nothing.
  ///
  /// - Parameters:
  ///   - tenant: `nil` for the platform's own door.
  ///   - account: the name as sent, whether or not there is such an account; letter case is ignored.
  ///   - peer: the peer's address; for IPv6 its /64 prefix, since one peer has a whole one.
  package func admit(tenant: TenantID?, account: String, peer: String) throws(Refusal) {
    let now = clock.now()
    let account = Account(tenant: tenant, name: Self.bounded(account.lowercased()))
    let peer = Self.bounded(peer)
    let wait = state.withLock { state -> Duration? in
      let account = (key: account, next: accountRate.next(after: state.accounts.value(for: account), now: now))
      let peer = (key: peer, next: peerRate.next(after: state.peers.value(for: peer), now: now))
      let wait = max(accountRate.wait(for: account.next, now: now), peerRate.wait(for: peer.next, now: now))
      guard wait <= .zero else { return wait }
      guard state.accounts.insert(account.next, for: account.key, owner: tenant, now: now) else {
        return accountRate.interval
      }
      state.peers.insert(peer.next, for: peer.key, now: now)
      return nil
    }
    guard let wait else { return }
    throw Refusal(
      .loginLimited, "Too many attempts; try again later.",
      retryAfterSeconds: Int(max(1, (wait.microseconds + 999_999) / 1_000_000)))
  }

  /// Forgets the attempts on an account whose owner has just logged in.
  package func succeeded(tenant: TenantID?, account: String) {
    let account = Account(tenant: tenant, name: Self.bounded(account.lowercased()))
    state.withLock { $0.accounts.remove(account, owner: tenant) }
  }

  private static func bounded(_ name: String) -> String { name.utf8.count <= nameBytesMax ? name : "" }
}

extension AttemptRate {
  /// The arrival time to store if the attempt is let through.
  fileprivate func next(after stored: Instant?, now: Instant) -> Instant { max(stored ?? now, now) + interval }

  /// How long until it may be let through; zero or less when it may now.
  fileprivate func wait(for next: Instant, now: Instant) -> Duration { next - now - memory }
}
