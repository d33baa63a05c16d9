import BulkheadCore
import Foundation

/// One `up` for one data folder: a second one would stop the first one's PostgreSQL when it ends. The lock ends with
/// its process, however that ends.
struct FolderLock {
  private let descriptor: Int32

  init(_ folder: URL) throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let path = folder.appendingPathComponent("up.lock").path
    descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      if descriptor >= 0 { close(descriptor) }
      throw Refusal(
        .serviceUnavailable,
        "Another `bulkhead up` runs in \(folder.path). Stop it, or name another folder with --data.")
    }
  }

  func release() { close(descriptor) }
}
