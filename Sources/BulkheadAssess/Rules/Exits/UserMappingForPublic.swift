extension Rule {
  /// Everyone is mapped to one login of a foreign server.
  static let userMappingForPublic = Rule(
    "O06", "Everyone is mapped to one login of a foreign server",
    .exits, .access, .medium, kind: "mapping", stage: .exits,
    leak: """
      All tenants' sessions arrive there as the same user, whom the policies there cannot tell apart.
      """,
    remedy: "By hand: map the one role that needs it, then drop the mapping for PUBLIC.",
    query: #"""
      SELECT 'server ' || quote_ident(m.srvname), 'CREATE USER MAPPING FOR PUBLIC', NULL
      FROM pg_user_mappings m WHERE m.umuser = 0
      """#)
}
