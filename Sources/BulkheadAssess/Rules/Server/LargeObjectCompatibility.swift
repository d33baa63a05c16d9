extension Rule {
  /// Privileges on large objects are not checked.
  static let largeObjectCompatibility = Rule(
    "S03", "Privileges on large objects are not checked",
    .server, .access, .high, kind: "setting", stage: .server,
    leak: "lo_compat_privileges lets every session read and write every large object.",
    remedy: "Turn it off.",
    query: #"""
      SELECT 'setting ' || k.name, k.name || ' = ' || k.setting, k.fix || 'off;'
      FROM knob k WHERE k.name = 'lo_compat_privileges' AND k.setting = 'on'
      """#)
}
