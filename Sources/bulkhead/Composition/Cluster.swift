import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import BulkheadPostgres
import Distribution

/// The PostgreSQL clusters of this process and the key that opens them, before anything is wired to them.
struct Cluster: Sendable {
  let master: MasterKey
  let credentials: PlatformCredentials
  let reactor: PostgresReactor
  let cells: Cells
  /// Set when the first cluster is our own.
  let privateCluster: PrivateCluster?

  /// Resolves the options; starts the private PostgreSQL when it is the one to use.
  static func open(_ options: DatabaseOptions, creates: Bool) throws -> Cluster {
    var privateCluster: PrivateCluster?
    var conninfo = options.conninfo
    if conninfo == nil {
      let cluster = try PrivateCluster(folder: options.folder)
      guard creates || cluster.exists else {
        throw Refusal(
          .serviceUnavailable,
          """
          There is no database: neither --database-url, BULKHEAD_DATABASE_URL nor PG* variables name one, and there is \
          no private one in \(options.folder.path). `bulkhead up` makes one.
          """)
      }
      privateCluster = cluster
    }
    let master = try MasterKeyFile.load(folder: options.folder)
    if let privateCluster {
      let password = master.rolePassword(role: PrivateCluster.administrator)
      conninfo = try password.withValue { try privateCluster.start(password: $0) }
    }
    let reactor = try PostgresReactor()
    let main = try AdminAccess(cell: "main", conninfo: conninfo ?? "", reactor: reactor)
    let dedicated = try options.dedicatedConninfo.map {
      try AdminAccess(cell: "dedicated", conninfo: $0, reactor: reactor)
    }
    return Cluster(
      master: master, credentials: PlatformCredentials(master: master), reactor: reactor,
      cells: Cells(main: main, dedicated: dedicated), privateCluster: privateCluster)
  }

  var migrations: Migrator { Migrator(catalog: catalog) }

  private var catalog: MigrationCatalog {
    MigrationCatalog(folders: [MigrationCatalog.platformFolder, DistributionFiles.migrations])
  }

  func selfCheck(_ options: DatabaseOptions) throws -> SelfCheck {
    try SelfCheck(allowsUnpatched: options.allowsUnpatched, catalog: catalog)
  }

  /// Refuses when a wall is missing in one of the clusters.
  func check(_ options: DatabaseOptions) async throws {
    let check = try selfCheck(options)
    try await check.run(cells.main, registry: cells.main, checksTemplate: privateCluster != nil)
    if cells.dedicated.cell != cells.main.cell { try await check.run(cells.dedicated, registry: cells.main) }
  }

  func installation(_ options: DatabaseOptions) -> Installation {
    Installation(
      migrator: migrations, credentials: credentials, marks: CanaryMarks(master: master),
      allowsUnpatched: options.allowsUnpatched)
  }

  /// Brings both clusters to the present state: roles, databases, tables.
  func install(_ options: DatabaseOptions, progress: @escaping Installation.Progress) async throws {
    let installation = installation(options)
    try await installation.installControl(cells.main, progress: progress)
    try await installation.installCell(cells.main, progress: progress)
    if privateCluster != nil { try await installation.lockDownTemplate(cells.main) }
    if cells.dedicated.cell != cells.main.cell {
      try await installation.installCluster(cells.dedicated, progress: progress)
    }
  }
}
