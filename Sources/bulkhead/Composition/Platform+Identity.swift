import BulkheadAudit
import BulkheadKeys
import BulkheadLifecycle

/// Identity over this platform's control database. Each call makes a new set: keep `accounts`, whose throttle and queue
/// of computations are its own.
extension Platform {
  private var issuer: TokenIssuer { TokenIssuer(ring: ring, ambient: ambient) }

  func accounts(passwords: Passwords = Passwords()) -> Accounts {
    Accounts(
      control: control, registry: registry, passwords: passwords, throttle: LoginThrottle(clock: ambient.clock),
      issuer: issuer, revocations: revocations, roles: roles, ledger: ledger, ambient: ambient)
  }

  var serviceTokens: ServiceTokens {
    ServiceTokens(control: control, issuer: issuer, revocations: revocations, ambient: ambient)
  }

  var signingKeys: SigningKeys {
    SigningKeys(
      ring: ring, control: control, revocations: revocations, serviceTokens: serviceTokens, ambient: ambient)
  }

  var intents: AuditIntents { AuditIntents(control: control, ambient: ambient) }
}
