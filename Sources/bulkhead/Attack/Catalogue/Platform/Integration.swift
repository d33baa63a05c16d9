import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadWork
import Distribution
import NIOCore

/// Partners, addresses and deliveries: the ways by which the outside world reaches a tenant.
extension Catalogue {
  /// The attacker also has the victim's address among its own.
  private static let ownAddresses = Wall(
    "an agreement names only addresses that the operator gave to the tenant", spoils: true,
    down: { field in
      let home = field.attacker.tenant.record.placement
      try await field.administer(
        """
        INSERT INTO \(home.schema).edi_address (tenant_id, id, qualifier, address)
        VALUES ('\(field.attacker.tenant.id)', gen_random_uuid(), 'ZZ', '\(field.victim.address)')
        """, in: home.database)
    })

  private static func agree(_ field: Battlefield, on address: String) async throws -> Reply {
    try await field.stand.post(
      "/v1/edi/agreements", field.attacker.tenant,
      [
        "partner": .id(try field.attacker.id("trading_partner")), "ourQualifier": "ZZ", "ourId": .string(address),
        "theirQualifier": "ZZ", "theirId": .string("P\(Maker.fresh())"), "version": "004010", "usage": "T",
      ])
  }

  /// - Parameter write: an interchange from a stranger to an address, each time under a new number.
  private static func envelope(
    _ id: String, _ title: String, _ version: String, _ write: @escaping @Sendable (String) -> [UInt8]
  ) -> any Attack {
    Plot(
      id, title, .corrupt, .integration,
      steps: [
        "Hand in an interchange for the victim's address on the attacker's channel.",
        "Hand in one for an address of nobody.", "Read everything of the victim before and after.",
      ], expected: "Both are quarantined with the same answer; the victim notices nothing.",
      wall: Wall(
        "an envelope belongs to the channel's own agreements", spoils: true,
        down: { field in
          try await ownAddresses.down(field)
          let made = try await field.stand.post(
            "/v1/edi/agreements", field.attacker.tenant,
            [
              "partner": .id(try field.attacker.id("trading_partner")), "ourQualifier": "ZZ",
              "ourId": .string(field.victim.address), "theirQualifier": "ZZ", "theirId": "STRANGER",
              "version": .string(version), "usage": "T",
            ])
          guard made.status == 201 else { throw Unmakeable("no agreement: \(made.brief)") }
        })
    ) { field in
      func handIn(to address: String) async throws -> Reply {
        try await field.stand.call(
          "POST", "/v1/edi/channels/\(try field.attacker.id("edi_channel"))/interchanges",
          token: field.attacker.tenant.token, bytes: write(address), headers: ["Content-Type": "text/plain"])
      }
      let before = try await field.stand.everything(of: field.victim)
      let foreign = try await handIn(to: field.victim.address)
      let unknown = try await handIn(to: "NOBODY")
      let after = try await field.stand.everything(of: field.victim)
      let states = [foreign, unknown].map { $0.json["state"]?.string ?? $0.brief }
      guard states == ["quarantined", "quarantined"], foreign.status == unknown.status else {
        return .breach("\(states[0]), for nobody's \(states[1])")
      }
      let changed = before.keys.filter { after[$0] != before[$0] }
      return changed.isEmpty ? .held("both quarantined") : .breach("\(changed.sorted()) of the victim have changed")
    }
  }

  static let integration: [any Attack] =
    [
      Plot(
        "integration.agreement", "An agreement under the victim's address", .access, .integration,
        steps: ["Make an agreement whose own address is the victim's.", "Make one with an address of nobody."],
        expected: "The same 422 for both: whose address it is, is not told.", wall: ownAddresses
      ) { field in
        let taken = try await agree(field, on: field.victim.address)
        let free = try await agree(field, on: "NOBODY-AT-ALL")
        guard taken.status == 422, taken.face == free.face else {
          return .breach("\(taken.brief), for nobody's \(free.brief)")
        }
        return .held(taken.brief)
      },
      envelope("integration.envelope", "A document for the victim over the attacker's channel", "004010") { address in
        Side.interchange(Maker.fresh() + 5000, to: address)
      },
      envelope("integration.edifact", "EDIFACT for the victim over the attacker's channel", "D.96A") { address in
        Side.edifact(Maker.fresh() + 5000, to: address)
      },
      Plot(
        "integration.address", "The victim's address is given to the attacker as well", .access, .integration,
        steps: ["Allot the victim's interchange address to the attacker."], expected: "Refused: it belongs to another.",
        wall: Wall(
          "an address belongs to one tenant of the platform", spoils: true,
          down: { field in
            try await field.administer(
              "DELETE FROM control.address WHERE address = 'ZZ:\(field.victim.address)'",
              in: ControlDatabase.databaseName)
          })
      ) { field in
        do {
          try await field.platform.allot(
            scheme: "x12", address: "ZZ:\(field.victim.address)", to: field.attacker.tenant.record)
          return .breach("both have it")
        } catch let refusal as Refusal { return .held(refusal.description) }
      },
    ] + inside.map(egress) + [rebound] + sealed

  /// Ways to write an address inside the platform's own network.
  private static let inside: [(id: String, url: String)] = [
    ("loopback", "http://127.0.0.1/"), ("short", "http://127.1/"), ("decimal", "http://2130706433/"),
    ("hex", "http://0x7f000001/"), ("octal", "http://0177.0.0.1/"), ("name", "http://localhost/"),
    ("nameDot", "http://localhost./"), ("subname", "http://a.localhost/"), ("zero", "http://0.0.0.0/"),
    ("six", "http://[::1]/"), ("mapped", "http://[::ffff:127.0.0.1]/"), ("nat64", "http://[64:ff9b::7f00:1]/"),
    ("private", "http://10.0.0.1/"), ("private16", "http://172.16.0.1/"), ("private24", "http://192.168.1.1/"),
    ("plainName", "http://postgres/"), ("internalName", "http://db.internal/"), ("unique", "http://[fd00::1]/"),
  ]

  private static func egress(_ target: (id: String, url: String)) -> any Attack {
    Plot(
      "integration.egress.\(target.id)", "A channel whose documents go to \(target.url)", .access, .integration,
      tiers: [.pooled], steps: ["Have a document delivered to \(target.url) by a server that others can reach."],
      expected: "Not delivered: the host is not allowed.",
      wall: .inAttack("the egress rule of a server that others reach: the control's is a development server's")
    ) { field in
      let rule = EgressRule(listeningOn: field.isControl ? "127.0.0.1" : "0.0.0.0", environment: [:])
      return rule.allows(target.url) ? .breach("allowed") : .held("delivery.hostNotAllowed")
    }
  }

  /// A public name that leads into the platform's own network when it is looked up.
  private struct Rebound: HostLookup {
    func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
      [try SocketAddress(ipAddress: "127.0.0.1", port: port)]
    }
  }

  private static let rebound: any Attack = Plot(
    "integration.egress.rebound", "A mail server whose public name leads to 127.0.0.1", .access, .integration,
    tiers: [.pooled], steps: ["Have mail handed to that server by a server that others can reach."],
    expected: "Not connected to: the address is not allowed.",
    wall: .inAttack("the egress rule of a server that others reach: the control's is a development server's")
  ) { field in
    let rule = EgressRule(listeningOn: field.isControl ? "127.0.0.1" : "0.0.0.0", environment: [:])
    var transport = SMTPTransport(egress: rule)
    transport.names = Rebound()
    let tenant = field.attacker.tenant.id
    let message = MailMessage(
      id: tenant.id, address: try MailURL("smtp://mail.example.com:1/?from=a@example.com&to=b@example.com"),
      password: [], brand: "", subject: "Attack", text: "Attack", writtenAt: Instant(seconds: 0))
    do { try await transport.deliver(message, of: tenant) } catch let abandoned as JobAbandoned {
      return .held(abandoned.code)
    } catch { return .breach("\(error)") }
    return .breach("delivered")
  }

  /// What is sealed for one tenant, moved into a row of another by somebody who can write both.
  private static func moved(_ id: String, _ title: String, purpose: String) -> any Attack {
    Plot(
      "integration.sealed.\(id)", title, .access, .integration,
      steps: ["Seal a secret for the victim.", "Put it where the attacker's own is read from, and have it opened."],
      expected: "It does not open: the tenant is part of what was sealed.",
      wall: .inAttack("the tenant is bound into the ciphertext: the control seals for nobody in particular")
    ) { field in
      let sealer = SecretSealer(master: field.platform.cluster.master)
      let owner: TenantID? = field.isControl ? nil : field.victim.tenant.id
      let reader: TenantID? = field.isControl ? nil : field.attacker.tenant.id
      let sealed = try sealer.seal(Array("victim's secret".utf8), tenant: owner, purpose: purpose)
      do {
        let text = try sealer.open(sealed, tenant: reader, purpose: purpose)
          .withValue { String(decoding: $0, as: UTF8.self) }
        return .breach("opened: \(text)")
      } catch { return .held("\(error)") }
    }
  }

  private static let sealed: [any Attack] = [
    moved("mail", "The password of the victim's mail account in the attacker's row", purpose: "mail account attack"),
    moved("answer", "A stored answer of the victim in the attacker's row", purpose: "idempotency"),
    moved("key", "A signing key of the victim in the attacker's row", purpose: "signing key attack"),
    Plot(
      "integration.sealed.purpose", "A stored answer in the place of a signing key", .access, .integration,
      steps: ["Seal an answer.", "Open it as a signing key of the same tenant."],
      expected: "It does not open: the purpose is part of what was sealed.",
      wall: .inAttack("the purpose is bound into the ciphertext: the control opens it for its own purpose")
    ) { field in
      let sealer = SecretSealer(master: field.platform.cluster.master)
      let tenant = field.victim.tenant.id
      let sealed = try sealer.seal([1, 2, 3], tenant: tenant, purpose: "idempotency")
      let purpose = field.isControl ? "idempotency" : "signing key attack"
      let opened = try? sealer.open(sealed, tenant: tenant, purpose: purpose)
      return opened == nil ? .held("it does not open") : .breach("it opened")
    },
    Plot(
      "cache.idempotency", "The victim's Idempotency-Key, guessed, with the victim's own actor id", .access, .cache,
      steps: [
        "As the victim, receive stock under an Idempotency-Key.",
        "As the attacker, with a token for an actor of the same id, send the same request under the same key.",
      ], expected: "The attacker's own stock is received; the stored answer is not repeated.",
      wall: .inAttack("stored answers belong to the tenant: the control asks with the victim's own tenant")
    ) { field in
      let actor = Actor(kind: .service, id: field.platform.ambient.makeID())
      let body = try Bodies.special("POST /v1/stock-adjustments", field.victim)
      let key = ["Idempotency-Key": "attack-\(Maker.fresh())"]
      func make(_ side: Side) async throws -> Reply {
        let token = try await field.stand.token(side.tenant.record, actor: actor)
        return try await field.stand.call("POST", "/v1/stock-adjustments", token: token, json: body, headers: key)
      }
      guard try await make(field.victim).status == 201 else { throw Unmakeable("the victim's stock was not received") }
      let answer = try await make(field.isControl ? field.victim : field.attacker)
      guard answer.status == 201 else { throw Unmakeable("no stock: \(answer.brief)") }
      return answer.headers["idempotency-replayed"] == nil ? .held("an own answer") : .breach("the stored answer")
    },
  ]
}
