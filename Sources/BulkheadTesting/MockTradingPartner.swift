import BulkheadCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// An independent trading partner for tests: mock-edi 0.9.0 (PyPI, MIT) as a process of its own, in the part of the
/// buyer, of the supplier, or of both. It writes purchase orders or answers, ships and bills those that it is sent,
/// validates whatever it is sent, and says what it thinks of it.
///
/// It is started on a free loopback port with a clock that stands still, so that two runs write the same documents. It
/// cannot authenticate towards us (its own deliveries are AS2 without credentials), so its orders are collected from
/// its mailbox and handed in by the test, as a value-added network would; what we deliver goes to `deliveryURL`.
public final class MockTradingPartner: Sendable {
  /// Names the program. Without it the folder of test tools is looked into, then `PATH`.
  public static let programVariable = "BULKHEAD_MOCK_EDI"
  /// Names the folder of programs that only tests need.
  public static let toolsVariable = "BULKHEAD_TEST_TOOLS"
  /// How long the process may take to answer its first request.
  public static let startDurationMax = Duration.seconds(20)
  /// How long one request may take.
  static let requestSecondsMax = 20.0

  /// The language that the mock speaks with somebody.
  public enum Dialect: String, Sendable {
    case x12 = "X12"
    case edifact = "EDIFACT"

    fileprivate var version: String { self == .x12 ? "004010" : "D:96A:UN" }
    /// What an interchange of the mock begins with, and no value of its documents holds.
    fileprivate static let beginnings = ["ISA*", "UNA:+.? '"]
  }

  /// What a supplier is to the buyer.
  public struct Supplier: Sendable {
    /// The supplier's interchange id (ISA08 of the orders).
    public let id: String
    public let qualifier: String
    public let isTest: Bool
    /// Whether it sells to the mock, or buys from it.
    public let isCustomer: Bool
    public let dialect: Dialect

    public init(
      id: String, qualifier: String = "ZZ", isTest: Bool = true, isCustomer: Bool = false, dialect: Dialect = .x12
    ) {
      self.id = id
      self.qualifier = qualifier
      self.isTest = isTest
      self.isCustomer = isCustomer
      self.dialect = dialect
    }
  }

  /// A line to be ordered.
  public struct Line: Sendable {
    public let sku: String
    public let gtin: String?
    public let quantity: String
    public let unit: String
    public let price: String

    public init(sku: String, gtin: String? = nil, quantity: String, unit: String = "EA", price: String) {
      self.sku = sku
      self.gtin = gtin
      self.quantity = quantity
      self.unit = unit
      self.price = price
    }
  }

  /// What the buyer made of one interchange that it was sent.
  public struct Verdict: Sendable {
    /// Whether the envelope and every set in it were accepted.
    public let isAccepted: Bool
    /// Faults of syntax, in its own words.
    public let findings: [String]
    /// Where the document differs from the order; not a fault: `confirmed-less`, `price-differs`, ….
    public let disagreements: [String]
    /// Verdicts on documents of its own that the interchange acknowledged.
    public let acknowledged: [String]
    public let json: JSON
  }

  let process: MockProcess
  let http: MockHTTP
  private let startAt: String
  let database: URL?
  /// The buyer's interchange id (ISA06 of the orders); its qualifier is `ZZ`.
  public let id: String
  public let deliveryURL: String

  /// Starts the buyer with the suppliers given besides its own samples.
  ///
  /// - Parameter database: a file in which the buyer keeps what it knows, so that `restarted` finds it again; without
  ///   one it forgets everything when it stops.
  public static func start(
    id: String, suppliers: [Supplier], startAt: String = "2026-11-02T09:00:00Z", database: URL? = nil
  ) async throws -> MockTradingPartner {
    let process = try MockProcess.start(id: id, startAt: startAt, database: database)
    return try await serving(process, id: id, startAt: startAt, database: database, suppliers: suppliers)
  }

  /// The same buyer again, on the same port, after `stop`.
  public func restarted() async throws -> MockTradingPartner {
    guard let database else { throw MockFailure("a buyer without a database cannot be started again") }
    let again = try MockProcess.start(id: id, startAt: startAt, port: process.port, database: database)
    return try await Self.serving(again, id: id, startAt: startAt, database: database, suppliers: [])
  }

  private static func serving(
    _ process: MockProcess, id: String, startAt: String, database: URL?, suppliers: [Supplier]
  ) async throws -> MockTradingPartner {
    let partner = MockTradingPartner(process: process, id: id, startAt: startAt, database: database)
    do {
      try await partner.waitUntilServing()
      for supplier in suppliers { try await partner.add(supplier) }
    } catch {
      process.stop()
      throw error
    }
    return partner
  }

  private init(process: MockProcess, id: String, startAt: String, database: URL?) {
    self.process = process
    self.id = id
    self.startAt = startAt
    self.database = database
    http = MockHTTP(port: process.port)
    deliveryURL = "http://127.0.0.1:\(process.port)/edi"
  }

  public func stop() { process.stop() }

  private func waitUntilServing() async throws {
    let deadline = ContinuousClock.now + Self.startDurationMax
    while ContinuousClock.now < deadline {
      guard process.isRunning else { throw MockFailure("mock-edi ended: \(process.output)") }
      if (try? await http.get("/_mock/health")) != nil { return }
      // Waiting for a foreign process to listen: there is no signal to wait for.
      try await Task.sleep(for: .milliseconds(50))
    }
    throw MockFailure("mock-edi did not answer on port \(process.port)")
  }

  private func add(_ supplier: Supplier) async throws {
    try await http.post(
      "/_mock/partners",
      [
        "id": .string(supplier.id), "name": .string("Supplier \(supplier.id)"),
        "qualifier": .string(supplier.qualifier), "role": supplier.isCustomer ? "customer" : "supplier",
        "test": .bool(supplier.isTest), "dialect": .string(supplier.dialect.rawValue),
        "version": .string(supplier.dialect.version),
      ])
  }

  /// Places an order with `supplier` and answers the 850 or ORDERS that the buyer wrote for it.
  public func purchase(
    from supplier: String, number: String, lines: [Line], requestedOn: String? = nil
  ) async throws -> [UInt8] {
    let lines = lines.map { line -> JSON in
      var members: [JSON.Member] = [
        .init("sku", .string(line.sku)), .init("quantity", .string(line.quantity)), .init("uom", .string(line.unit)),
        .init("price", .string(line.price)),
      ]
      if let gtin = line.gtin { members.append(.init("upc", .string(gtin))) }
      return .object(members)
    }
    var body: [JSON.Member] = [
      .init("partner", .string(supplier)), .init("po_number", .string(number)), .init("lines", .array(lines)),
    ]
    if let requestedOn { body.append(.init("requested_on", .string(requestedOn))) }
    try await http.post("/_mock/purchase", .object(body))
    let written = try await collect(from: supplier, kind: "order")
    guard written.count == 1 else { throw MockFailure("expected one order in the mailbox, found \(written.count)") }
    return written[0]
  }

  /// What waits for `supplier`, each document an interchange of its own: `order`, or `acknowledgment` for the 997 or
  /// CONTRL with which the buyer answers a document. What is collected waits no more.
  public func collect(from supplier: String, kind: String) async throws -> [[UInt8]] {
    let text = try await http.get("/_mock/mailbox?raw&partner=\(supplier)&kind=\(kind)")
    // Collected as one text, all of it in one language.
    let whole = String(decoding: text, as: UTF8.self)
    guard let beginning = Dialect.beginnings.first(where: whole.hasPrefix) else { return [] }
    return whole.components(separatedBy: beginning).dropFirst().map { Array((beginning + $0).utf8) }
  }

  /// Hands the buyer an interchange, as a delivery to `deliveryURL` does.
  public func receive(_ interchange: [UInt8]) async throws -> Verdict {
    let answer = try await http.post(
      "/edi", bytes: interchange, contentType: "application/edi-x12", accepts: [200, 422])
    let sets = answer["transactionSets"]?.array ?? []
    return Verdict(
      isAccepted: answer["accepted"]?.bool ?? false,
      findings: sets.flatMap { $0["findings"]?.array ?? [] }.compactMap(\.string)
        + [answer["error"]?.string].compactMap { $0 },
      disagreements: (answer["disagreements"]?.array ?? []).compactMap { $0["rule"]?.string },
      acknowledged: (answer["acknowledged"]?.array ?? []).compactMap { $0["status"]?.string }, json: answer)
  }

  /// Everything that happened to an order, in order; `summary` of each event is prose.
  public func timeline(order: String, supplier: String) async throws -> [JSON] {
    let answer = try await http.json("/_mock/orders/\(order)/timeline?partner=\(supplier)")
    return answer["events"]?.array ?? []
  }

  /// Ordered and confirmed quantity and status of each line as the buyer understood the answers.
  public func reconciliation(order: String, supplier: String) async throws -> [JSON] {
    try await http.json("/_mock/orders/\(order)?partner=\(supplier)")["reconciliation"]?.array ?? []
  }

  /// Documents of the buyer that nobody has acknowledged.
  public func unacknowledged() async throws -> [JSON] { try await http.json("/_mock/unacknowledged").array ?? [] }

  /// Where answers differ from an order.
  public func disagreements(order: String, supplier: String) async throws -> [JSON] {
    try await http.json("/_mock/disagreements?partner=\(supplier)&po=\(order)").array ?? []
  }
}

/// Why the partner could not be used. A fault of the test's surroundings, not of what is tested.
public struct MockFailure: Error, CustomStringConvertible {
  public let description: String
  init(_ description: String) { self.description = description }
}
