import BulkheadCore
import BulkheadData
import BulkheadServer

/// Partners, channels, agreements and addresses in store. Tenant-scoped.
struct EDIDirectory: Sendable {
  let ambient: Ambient

  /// Refuses with `edi.partyUnknown` or `edi.partnerExists`.
  func addPartner(_ body: JSON, in transaction: Transaction) async throws -> JSON {
    guard let party = body["party"]?.id else { throw Refusal(.inputInvalid, "A party is needed.", at: "/party") }
    let id = ambient.makeID()
    try await refusing([
      "trading_partner_party_fkey": ("edi.partyUnknown", "There is no such party.", "/party"),
      "trading_partner_party_key": ("edi.partnerExists", "The party is a trading partner already.", "/party"),
    ]) {
      try await transaction.run(
        Statement("INSERT INTO trading_partner (id, party_id) VALUES ($1, $2)"), .id(id), .id(party))
    }
    return ["id": .id(id), "party": .id(party), "state": "active"]
  }

  /// Refuses with `edi.partnerUnknown` or `edi.channelExists`.
  func addChannel(_ body: JSON, in transaction: Transaction) async throws -> JSON {
    guard let partner = body["partner"]?.id, let name = body["name"]?.string else {
      throw Refusal(.inputInvalid, "A partner and a name are needed.", at: "/partner")
    }
    let id = ambient.makeID()
    let url = body["deliveryUrl"]?.string
    try await refusing([
      "edi_channel_partner_fkey": ("edi.partnerUnknown", "There is no such trading partner.", "/partner"),
      "edi_channel_name_key": ("edi.channelExists", "A channel has this name already.", "/name"),
    ]) {
      try await transaction.run(
        Statement(
          """
          INSERT INTO edi_channel (id, partner_id, kind, name, delivery_url) VALUES ($1, $2, 'http', $3, $4)
          """), .id(id), .id(partner), .text(name), .optional(url))
    }
    return [
      "id": .id(id), "partner": .id(partner), "kind": "http", "name": .string(name), "deliveryUrl": .optional(url),
      "state": "active",
    ]
  }

  /// Makes an agreement and its control numbers. Refuses with `edi.partnerUnknown`, `edi.addressNotOurs` or
  /// `edi.agreementExists`.
  func addAgreement(_ body: JSON, in transaction: Transaction) async throws -> JSON {
    let names = ["ourQualifier", "ourId", "theirQualifier", "theirId", "version", "usage"]
    let texts = names.compactMap { body[$0]?.string }
    guard let partner = body["partner"]?.id, texts.count == names.count else {
      throw Refusal(.inputInvalid, "A partner and both addresses are needed.", at: "/partner")
    }
    let id = ambient.makeID()
    let flags = ["sendsOrders", "sendsShipNotices", "sendsInvoices"]
    let sends = flags.map { body[$0]?.bool ?? false }
    let seconds: Int64 = body["acknowledgeWithin"]?.int.map { Int64($0) } ?? 86_400
    var values: [SQLValue] = [.id(id), .id(partner)]
    values += texts.map(SQLValue.text)
    values += sends.map(SQLValue.bool) + [.int(seconds)]
    try await refusing([
      "edi_agreement_partner_fkey": ("edi.partnerUnknown", "There is no such trading partner.", "/partner"),
      "edi_agreement_our_address_fkey": ("edi.addressNotOurs", "This is not one of your addresses.", "/ourId"),
      "edi_agreement_envelope_key": ("edi.agreementExists", "There is an agreement of these addresses.", "/theirId"),
    ]) {
      _ = try await transaction.run(
        Query(
          Statement(
            """
            INSERT INTO edi_agreement
              (id, partner_id, our_qualifier, our_id, their_qualifier, their_id, version, usage, sends_orders,
               sends_ship_notices, sends_invoices, ack_seconds)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
            """), values),
        Query(Statement("INSERT INTO edi_control_number (agreement_id) VALUES ($1)"), .id(id)))
    }
    let fields = zip(names, texts).map { JSON.Member($0, .string($1)) }
    var more = zip(flags, sends).map { JSON.Member($0, .bool($1)) }
    more.append(.init("acknowledgeWithin", .int(seconds)))
    return .object(
      [.init("id", .id(id)), .init("partner", .id(partner))] + fields + more + [.init("state", "active")])
  }

  /// Changes what the members of `body` name. Refuses with `resource.notFound`.
  func changeAgreement(_ id: EntityID, _ body: JSON, in transaction: Transaction) async throws -> JSON {
    func flag(_ name: String) -> SQLValue { body[name]?.bool.map(SQLValue.bool) ?? .null }
    let rows = try await transaction.run(
      Statement(
        """
        UPDATE edi_agreement AS agreed
        SET sends_orders = coalesce($2::boolean, agreed.sends_orders),
            sends_ship_notices = coalesce($3::boolean, agreed.sends_ship_notices),
            sends_invoices = coalesce($4::boolean, agreed.sends_invoices),
            ack_seconds = coalesce($5::integer, agreed.ack_seconds)
        WHERE agreed.id = $1
        RETURNING agreed.id, agreed.partner_id, agreed.our_qualifier, agreed.our_id, agreed.their_qualifier,
          agreed.their_id, agreed.version, agreed.usage, agreed.state, agreed.sends_orders, agreed.sends_ship_notices,
          agreed.sends_invoices, agreed.ack_seconds
        """), .id(id), flag("sendsOrders"), flag("sendsShipNotices"), flag("sendsInvoices"),
      .optional(body["acknowledgeWithin"]?.int.map { Int64($0) }))
    guard let row = rows.first else { throw Refusal.notFound }
    return try Self.agreement(row)
  }

  /// An agreement as answers show it.
  static func agreement(_ row: Row) throws(Refusal) -> JSON {
    [
      "id": .id(try row.id(0)), "partner": .id(try row.id(1)), "ourQualifier": .string(try row.text(2)),
      "ourId": .string(try row.text(3)), "theirQualifier": .string(try row.text(4)),
      "theirId": .string(try row.text(5)), "version": .string(try row.text(6)), "usage": .string(try row.text(7)),
      "sendsOrders": .bool(try row.bool(9)), "sendsShipNotices": .bool(try row.bool(10)),
      "sendsInvoices": .bool(try row.bool(11)), "acknowledgeWithin": .int(try row.int(12)),
      "state": .string(try row.text(8)),
    ]
  }

  /// Turns the violation of a named constraint into a refusal that names the place of the input.
  private func refusing(
    _ rules: [String: (code: String, detail: String, pointer: String)], _ body: () async throws -> Void
  ) async throws {
    do { try await body() } catch let error as DataError {
      guard let constraint = error.constraint, let rule = rules[constraint] else { throw error }
      let category: RefusalCategory = error.kind == .uniqueViolation ? .conflict : .invalid
      throw Refusal(RefusalCode(rule.code, category), rule.detail, at: rule.pointer)
    }
  }
}
