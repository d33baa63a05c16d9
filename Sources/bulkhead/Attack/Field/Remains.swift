import BulkheadLifecycle
import Foundation
import Synchronization

/// Folders with private servers in them, which must not outlive the process however it ends.
enum Remains {
  private static let folders = Mutex<(known: [URL], isWatching: Bool)>(([], false))

  static func add(_ folder: URL) {
    let isFirst = folders.withLock { state in
      defer { state.isWatching = true }
      state.known.append(folder)
      return !state.isWatching
    }
    if isFirst { atexit { Remains.removeAll() } }
  }

  /// Stops the server of `folder` and removes every byte of it.
  static func remove(_ folder: URL) {
    folders.withLock { $0.known.removeAll { $0 == folder } }
    try? PrivateCluster(folder: folder).destroy()
    try? FileManager.default.removeItem(at: folder)
  }

  static func removeAll() {
    for folder in folders.withLock({ $0.known }) { remove(folder) }
  }
}
