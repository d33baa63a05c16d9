import BulkheadCore
import BulkheadData
import Logging

/// Everything that an `API` is made of. The composition root fills the seams; the defaults are for what has one right
/// value in production.
package struct APIConfiguration: Sendable {
  /// `info.title` of the OpenAPI document.
  package var title = "Bulkhead"
  /// `info.version` of the OpenAPI document.
  package var version: String
  /// The product's routes; the server adds its own (`/healthz`, `/readyz`, `/metrics`, `/openapi.json`).
  package var routes: [Route]
  package var authenticator: any Authenticator
  package var directory: any TenantDirectory
  /// Where a tenant's bound transactions come from.
  package var sessions: any SessionSource
  /// Which hosts name a tenant; none by default.
  package var hosts: (any HostDirectory)?
  package var admission: any AdmissionControl = RequestLimits()
  /// `.all`, except in control runs of the attack suite.
  package var walls = RequestWalls.all
  package var inspector: ResponseInspector?
  /// Told of good credentials that were refused.
  package var refusals: RefusalObserver?
  /// Seals what is stored for `Idempotency-Key`; the composition root always sets it.
  package var vault: (any AnswerVault)?
  /// Whose word about the peer is taken; nobody's by default.
  package var proxies = TrustedProxies.none
  package var ambient = Ambient()
  package var logger = Logger(label: "bulkhead.server") { JSONLogHandler(label: $0) }
  package var accessLog: AccessLog? = AccessLog()
  package var metrics = Metrics()
  package var readiness = Readiness()
  /// How long a request's body may take to arrive; then 408 `body.timeout`.
  package var bodyTimeout: Duration = .seconds(15)

  package init(
    version: String, routes: [Route], authenticator: any Authenticator, directory: any TenantDirectory,
    sessions: any SessionSource
  ) {
    self.version = version
    self.routes = routes
    self.authenticator = authenticator
    self.directory = directory
    self.sessions = sessions
  }
}
