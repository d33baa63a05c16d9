extension Rule {
  /// Privileges on large objects are not checked.
  static let largeObjectCompatibility = Rule(
    "S03", "Privileges on large objects are not checked",
    .server, .access, .high, kind: "setting", stage: .server,
    leak: "lo_compat_privileges lets every session read and write every large object.",
    remedy: "Turn it off.",
    query: #"""
      SELECT 'setting lo_compat_privileges', 'lo_compat_privileges = on', 'ALTER SYSTEM SET lo_compat_privileges = off;'
      WHERE current_setting('lo_compat_privileges') = 'on'
      """#)
}
