extension Rule {
  /// The server has known holes in row security.
  static let serverUnpatched = Rule(
    "S01", "The server has known holes in row security",
    .server, .access, .critical, kind: "server", stage: .server,
    leak: """
      Plain SQL reads other tenants' columns or leaves a restrictive policy, whatever the policies say.
      """,
    remedy: "By hand: install the fixed minor version; a minor upgrade changes no data.",
    query: #"""
      SELECT 'server', fact.objection, NULL FROM fact WHERE fact.objection IS NOT NULL
      """#)
}
