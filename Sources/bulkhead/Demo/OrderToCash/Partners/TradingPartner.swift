import BulkheadCore

/// A customer or supplier of the story, with software of its own: it writes X12 004010 by hand and reads what it gets.
actor TradingPartner {
  /// What a partner has agreed on with the company.
  struct Agreement: Sendable {
    /// The partner's address and the company's, both with the qualifier ZZ.
    let theirs: String
    let ours: String
    /// The party in the company's books.
    let party: String
    var sendsOrders = false
  }

  /// A document that came, as text.
  struct Paper: Sendable {
    let segments: [[String]]

    init(_ text: String) {
      segments = text.split(separator: "~").map { segment in
        segment.split(separator: "*", omittingEmptySubsequences: false)
          .map { String($0.filter { !$0.isNewline }) }
      }
    }

    var type: String? { first("ST")?[1] }
    func first(_ tag: String) -> [String]? { all(tag).first }
    func all(_ tag: String) -> [[String]] { segments.filter { $0.first == tag && $0.count > 1 } }

    /// Elements of each segment of `tag`, as in `IA 60, IB 40`.
    func said(_ tag: String, _ elements: Int...) -> String {
      all(tag).map { segment in elements.compactMap { $0 < segment.count ? segment[$0] : nil }.joined(separator: " ") }
        .joined(separator: ", ")
    }
  }

  private static let day = "20260105"

  private let story: Story
  private let agreement: Agreement
  private let mailbox: PartnerMailbox
  private let channel: String
  private let box: String
  private var control = 0

  private init(_ story: Story, _ agreement: Agreement, _ mailbox: PartnerMailbox, channel: String, box: String) {
    self.story = story
    self.agreement = agreement
    self.mailbox = mailbox
    self.channel = channel
    self.box = box
  }

  /// The company sets up partner, channel and agreement.
  static func agree(
    _ agreement: Agreement, _ mailbox: PartnerMailbox, in story: Story
  ) async throws -> TradingPartner {
    let box = "/\(agreement.ours)/\(agreement.theirs)"
    let partner = try await story.post("/v1/edi/partners", ["party": .string(agreement.party)])["id"] ?? .null
    let channel = try await story.post(
      "/v1/edi/channels",
      ["partner": partner, "name": .string(agreement.theirs), "deliveryUrl": .string(mailbox.url + box)])
    try await story.post(
      "/v1/edi/agreements",
      [
        "partner": partner, "ourQualifier": "ZZ", "ourId": .string(agreement.ours), "theirQualifier": "ZZ",
        "theirId": .string(agreement.theirs), "version": "004010", "usage": "T",
        "sendsOrders": .bool(agreement.sendsOrders),
      ])
    return TradingPartner(story, agreement, mailbox, channel: try channel.needed("id"), box: box)
  }

  /// Hands in one document over the partner's channel, and takes the company's 997 for it: "accepted" or "rejected".
  func send(_ group: String, _ type: String, _ segments: [String]) async throws -> String {
    _ = try await deliver(group, type, segments)
    let paper = try await take("997")
    guard paper.first("AK1")?[1] == group else { throw Story.Broken(description: "a 997 for something else") }
    return paper.first("AK5")?[1] == "A" ? "accepted" : "rejected"
  }

  /// The next document of `type`, acknowledged.
  func receive(_ type: String) async throws -> Paper {
    let paper = try await take(type)
    guard let group = paper.first("GS"), let set = paper.first("ST"), group.count > 6, set.count > 2 else {
      throw Story.Broken(description: "an envelope that is none")
    }
    _ = try await deliver(
      "FA", "997",
      ["AK1*\(group[1])*\(group[6])", "AK2*\(set[1])*\(set[2])", "AK5*A", "AK9*A*1*1*1"])
    return paper
  }

  private func take(_ type: String) async throws -> Paper {
    Paper(try await mailbox.take(box, "a \(type)") { Paper($0.text).type == type }.text)
  }

  private func deliver(_ group: String, _ type: String, _ segments: [String]) async throws -> JSON {
    control += 1
    let number = String(String(1_000_000_000 + control).dropFirst())
    let (from, to) = (agreement.theirs, agreement.ours)
    let all =
      [
        "ISA*00*          *00*          *ZZ*\(Self.padded(from))*ZZ*\(Self.padded(to))*260105*0900*U*00401*"
          + "\(number)*0*T*>",
        "GS*\(group)*\(from)*\(to)*\(Self.day)*0900*\(control)*X*004010", "ST*\(type)*0001",
      ] + segments + ["SE*\(segments.count + 2)*0001", "GE*1*\(control)", "IEA*1*\(number)"]
    return try await story.handIn(
      "/v1/edi/channels/\(channel)/interchanges", Array(all.map { $0 + "~\n" }.joined().utf8))
  }

  /// Interchange ids have fifteen places.
  private static func padded(_ id: String) -> String { id + String(repeating: " ", count: max(0, 15 - id.count)) }
}
