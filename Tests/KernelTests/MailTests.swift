import BulkheadCore
import Distribution
import Foundation
import Testing

@testable import bulkhead

/// Mail from the event to the server, in a running system.
@Suite("Notifications by mail")
struct MailTests {
  private static func transport() throws -> SMTPTransport {
    SMTPTransport(
      egress: EgressRule(allowsInside: true), trust: MailTrust(roots: .certificates([try MailServer.certificate])))
  }

  /// Has `tenant` told of confirmed orders at `url`; answers the endpoint.
  @discardableResult
  private static func subscribe(
    _ floor: Floor, _ url: String, _ secret: String?, subject: String = "{{brand}} {{order.number}}"
  ) async throws -> JSON {
    _ = try await floor.system.call(
      "PUT", "/v1/notification-settings", token: floor.tenant.token, json: ["brand": "Corner"])
    var body = [JSON.Member("name", "Mail"), JSON.Member("url", .string(url))]
    if let secret { body.append(JSON.Member("secret", .string(secret))) }
    let endpoint = try await floor.post("/v1/notification-endpoints", .object(body), expecting: 201)
    try await floor.post(
      "/v1/notification-subscriptions",
      [
        "endpointId": endpoint["id"] ?? .null, "event": "order.confirmed", "subject": .string(subject),
        "text": "Bestellung {{order.poNumber}}: {{order.total}} {{order.currency}} – danke",
      ], expecting: 201)
    return endpoint
  }

  private static func first(_ floor: Floor, _ state: String) async throws -> JSON {
    let path = "/v1/notifications?state=\(state)"
    try await NotificationTests.wait { try await floor.get(path)["items"]?[0] != nil }
    return try await floor.get(path)["items"]?[0] ?? .null
  }

  @Test("two tenants with the same numbers: each gets its own mail, by its own account, and nothing tells who they are")
  func tenants() async throws {
    let accounts = ["one": "first secret", "two": "second secret"]
    try await MailServer.run(.startTLS, accounts: accounts) { server in
      try await TestSystem.run(worker: true, mail: try Self.transport()) { system in
        let tenants = [try await system.tenant(.pooled), try await system.tenant(.pooled)]
        let people = "from=shop@example.com&to=buyer@example.com"
        for (tenant, user) in zip(tenants, ["one", "two"]) {
          let floor = Floor(system: system, tenant: tenant)
          let endpoint = try await Self.subscribe(
            floor, "smtp://\(user)@127.0.0.1:\(server.port)/?\(people)", accounts[user])
          #expect(endpoint["secret"] == nil && !endpoint.text.contains("secret"))
          _ = try await floor.order(10, po: "4500000042")
        }
        try await NotificationTests.wait { server.mails.count == 2 }
        let mails = server.mails
        #expect(mails.map(\.login).sorted { $0[0] < $1[0] } == [["one", "first secret"], ["two", "second secret"]])
        #expect(mails.allSatisfy { $0.isSecure && $0.to == ["buyer@example.com"] && $0.from == "shop@example.com" })
        #expect(mails.allSatisfy { $0.header("From") == "Corner <shop@example.com>" })
        #expect(Set(mails.map { $0.header("Subject") ?? "?" }).count == 1, "the same words in both")
        #expect(mails.first?.header("Subject")?.hasPrefix("Corner SO-") == true)
        #expect(mails.allSatisfy { $0.text == "Bestellung 4500000042: 112.50 USD – danke\r\n" })
        #expect(Set(mails.map { $0.header("Message-ID") ?? "?" }).count == 2)
        for tenant in tenants {
          let sent = try await Self.first(Floor(system: system, tenant: tenant), "sent")
          let internals = [
            tenant.id.description, tenant.slug, try #require(sent["id"]?.string),
            try #require(sent["endpointId"]?.string),
          ]
          for mail in mails { #expect(internals.allSatisfy { !mail.letter.contains($0) && !mail.text.contains($0) }) }
          let all = try await system.get("/v1/notification-endpoints", tenant).text
          #expect(!all.contains("secret"))
        }
      }
    }
  }

  @Test("a mail that is put off is sent again, byte for byte the same and under the same name")
  func retried() async throws {
    try await MailServer.run(.plain, instead: [(".", .text("451 greylisted")), ("RCPT", .text("450 not yet"))]) {
      server in
      try await TestSystem.run(worker: true, mail: try Self.transport()) { system in
        let floor = Floor(system: system, tenant: try await system.tenant(.schema))
        try await Self.subscribe(
          floor, "smtp://127.0.0.1:\(server.port)/?from=shop@example.com&to=buyer@example.com", nil)
        _ = try await floor.order(1)
        let sent = try await Self.first(floor, "sent")
        #expect(sent["attempts"]?.int == 3 && sent["error"] == .null)
        let (refused, taken) = (server.record.refused, server.mails)
        #expect(refused.count == 1 && taken.count == 1 && refused.first?.letter == taken.first?.letter)
        #expect(taken.first?.header("Message-ID")?.hasSuffix("@example.com>") == true)
      }
    }
  }

  @Test("a mail server that says no is asked once; the mail waits until somebody sends it again")
  func refused() async throws {
    try await MailServer.run(.plain, instead: [("RCPT", .text("550 5.1.1 no such user here"))]) { server in
      try await TestSystem.run(worker: true, mail: try Self.transport()) { system in
        let floor = Floor(system: system, tenant: try await system.tenant(.dedicated))
        try await Self.subscribe(
          floor, "smtp://127.0.0.1:\(server.port)/?from=shop@example.com&to=buyer@example.com", nil)
        _ = try await floor.order(1)
        let failed = try await Self.first(floor, "failed")
        #expect(failed["error"]?.string == "The mail server answered 550 to RCPT TO." && failed["attempts"]?.int == 1)
        let jobs = try await system.platform.control.run(
          """
          SELECT state, attempt, last_error_code FROM control.job_status
           WHERE tenant_id = $1 AND topic = 'notification.ready'
          """, [.id(floor.tenant.id.id)])
        let told = try jobs.map { "\(try $0.text(0)) \(try $0.int(1)) \(try $0.text(2))" }
        #expect(told == ["dead 1 delivery.refused"])
        #expect(server.record.connections == 1)
        try await floor.act("/v1/notifications/\(try floor.text(failed["id"]))/retry")
        _ = try await Self.first(floor, "sent")
        #expect(server.mails.count == 1)
      }
    }
  }

  @Test("words that would be headers or the end of the letter stay words")
  func hostileWords() async throws {
    try await MailServer.run { server in
      try await TestSystem.run(worker: true, mail: try Self.transport()) { system in
        let floor = Floor(system: system, tenant: try await system.tenant(.pooled))
        try await Self.subscribe(
          floor, "smtp://127.0.0.1:\(server.port)/?from=shop@example.com&to=buyer@example.com", nil,
          subject: "x\r\nBcc: evil@example.net\r\n\r\n.\r\nMAIL FROM:<evil@example.net>\r\n")
        _ = try await floor.order(1)
        try await NotificationTests.wait { server.mails.count == 1 }
        let mail = try #require(server.mails.first)
        #expect(mail.to == ["buyer@example.com"] && mail.header("Bcc") == nil)
        #expect(mail.header("Subject")?.hasPrefix("x  Bcc: evil@example.net") == true)
        #expect(server.record.commands.filter { $0.hasPrefix("MAIL") }.count == 1)
      }
    }
  }

  @Test("a password goes to the server that it was given for, and with it to no other")
  func password() async throws {
    try await MailServer.run(.plain, accounts: ["u": "given"]) { server in
      try await TestSystem.run(worker: true, mail: try Self.transport()) { system in
        let floor = Floor(system: system, tenant: try await system.tenant(.schema))
        let people = "from=shop@example.com&to=buyer@example.com"
        let endpoint = try await Self.subscribe(floor, "smtp://u@mail.example.com/?\(people)", "given")
        let path = "/v1/notification-endpoints/\(try floor.text(endpoint["id"]))"
        let own = "smtp://u@127.0.0.1:\(server.port)/?\(people)"
        func patch(_ version: Int, _ body: JSON) async throws -> TestAnswer {
          try await system.call(
            "PATCH", path, token: floor.tenant.token, json: body, headers: ["If-Match": "\"\(version)\""])
        }
        // Somebody who may change the endpoint, and does not know the password, points it at a server of their own.
        for url in [own, "https://shop.test/hook", "smtps://u@mail.example.com/?\(people)"] {
          let stolen = try await patch(1, ["url": .string(url)])
          #expect(stolen.status == 422 && stolen.places == ["/secret notification.secretMissing"], "\(stolen.text)")
        }
        #expect(try await patch(7, ["url": .string(own)]).code == "version.mismatch")
        // The people may change without it.
        let moved = try await patch(1, ["url": "smtp://u@mail.example.com:587/?from=a@b.test&to=c@d.test"])
        #expect(moved.status == 200, "\(moved.text)")
        // Past the API, by somebody who can write rows: it does not open beside another address.
        let placement = floor.tenant.record.placement
        _ = try await system.platform.cluster.cells.admin(of: placement.cell).connected(to: placement.database) {
          try await $0.simple(
            """
            SET session_replication_role = replica;
            UPDATE \(placement.schema).notification_endpoint SET url = '\(own)'
             WHERE tenant_id = '\(floor.tenant.id)'
            """, deadline: nil)
        }
        _ = try await floor.order(1)
        try await NotificationTests.wait {
          let told = try await floor.get("/v1/notifications?state=queued")["items"]?[0]
          return (told?["attempts"]?.int ?? 0) > 0
        }
        #expect(server.record.connections == 0)
        // With the password, it is sent there.
        #expect(try await patch(2, ["url": .string(own), "secret": "given"]).status == 200)
        _ = try await Self.first(floor, "sent")
        #expect(server.mails.first?.login == ["u", "given"])
      }
    }
  }

  @Test("an endpoint is refused with the reason, and where it is wrong")
  func refusals() async throws {
    try await TestSystem.run { system in
      let tenant = try await system.tenant(.pooled)
      let people = "from=shop@example.com&to=buyer@example.com"
      let cases: [(String, String?, String)] = [
        ("smtp://u:p@h.test/?\(people)", "p", "/url mailURL.passwordInURL"),
        ("smtp://u@h.test/?from=shop@example.com%0D%0A&to=x@y.test", "p", "/url mailURL.fromInvalid"),
        ("smtp://u@h.test/?\(people)", nil, "/secret notification.secretMissing"),
        ("smtp://h.test/?\(people)", "p", "/secret notification.secretUnexpected"),
        ("https://shop.test/hook", nil, "/secret notification.secretMissing"),
        ("https://shop.test/hook", "whsec_short", "/secret notification.secretMalformed"),
        ("ftp://shop.test/", "p", "/url field.pattern"),
        ("smtp://h.test/?from=a@b.test \r\n", "p", "/url field.pattern"),
        ("https://u@shop.test/", "p", "/url field.pattern"),
      ]
      for (url, secret, place) in cases {
        var body = [JSON.Member("name", "Mail"), JSON.Member("url", .string(url))]
        if let secret { body.append(JSON.Member("secret", .string(secret))) }
        let answer = try await system.post("/v1/notification-endpoints", tenant, .object(body))
        #expect(answer.status == 422 && answer.places == [place], "\(url): \(answer.text)")
      }
    }
  }
}
