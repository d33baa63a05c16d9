import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import Foundation
import Logging
import Synchronization

@testable import bulkhead

/// One private PostgreSQL and one installation for the whole test process; stopped and removed when it ends.
actor TestCluster {
  static let shared = TestCluster()

  /// One start for all who ask meanwhile.
  private var opening: Task<Cluster, any Error>?

  /// Options that point at the installation's own folder.
  nonisolated let options: DatabaseOptions
  nonisolated let folder: URL

  private init() {
    // This file is compiled into several test modules, each of which has a cluster of its own.
    let module = #fileID.split(separator: "/")[0]
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("bulkhead-\(module)-\(getpid())")
    // Parsed from nothing but the folder: no variable of the environment leads to another database.
    options = (try? DatabaseOptions.parse(["--data", folder.path])) ?? DatabaseOptions()
  }

  func cluster() async throws -> Cluster {
    if let opening { return try await opening.value }
    let opening = Task { try await install() }
    self.opening = opening
    return try await opening.value
  }

  private func install() async throws -> Cluster {
    for name in ["BULKHEAD_DATABASE_URL", "PGHOST", "PGSERVICE", "PGHOSTADDR"] { unsetenv(name) }
    let cluster = try Cluster.open(options, creates: true)
    Self.removeAtExit(folder)
    try await cluster.forgoDurability()
    try await cluster.install(options) { _ in }
    // Once, before systems start side by side.
    let platform = try await Platform.open(cluster, logger: .test)
    try await platform.furnish()
    platform.close()
    return cluster
  }

  private static let doomed = Mutex<URL?>(nil)

  private static func removeAtExit(_ folder: URL) {
    doomed.withLock { $0 = folder }
    atexit {
      guard let folder = TestCluster.doomed.withLock({ $0 }) else { return }
      try? PrivateCluster(folder: folder).destroy()
    }
  }
}

extension Logger {
  /// Errors only, so that a test's output is its own.
  static let test: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()
}
