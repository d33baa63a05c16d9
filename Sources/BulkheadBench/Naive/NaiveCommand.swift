import ArgumentParser
import BulkheadCore
import BulkheadPostgres
import Hummingbird
import Logging

/// The other side of the comparison, as a process of its own.
struct NaiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "naive", abstract: "Serve the naive handlers.", shouldDisplay: false)

  @Option var port: Int
  @Option(help: "Folder of the private PostgreSQL's unix socket.") var socket: String
  @Option(name: .customLong("database-port")) var databasePort: Int
  @Option(name: .customLong("master-key"), help: "File of the master key.") var masterKey: String
  @Option(help: "The tenant to serve.") var tenant: String
  @Option(help: "Connections to PostgreSQL.") var connections: Int = 8

  func run() async throws {
    guard let tenant = EntityID(tenant) else { throw ValidationError("--tenant is a uuid") }
    let database = try BenchDatabase(socket: socket, port: databasePort, masterKeyFile: masterKey)
    let pool = NaivePool(try await database.administrators(connections))
    let orders = NaiveOrders(pool: pool, tenant: tenant)
    let router = Router()
    router.get("/v1/orders/:order") { _, context in
      guard let id = context.parameters.get("order").flatMap({ EntityID($0) }),
        let order = try await orders.read(id)
      else { throw HTTPError(.notFound) }
      return Self.answer(order, .ok)
    }
    router.post("/v1/orders") { request, _ in
      let body = try await request.body.collect(upTo: 1 << 20)
      return Self.answer(try await orders.create(try JSONParser.parse(Array(body.readableBytesView))), .created)
    }
    var logger = Logger(label: "naive")
    logger.logLevel = .error
    let application = Application(
      router: router, configuration: ApplicationConfiguration(address: .hostname("127.0.0.1", port: port)),
      logger: logger)
    try await application.runService()
  }

  private static func answer(_ json: JSON, _ status: HTTPResponse.Status) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: json.utf8)))
  }
}
