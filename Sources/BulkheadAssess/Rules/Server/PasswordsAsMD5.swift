extension Rule {
  /// New passwords are kept as MD5.
  static let passwordsAsMD5 = Rule(
    "S05", "New passwords are kept as MD5",
    .server, .access, .low, kind: "setting", stage: .server,
    leak: "The stored form of an MD5 password is enough to log in with.",
    remedy: "Set password_encryption to scram-sha-256, then set passwords anew.",
    query: #"""
      SELECT 'setting ' || k.name, k.name || ' = ' || k.setting, k.fix || '''scram-sha-256'';'
      FROM knob k WHERE k.name = 'password_encryption' AND k.setting <> 'scram-sha-256'
      """#)
}
