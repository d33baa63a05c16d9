import BulkheadCore
import BulkheadLifecycle

/// The private cluster, for commands that only make sense with it.
enum PrivateClusterAccess {
  static func existing(_ options: DatabaseOptions) throws -> PrivateCluster {
    guard options.conninfo == nil else {
      throw Refusal(
        .serviceUnavailable, "A database is configured; this command only touches the private PostgreSQL.")
    }
    return try PrivateCluster(folder: options.folder)
  }
}
