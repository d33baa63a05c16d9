import BulkheadCore

/// One tenant's telling of a chain of work: what it asks of the API, and each figure that came out beside the one
/// worked out by hand.
actor Story {
  /// A number that somebody worked out with a pencil, and what the system says.
  struct Figure: Sendable {
    let chapter: Int
    let what: String
    let expected: String
    let found: String

    var holds: Bool { expected == found }
  }

  enum Line: Sendable {
    case chapter(Int, String)
    case text(String)
    case figure(Figure)
  }

  /// A request that did not succeed: the chain cannot go on.
  struct Broken: Error, CustomStringConvertible {
    let description: String
  }

  /// What goes with a request: nothing, JSON, or an interchange of a partner.
  struct Body: Sendable {
    var json: JSON?
    var interchange: [UInt8]?

    var headers: [String: String] { interchange == nil ? [:] : ["Content-Type": "application/edi-x12"] }
  }

  typealias Ask = @Sendable (_ method: String, _ path: String, _ body: Body) async throws -> Reply

  private let ask: Ask
  private let hears: @Sendable (Line) -> Void
  private var chapter = 0
  private(set) var figures: [Figure] = []

  /// - Parameters:
  ///   - ask: sends a request with the tenant's token.
  ///   - hears: told every line as it comes.
  init(ask: @escaping Ask, hears: @escaping @Sendable (Line) -> Void = { _ in }) {
    self.ask = ask
    self.hears = hears
  }

  func begin(_ chapter: Int, _ title: String) {
    self.chapter = chapter
    hears(.chapter(chapter, title))
  }

  func tell(_ text: String) { hears(.text(text)) }

  func figure(_ what: String, _ expected: String, _ found: String?) {
    let figure = Figure(chapter: chapter, what: what, expected: expected, found: found ?? "nothing")
    figures.append(figure)
    hears(.figure(figure))
  }

  func get(_ path: String) async throws -> JSON { try Self.good(try await ask("GET", path, Body()), path).json }

  @discardableResult
  func post(_ path: String, _ body: JSON? = nil) async throws -> JSON {
    try Self.good(try await ask("POST", path, Body(json: body)), path).json
  }

  /// What became of an interchange that a partner handed in.
  func handIn(_ path: String, _ bytes: [UInt8]) async throws -> JSON {
    try Self.good(try await ask("POST", path, Body(interchange: bytes)), path).json
  }

  @discardableResult
  func put(_ path: String, _ body: JSON) async throws -> JSON {
    try Self.good(try await ask("PUT", path, Body(json: body)), path).json
  }

  /// The code with which `body` is refused; "accepted" when it is not.
  func refusal(_ path: String, _ body: JSON? = nil) async throws -> String {
    try await ask("POST", path, Body(json: body)).code ?? "accepted"
  }

  /// The text of an answer that is no JSON.
  func text(_ path: String) async throws -> String { try Self.good(try await ask("GET", path, Body()), path).text }

  /// How long what a document leads to may take.
  private static let waitMax = Duration.seconds(60)

  /// The id of the one item of a list, once it is there: what a partner's document leads to is done by a job.
  func awaited(_ path: String) async throws -> String {
    let deadline = ContinuousClock.now + Self.waitMax
    while ContinuousClock.now < deadline {
      if let id = try await get(path)["items"]?[0]?["id"]?.string { return id }
      try await Task.sleep(for: .milliseconds(10))
    }
    throw Broken(description: "\(path): none")
  }

  /// A member of the one item that a list is asked for.
  func one(_ path: String, _ member: String = "id") async throws -> String {
    guard let found = try await get(path)["items"]?[0]?[member]?.string else {
      throw Broken(description: "\(path): none")
    }
    return found
  }

  /// Debits less credits of an account, by its code.
  func balance(_ account: String) async throws -> String? {
    let accounts = try await get("/v1/trial-balance")["accounts"]?.array ?? []
    return accounts.first { $0["account"]?.string == account }?["balance"]?.string
  }

  private static func good(_ reply: Reply, _ path: String) throws -> Reply {
    guard reply.status < 300 else { throw Broken(description: "\(path): \(reply.brief) \(reply.text.prefix(600))") }
    return reply
  }
}

extension JSON {
  /// A member that must be there for the chain to go on.
  func needed(_ member: String) throws -> String {
    guard let text = self[member]?.string else {
      throw Story.Broken(description: "an answer has no \(member): \(self.text)")
    }
    return text
  }

  /// The text of an amount of money.
  func money(_ member: String) -> String? { self[member]?["amount"]?.string }
}
