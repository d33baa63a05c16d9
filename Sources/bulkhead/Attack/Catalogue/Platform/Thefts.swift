import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Crypto

/// What a stolen dump, a stolen log or a server without its globals gives away.
extension Catalogue {
  private static let noMaster =
    "the master key is in no database: the control's thief has it too"

  static let thefts: [any Attack] = [
    Plot(
      "backup.signingKey", "Sign as the victim with a dump of the registry", .access, .backup,
      steps: ["Read the victim's private signing key from a dump.", "Sign a token with it."],
      expected: "What is stored is sealed: no key can be made of it.", wall: .inAttack(noMaster)
    ) { field in
      let rows = try await field.administer(
        """
        SELECT sealed_private_key, public_key FROM control.signing_key
        WHERE tenant_id = '\(field.victim.tenant.id)' AND state = 'active' LIMIT 1
        """,
        in: ControlDatabase.databaseName)
      guard let row = rows.first else { throw Unmakeable("the victim has no key") }
      let stored = try row.bytes(0)
      let known = try row.bytes(1)
      if field.isControl {
        let pair = try await field.platform.ring.signingPair(of: field.victim.tenant.id)
        return .breach("signs under \(pair.kid)")
      }
      // Any 32 bytes of what is stored might be the key.
      let isLeaked = stored.indices.dropLast(31).contains { start in
        let key = try? P256.Signing.PrivateKey(rawRepresentation: stored[start..<(start + 32)])
        return key.map { Array($0.publicKey.x963Representation) == known } ?? false
      }
      return isLeaked ? .breach("a key that signs") : .held("\(stored.count) sealed bytes, no key among them")
    },
    Plot(
      "backup.envelope", "Read events in a dump of the outbox", .access, .backup,
      steps: ["Have an order placed.", "Look for its words in the outbox's envelopes."], expected: "They are sealed.",
      wall: .inAttack(noMaster)
    ) { field in
      let home = field.victim.tenant.record.placement
      let rows = try await field.administer(
        "SELECT id, topic, envelope FROM \(home.schema).outbox WHERE tenant_id = '\(home.tenant)' LIMIT 20",
        in: home.database)
      guard !rows.isEmpty else { throw Unmakeable("the victim's outbox is empty") }
      let opener = TenantEnvelopeOpener(
        master: field.platform.cluster.master, clock: field.platform.ambient.clock
      ) { _ in PermissionSet([]) }
      for row in rows {
        var bytes = try row.bytes(2)
        if field.isControl {
          bytes = try opener.open(bytes, claimed: home.tenant, job: row.id(0), topic: row.text(1)).payload
        }
        if String(decoding: bytes, as: UTF8.self).contains("\"payload\"") { return .breach("an event in clear") }
      }
      return .held("\(rows.count) envelopes, none in clear")
    },
    Plot(
      "backup.bindKey", "Find the bind keys in a base backup or a replica", .access, .backup,
      steps: ["Ask whether the table of bind keys is logged."], expected: "It is not: no backup holds it.",
      wall: Wall(
        "the table of bind keys is unlogged",
        down: { field in
          try await field.administer(
            "ALTER TABLE bulkhead.bind_key SET LOGGED", in: field.victim.tenant.record.placement.database)
        },
        up: { field in
          try await field.administer(
            "ALTER TABLE bulkhead.bind_key SET UNLOGGED", in: field.victim.tenant.record.placement.database)
        })
    ) { field in
      let rows = try await field.administer(
        "SELECT relpersistence FROM pg_class WHERE oid = 'bulkhead.bind_key'::regclass",
        in: field.victim.tenant.record.placement.database)
      return rows.texts == ["u"] ? .held("unlogged") : .breach("in every backup")
    },
    Plot(
      "backup.password", "Read users' passwords in a dump of the registry", .access, .backup, tiers: [.pooled],
      steps: ["Read the stored password of the victim's user."], expected: "Only a salted scrypt hash is there.",
      wall: .inAttack("passwords are stored as scrypt hashes: the control looks at what was typed")
    ) { field in
      let rows = try await field.administer(
        "SELECT password_hash FROM control.user_account WHERE tenant_id = '\(field.victim.tenant.id)'",
        in: ControlDatabase.databaseName)
      guard let stored = rows.texts.first else { throw Unmakeable("the victim has no user") }
      let seen = field.isControl ? "correct horse battery" : stored
      return seen.contains("correct horse") ? .breach("in clear") : .held(String(stored.prefix(16)))
    },
    Plot(
      "infrastructure.tokenInActivity", "Read a bind token where the server shows what sessions run", .access,
      .infrastructure, steps: ["Bind on one connection.", "Read pg_stat_activity as the administrator."],
      expected: "No token is shown: it travels as a parameter.",
      wall: .inAttack("tokens are parameters: the control sends one as a literal")
    ) { field in
      let session = try await field.thief()
      defer { session.close() }
      let token = field.bindToken(field.victim, pid: session.backendPID)
      try await session.script("BEGIN")
      let command: Command =
        field.isControl
        ? .once(text: "SELECT bulkhead.bind('\(token)')", parameters: [])
        : .once(text: "SELECT bulkhead.bind($1)", parameters: [.text(token)])
      _ = try await session.roundTrip([command], deadline: .now + .seconds(10))
      let rows = try await field.administer(
        "SELECT query FROM pg_stat_activity WHERE pid = \(session.backendPID)", in: "postgres")
      await session.rollBack()
      let shown = rows.texts.joined()
      guard shown.contains("bulkhead.bind") else { throw Unmakeable("the session is not shown: \(shown)") }
      return shown.contains(token.suffix(32)) ? .breach("the token is shown") : .held(shown)
    },
    Plot(
      "infrastructure.twoBinds", "Bind a second tenant in one transaction", .access, .infrastructure, tiers: [.pooled],
      steps: ["Bind the attacker.", "In the same transaction bind the victim, with a good token for this backend."],
      expected: "Refused: a transaction serves one tenant.", wall: BindAttack.believing
    ) { field in try await secondBind(field, between: "") },
    Plot(
      "infrastructure.savepointBind", "Bind a second tenant after a savepoint", .access, .infrastructure,
      tiers: [.pooled],
      steps: ["Bind the attacker.", "Set a savepoint.", "Bind the victim, with a good token for this backend."],
      expected: "Refused: a transaction serves one tenant.", wall: BindAttack.believing
    ) { field in try await secondBind(field, between: "SAVEPOINT attack; ") },
    Plot(
      "infrastructure.otherRole", "Bind the victim under the attacker's own role", .access, .infrastructure,
      tiers: [.schema],
      steps: ["Log in as the attacker's role.", "Bind the victim with a good token for this backend."],
      expected: "Refused: the victim is reached under another role.",
      wall: BindAttack.believing.opening("the victim's schema is closed to other roles")
    ) { field in
      let session = try await field.insider()
      defer { session.close() }
      let outcome = await bindAndLook(session, field, "BEGIN")
      await session.rollBack()
      return outcome
    },
    Plot(
      "infrastructure.withoutGlobals", "A cluster restored without its globals", .access, .infrastructure,
      tiers: [.pooled],
      steps: ["Take away the grant with which the binder sets the carrier.", "Read the attacker's orders."],
      expected: "Nothing is served: the binding fails closed.", wall: failingOpen
    ) { field in
      try await field.administer("REVOKE SET ON PARAMETER backtrace_functions FROM bulkhead_binder", in: "postgres")
      let answer = try? await field.stand.get("/v1/orders/\(field.victim.id("order"))", field.attacker.tenant)
      let own = try? await field.stand.get("/v1/orders", field.attacker.tenant)
      try await field.administer("GRANT SET ON PARAMETER backtrace_functions TO bulkhead_binder", in: "postgres")
      let served = [answer, own].compactMap { $0 }.filter { $0.status < 300 }
      return served.isEmpty ? .held("not served: \(own?.brief ?? "no answer")") : .breach("served without a binding")
    },
  ]

  /// A binding that swallows its failure, where nothing else stands either.
  private static let failingOpen = Wall(
    "a bind that fails ends the transaction, and without a binding no row is seen", without: Wall.rows.without,
    down: { field in
      try await Wall.rows.down(field)
      try await BindAttack.replace(field, by: "BEGIN RETURN; END")
    },
    up: { field in
      try await BindAttack.putBack(field)
      try await Wall.rows.up(field)
    })

  private static func secondBind(_ field: Battlefield, between: String) async throws -> Outcome {
    let session = try await field.thief()
    defer { session.close() }
    let mine = field.bindToken(field.attacker, pid: session.backendPID)
    let outcome = await bindAndLook(session, field, "BEGIN; SELECT bulkhead.bind('\(mine)'); \(between)")
    await session.rollBack()
    return outcome
  }

  /// Runs `before`, binds the victim with a good token and looks.
  private static func bindAndLook(
    _ session: PostgresConnection, _ field: Battlefield, _ before: String
  ) async -> Outcome {
    do throws(PostgresError) {
      let theirs = field.bindToken(field.victim, pid: session.backendPID)
      try await session.script(before)
      try await session.script("SELECT bulkhead.bind('\(theirs)')")
      let count = try await session.sight(of: field.victim)
      return count > 0 ? .breach("\(count) products of the victim are seen") : .held("none of the victim is seen")
    } catch { return .held(error.brief) }
  }
}
