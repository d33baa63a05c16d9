import BulkheadCore
import BulkheadPostgres

/// Bind tokens that are stolen, edited or made up. Each is sent on a connection of the role that reaches the victim.
struct BindAttack: Attack {
  let id: String
  let title: String
  let tiers: [Tier]
  private let token: @Sendable (Battlefield, PostgresConnection) -> String

  init(
    _ id: String, _ title: String, tiers: [Tier] = Tier.allCases,
    _ token: @escaping @Sendable (Battlefield, PostgresConnection) -> String
  ) {
    self.id = "data.bind.\(id)"
    self.title = title
    self.tiers = tiers
    self.token = token
  }

  var verb: Verb { .access }
  var layer: Layer { .data }
  var steps: [String] {
    [
      "Log in as the role that reaches the victim's rows.", "Begin a transaction and send the token to bulkhead.bind.",
      "Count the victim's products.",
    ]
  }
  var expected: String { "Refused with the one message \"no tenant\"; no row is seen." }

  var wall: Wall { Self.believing }

  /// A bind that believes what it is told.
  static let believing = Wall(
    "bulkhead.bind checks the token",
    down: { field in
      try await replace(
        field,
        by: """
          BEGIN
            PERFORM set_config('backtrace_functions', 't' || lower(split_part(token, '.', 2)), true);
          END
          """)
    },
    up: { field in try await putBack(field) })

  /// Puts another body into `bulkhead.bind` and keeps the old one.
  static func replace(_ field: Battlefield, by body: String) async throws {
    try await field.administer(
      """
      CREATE TABLE public.attack_bind AS
        SELECT pg_get_functiondef('bulkhead.bind(text)'::regprocedure) AS definition;
      CREATE OR REPLACE FUNCTION bulkhead.bind(token text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp AS $body$ \(body) $body$
      """, in: field.victim.tenant.record.placement.database)
  }

  static func putBack(_ field: Battlefield) async throws {
    try await field.administer(
      """
      DO $u$ DECLARE definition text; BEGIN
        SELECT a.definition INTO definition FROM public.attack_bind a;
        EXECUTE definition;
      END $u$;
      DROP TABLE public.attack_bind
      """, in: field.victim.tenant.record.placement.database)
  }

  func run(_ field: Battlefield) async throws -> Outcome {
    let session = try await field.thief()
    defer { session.close() }
    let text = token(field, session)
    let outcome = try await attempt(text, session, field)
    await session.rollBack()
    return outcome
  }

  private func attempt(_ text: String, _ session: PostgresConnection, _ field: Battlefield) async throws -> Outcome {
    do throws(PostgresError) {
      // A pipeline and not a script: tokens travel as parameters.
      try await session.script("BEGIN")
      _ = try await session.roundTrip(
        [.once(text: "SELECT bulkhead.bind($1)", parameters: [.text(text)])], deadline: .now + .seconds(10))
      let count = try await session.sight(of: field.victim)
      return count > 0 ? .breach("bound; \(count) products of the victim are seen") : .held("bound to nobody of ours")
    } catch {
      guard error.kind == .server else { throw Unmakeable(error.brief) }
      return .held(error.brief)
    }
  }
}

extension Catalogue {
  /// A good token for this very session, with one of its fields changed and the rest as it was.
  private static func edited(_ index: Int, _ text: String) -> @Sendable (Battlefield, PostgresConnection) -> String {
    { field, session in
      var fields = field.bindToken(field.victim, pid: session.backendPID).split(separator: ".").map(String.init)
      fields[index] = text
      return fields.joined(separator: ".")
    }
  }

  static let bindTokens: [any Attack] = [
    BindAttack("mac", "A token with one digit of its HMAC changed") { field, session in
      let good = field.bindToken(field.victim, pid: session.backendPID)
      return String(good.dropLast()) + (good.hasSuffix("0") ? "1" : "0")
    },
    BindAttack("macCut", "A token with half of its HMAC") { field, session in
      String(field.bindToken(field.victim, pid: session.backendPID).dropLast(32))
    },
    BindAttack("macNone", "A token without an HMAC") { field, session in
      String(field.bindToken(field.victim, pid: session.backendPID).dropLast(64))
    },
    BindAttack("otherTenant", "The attacker's good token with the victim's name in it") { field, session in
      var fields = field.bindToken(field.attacker, pid: session.backendPID).split(separator: ".").map(String.init)
      fields[1] = field.victim.tenant.id.id.hex
      return fields.joined(separator: ".")
    },
    BindAttack("laterExpiry", "A token whose expiry was moved", edited(3, "99999999999")),
    BindAttack("infinity", "A token that expires never", edited(3, "Infinity")),
    BindAttack("laterEpoch", "A token whose epoch was edited", edited(2, "2")),
    BindAttack("otherPID", "A token whose process was edited", edited(4, "1")),
    BindAttack("unknownKey", "A token that names a key that is not there", edited(0, "k2")),
    BindAttack("noKey", "A token that names no key", edited(0, "")),
    BindAttack("keyInjection", "A token whose key id is SQL", edited(0, "k1' OR 'a' = 'a")),
    BindAttack("upperCase", "A token in capital letters") { field, session in
      field.bindToken(field.victim, pid: session.backendPID).uppercased()
    },
    BindAttack("extraField", "A token with a field too many") { field, session in
      field.bindToken(field.victim, pid: session.backendPID) + ".0"
    },
    BindAttack("trailingLine", "A token with a line after it") { field, session in
      field.bindToken(field.victim, pid: session.backendPID) + "\n"
    },
    BindAttack("stolen", "A good token of the victim, stolen from another backend") { field, session in
      field.bindToken(field.victim, pid: session.backendPID &+ 1)
    },
    BindAttack("expired", "A good token of the victim for this backend, two minutes old") { field, session in
      field.bindToken(field.victim, pid: session.backendPID, age: .seconds(120))
    },
    BindAttack("futureEpoch", "A good token of an epoch that is still to come") { field, session in
      field.bindToken(field.victim, pid: session.backendPID, epoch: 2)
    },
    BindAttack("otherCell", "A good token of another cluster's key") { field, session in
      field.bindToken(field.victim, pid: session.backendPID, cell: "elsewhere")
    },
    BindAttack("nextKey", "A good token of a key that is not in use") { field, session in
      field.bindToken(field.victim, pid: session.backendPID, kid: 7)
    },
  ]
}
