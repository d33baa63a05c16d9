import HTTPTypes

/// A route made ready to serve: what each request would otherwise work out again.
final class Endpoint: Sendable {
  let route: Route
  let template: PathTemplate
  let parameterNames: [String]
  let meters: RouteMeters
  /// Positions of path parameters that name the tenant.
  let tenantParameters: [Int]
  /// Whether Basic credentials are taken: EDI boxes that post bytes often know nothing else.
  let takesBasic: Bool
  /// Whether a link may carry the credential in its query: who prints a label or opens a file sends no headers.
  let takesLinks: Bool

  init(_ route: Route, _ template: PathTemplate, meters: RouteMeters) {
    self.route = route
    self.template = template
    self.meters = meters
    parameterNames = template.parameters
    tenantParameters = route.parameters.indices.filter { route.parameters[$0].kind == .tenant }
    if case .bytes = route.body { takesBasic = true } else { takesBasic = false }
    takesLinks = route.servesFile
  }
}
