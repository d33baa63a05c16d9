import BulkheadCore
import BulkheadData
import BulkheadServer

/// Endpoints, subscriptions and what was sent.
struct NotificationRoutes {
  let services: Services
  let vault: any SecretVault

  var routes: [Route] { settings + endpoints + subscriptions + [trial] + notifications }

  private static let endpointID = PathParameter("endpoint", .id(of: "notification_endpoint"), "The endpoint's id.")
  private static let subscriptionID = PathParameter(
    "subscription", .id(of: "notification_subscription"), "The subscription's id.")
  private static let notificationID = PathParameter("notification", .id(of: "notification"), "The notification's id.")
  private static let event = Schema.oneOf(NotificationEvent.allCases.map(\.rawValue))
  private static let secretMeaning = "A webhook's signing secret, or the password of the mail account."

  private static let endpointShape = Schema.object([
    Shapes.field("id", .id(of: "notification_endpoint")), Shapes.field("name", Shapes.name),
    Shapes.field("url", NotificationAddress.schema), Shapes.field("isActive", .boolean),
    Shapes.field("version", Shapes.version),
  ])
  private static let subscriptionShape = Schema.object([
    Shapes.field("id", .id(of: "notification_subscription")),
    Shapes.field("endpointId", .id(of: "notification_endpoint")), Shapes.field("event", event),
    Shapes.field("subject", Shapes.text(200)), Shapes.field("text", Shapes.text(4000)),
    Shapes.field("isActive", .boolean), Shapes.field("version", Shapes.version),
  ])
  private static let notificationShape = Schema.object([
    Shapes.field("id", .id(of: "notification")),
    Shapes.field("subscriptionId", .id(of: "notification_subscription")),
    Shapes.field("endpointId", .id(of: "notification_endpoint")), Shapes.field("event", event),
    Shapes.field("subject", .string(maxLength: 300)), Shapes.field("body", .any, "What is sent."),
    Shapes.field("state", .oneOf(["queued", "sent", "failed"])),
    Shapes.field("attempts", .integer(0...1_000_000)), Shapes.nullable("error", Shapes.text(200)),
    Shapes.field("createdAt", Shapes.instant), Shapes.nullable("settledAt", Shapes.instant),
  ])
  private static let brandShape = Schema.object([Shapes.field("brand", .string(maxLength: 100))])

  private var settings: [Route] {
    [
      Route(
        .get, "/v1/notification-settings", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Read what notifications are sent as", responses: Shapes.answer(Self.brandShape, "The brand"),
        handler: .read { request in
          let rows = try await request.tenant.read(Query(NotificationStatements.brand))
          return .ok(["brand": .string(try rows[0].first?.text(0) ?? "")])
        }),
      Route(
        .put, "/v1/notification-settings", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Say what notifications are sent as",
        body: .json(.object([Shapes.field("brand", Shapes.text(100), "Stands for {{brand}}.")])),
        responses: Shapes.answer(Self.brandShape, "The brand"),
        handler: .write { request, tx in
          let brand = try BodyReader(request.body).requiredText("brand")
          try tx.enqueue(Query(NotificationStatements.setBrand, .text(brand)))
          try tx.enqueue(
            services.audit.query(
              "notification.branded", subject: "notification_setting:main", detail: ["brand": .string(brand)],
              context: tx.context))
          return .ok(["brand": .string(brand)])
        }),
    ]
  }

  private var endpoints: [Route] {
    [
      Route(
        .post, "/v1/notification-endpoints", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Add an endpoint: a webhook or a mail account",
        details: """
          To an http or https address, messages are signed as standard-webhooks.com describes: webhook-id, \
          webhook-timestamp and webhook-signature, an HMAC-SHA256 with your secret (whsec_ and 24 to 64 bytes in \
          base64).

          To smtps://user@mail.example.com/?from=shop@example.com&to=buyer@example.com,desk@example.com (TLS, port \
          465) or smtp:// (STARTTLS, port 587), they are mail: from and to are e-mail addresses, at most 10 of the \
          latter, and a message is sent to all of them or to none. An @ in the user is written %40. The secret is the \
          user's password; where nobody logs in there is none.

          The secret is sealed and never shown again.
          """,
        body: .json(
          .object([
            Shapes.field("name", Shapes.name), Shapes.field("url", NotificationAddress.schema),
            Shapes.optional("secret", NotificationAddress.secretSchema, Self.secretMeaning),
          ])), responses: Shapes.created(Self.endpointShape, "The endpoint"),
        handler: .write { request, tx in
          let body = BodyReader(request.body)
          let id = services.ambient.makeID()
          let url = try body.requiredText("url")
          let address = try NotificationAddress(url)
          let insert = Query(
            NotificationStatements.insertEndpoint, .id(id), .text(try body.requiredText("name")), .text(url),
            .bytes(try seal(try address.key(body.text("secret")), for: address, id, tx.context)))
          let made = try await create(tx, [insert], read: Query(NotificationStatements.endpoint, .id(id))) {
            row throws(Refusal) in try NotificationStatements.endpoint(row)
          }
          try tx.enqueue(record("notification.endpointAdded", "notification_endpoint:\(id)", made, tx))
          return .created(made, version: 1, location: "/v1/notification-endpoints/\(id)")
        }),
      Route(
        .get, "/v1/notification-endpoints", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "List endpoints", query: QueryParameter.page,
        responses: Shapes.page(of: Self.endpointShape, "Endpoints"),
        handler: .read { request in
          try await listPage(request, NotificationStatements.endpoints) {
            row throws(Refusal) in try NotificationStatements.endpoint(row)
          }
        }),
      Route(
        .get, "/v1/notification-endpoints/{endpoint}", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Read an endpoint", parameters: [Self.endpointID],
        responses: Shapes.answer(Self.endpointShape, "The endpoint"),
        handler: .read { request in
          try await readOne(
            request, Query(NotificationStatements.endpoint, .id(try request.id("endpoint"))), version: 4
          ) { row throws(Refusal) in try NotificationStatements.endpoint(row) }
        }),
      Route(
        .patch, "/v1/notification-endpoints/{endpoint}", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Change an endpoint",
        details: """
          A password is given for one user of one server. Whoever changes either, or makes mail of a webhook or a \
          webhook of mail, sends the secret with it.
          """, parameters: [Self.endpointID],
        body: .json(
          .object([
            Shapes.optional("name", Shapes.name), Shapes.optional("url", NotificationAddress.schema),
            Shapes.optional("secret", NotificationAddress.secretSchema, Self.secretMeaning),
            Shapes.optional("isActive", .boolean),
          ])), responses: Shapes.answer(Self.endpointShape, "The endpoint as it is now"), requiresVersion: true,
        handler: .write { request, tx in
          let id = try request.id("endpoint")
          let body = BodyReader(request.body)
          let update = Query(
            NotificationStatements.updateEndpoint, .id(id), .int(try request.expectedVersion),
            .optional(body.text("name")), .optional(body.text("url")),
            try await changedSecret(body, id, try request.expectedVersion, tx).map { .bytes($0) } ?? .null,
            body.bool("isActive").map { .bool($0) } ?? .null)
          try await change(tx, update, exists: Query(NotificationStatements.endpointExists, .id(id)))
          guard let row = try await tx.run(NotificationStatements.endpoint, .id(id)).first else {
            throw Refusal.notFound
          }
          let changed = try NotificationStatements.endpoint(row)
          try tx.enqueue(record("notification.endpointChanged", "notification_endpoint:\(id)", changed, tx))
          return .ok(changed, version: try row.int(4))
        }),
    ]
  }

  private var subscriptions: [Route] {
    [
      Route(
        .post, "/v1/notification-subscriptions", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Tell an endpoint of an event",
        details: """
          Templates name facts by their path, such as {{brand}}, {{order.number}}, {{shipment.trackingNumber}}, \
          {{invoice.total}} or {{alert.sku}}; there is nothing to run in them.
          """,
        body: .json(
          .object([
            Shapes.field("endpointId", .id(of: "notification_endpoint")), Shapes.field("event", Self.event),
            Shapes.optional("subject", .nullable(Shapes.text(200)), "A plain sentence by default."),
            Shapes.optional("text", .nullable(Shapes.text(4000))),
          ])), responses: Shapes.created(Self.subscriptionShape, "The subscription"),
        handler: .write { request, tx in try await subscribe(BodyReader(request.body), tx) }),
      Route(
        .get, "/v1/notification-subscriptions", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "List subscriptions", query: QueryParameter.page,
        responses: Shapes.page(of: Self.subscriptionShape, "Subscriptions"),
        handler: .read { request in
          try await listPage(request, NotificationStatements.allSubscriptions) {
            row throws(Refusal) in try NotificationStatements.subscription(row)
          }
        }),
      Route(
        .patch, "/v1/notification-subscriptions/{subscription}", access: .tenant(.notificationsManage),
        tag: "notifications", summary: "Change a subscription", parameters: [Self.subscriptionID],
        body: .json(
          .object([
            Shapes.optional("subject", Shapes.text(200)), Shapes.optional("text", Shapes.text(4000)),
            Shapes.optional("isActive", .boolean),
          ])), responses: Shapes.answer(Self.subscriptionShape, "The subscription as it is now"),
        requiresVersion: true,
        handler: .write { request, tx in
          let id = try request.id("subscription")
          let body = BodyReader(request.body)
          let update = Query(
            NotificationStatements.updateSubscription, .id(id), .int(try request.expectedVersion),
            .optional(body.text("subject")), .optional(body.text("text")),
            body.bool("isActive").map { .bool($0) } ?? .null)
          try await change(tx, update, exists: Query(NotificationStatements.subscriptionExists, .id(id)))
          guard let row = try await tx.run(NotificationStatements.subscription, .id(id)).first else {
            throw Refusal.notFound
          }
          let changed = try NotificationStatements.subscription(row)
          try tx.enqueue(record("notification.subscriptionChanged", "notification_subscription:\(id)", changed, tx))
          return .ok(changed, version: try row.int(6))
        }),
    ]
  }

  private var trial: Route {
    Route(
      .post, "/v1/notification-subscriptions/{subscription}/trials", access: .tenant(.notificationsManage),
      tag: "notifications", summary: "Send a message about nothing, to see whether it arrives",
      parameters: [Self.subscriptionID], responses: Shapes.created(Self.notificationShape, "The notification, queued"),
      handler: .write { request, tx in
        let id = try await NotificationDesk(services: services).trial(try request.id("subscription"), in: tx)
        guard let row = try await tx.run(NotificationStatements.one, .id(id)).first else { throw Refusal.notFound }
        return .created(try NotificationStatements.notification(row), location: "/v1/notifications")
      })
  }

  private func subscribe(_ body: BodyReader, _ tx: Transaction) async throws -> Response {
    guard let event = NotificationEvent(rawValue: try body.requiredText("event")) else { throw Refusal.notFound }
    let id = services.ambient.makeID()
    let insert = Query(
      NotificationStatements.insertSubscription, .id(id), .id(try body.requiredID("endpointId")),
      .text(event.rawValue), .text(body.text("subject") ?? event.subject), .text(body.text("text") ?? event.text))
    let made = try await create(tx, [insert], read: Query(NotificationStatements.subscription, .id(id))) {
      row throws(Refusal) in try NotificationStatements.subscription(row)
    }
    try tx.enqueue(record("notification.subscribed", "notification_subscription:\(id)", made, tx))
    return .created(made, version: 1, location: "/v1/notification-subscriptions")
  }

  private var notifications: [Route] {
    [
      Route(
        .get, "/v1/notifications", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "List notifications, newest first",
        query: QueryParameter.page + [
          QueryParameter("state", .oneOf(["queued", "sent", "failed"]), "Only notifications in this state."),
          QueryParameter("event", Self.event, "Only of this event."),
        ], responses: Shapes.page(of: Self.notificationShape, "Notifications"),
        handler: .read { request in
          try await listPage(
            request, NotificationStatements.list,
            [.optional(request.parts.queryText("state")), .optional(request.parts.queryText("event"))],
            from: .greatest
          ) { row throws(Refusal) in try NotificationStatements.notification(row) }
        }),
      Route(
        .post, "/v1/notifications/{notification}/retry", access: .tenant(.notificationsManage), tag: "notifications",
        summary: "Send a failed notification again", parameters: [Self.notificationID],
        responses: Shapes.answer(Self.notificationShape, "The notification, queued"),
        handler: .write { request, tx in
          let id = try request.id("notification")
          guard let row = try await tx.run(NotificationStatements.lock, .id(id)).first else { throw Refusal.notFound }
          let state = try row.text(0)
          guard state == "failed" else {
            throw Refusal(.notificationWrongState, "A notification that is \(state) is not sent again.")
          }
          try tx.enqueue(Query(NotificationStatements.requeue, .id(id)))
          try tx.enqueue(
            services.outbox.query(
              topic: NotificationDesk.readyTopic, key: id.description, payload: ["notification": .id(id)],
              context: tx.context))
          try tx.enqueue(record("notification.retried", "notification:\(id)", [:], tx))
          guard let now = try await tx.run(NotificationStatements.one, .id(id)).first else { throw Refusal.notFound }
          return .ok(try NotificationStatements.notification(now))
        }),
    ]
  }

  private func seal(
    _ key: [UInt8], for address: NotificationAddress, _ id: EntityID, _ context: TenantContext
  ) throws -> [UInt8] {
    try vault.seal(key, purpose: address.purpose(id), tenant: context.tenant)
  }

  /// The secret that a change brings, sealed for the address as it will be; `nil` when what is there stays good.
  private func changedSecret(
    _ body: BodyReader, _ id: EntityID, _ version: Int64, _ tx: Transaction
  ) async throws -> [UInt8]? {
    guard body.has("url") || body.has("secret") else { return nil }
    // Gone or changed meanwhile: the update says so.
    guard let row = try await tx.run(NotificationStatements.endpoint, .id(id)).first, try row.int(4) == version else {
      return nil
    }
    let before = try NotificationAddress(try row.text(2))
    let after = try body.text("url").map { url throws(Refusal) in try NotificationAddress(url) } ?? before
    guard body.has("secret") || after.purpose(id) != before.purpose(id) else { return nil }
    return try seal(try after.key(body.text("secret")), for: after, id, tx.context)
  }

  private func record(_ act: String, _ subject: String, _ detail: JSON, _ tx: Transaction) throws -> Query {
    try services.audit.query(act, subject: subject, detail: detail, context: tx.context)
  }
}

extension Permission {
  /// To say which events are told to which endpoints.
  public static let notificationsManage: Permission = "notifications.manage"
}
