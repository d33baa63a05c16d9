import Foundation

/// pgbouncer on loopback, pooling transactions: one small pool for the tenant that floods, a large one for all others.
final class Pooler {
  /// Connections to PostgreSQL for the tenant that floods.
  static let flooderPool = 2
  static let othersPool = 16
  static let flooderDatabase = "flooder"
  static let othersDatabase = "others"

  let port: Int
  private let process: ChildProcess

  init(_ database: BenchDatabase, folder: URL, port: Int) throws {
    self.port = port
    let program = ["/usr/sbin/pgbouncer", "/usr/bin/pgbouncer"].first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
    guard let program else { throw BenchFailure("pgbouncer is not installed: run scripts/setup-bench") }
    let password = database.master.rolePassword(role: BenchDatabase.administrator).withValue { $0 }
    let place =
      "host=\(database.socket) port=\(database.port) dbname=\(BenchDatabase.name) "
      + "user=\(BenchDatabase.administrator) password=\(password)"
    let settings = """
      [databases]
      \(Self.flooderDatabase) = \(place) pool_size=\(Self.flooderPool)
      \(Self.othersDatabase) = \(place) pool_size=\(Self.othersPool)
      [pgbouncer]
      listen_addr = 127.0.0.1
      listen_port = \(port)
      unix_socket_dir =
      auth_type = any
      pool_mode = transaction
      max_client_conn = 400
      ignore_startup_parameters = options,extra_float_digits
      log_connections = 0
      log_disconnections = 0
      """
    let file = folder.appendingPathComponent("pgbouncer.ini")
    try Data((settings + "\n").utf8).write(to: file)
    var arguments = [file.path]
    if geteuid() == 0 {
      // It refuses to run as root, and then must be able to read the file that holds the password.
      arguments = ["-u", "postgres"] + arguments
      try FileManager.default.setAttributes([.ownerAccountName: "postgres"], ofItemAtPath: file.path)
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: file.path)
    process = try ChildProcess(program, arguments, log: folder.appendingPathComponent("pgbouncer.log"))
  }

  var id: Int32 { process.id }

  func stop() { process.stop() }
}
