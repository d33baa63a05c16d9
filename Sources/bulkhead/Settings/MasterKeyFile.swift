import BulkheadCore
import BulkheadKeys
import Foundation

/// Where the master key comes from: BULKHEAD_MASTER_KEY, the file BULKHEAD_MASTER_KEY_FILE, or `master.key` in the data
/// folder, which is made on first use. Whoever loses the key loses every sealed secret with it.
enum MasterKeyFile {
  static func load(folder: URL) throws -> MasterKey {
    let environment = ProcessInfo.processInfo.environment
    if let text = environment["BULKHEAD_MASTER_KEY"], !text.isEmpty { return try MasterKey(text: text) }
    if let path = environment["BULKHEAD_MASTER_KEY_FILE"] { return try read(URL(fileURLWithPath: path)) }
    let file = folder.appendingPathComponent("master.key")
    if FileManager.default.fileExists(atPath: file.path) { return try read(file) }
    let key = MasterKey.generate()
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let text = key.text.withValue { $0 }
    // Never readable by others, not even for a moment; and of two first starts only one makes a key.
    let descriptor = open(file.path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
    if descriptor < 0, errno == EEXIST { return try read(file) }
    guard descriptor >= 0 else {
      throw Refusal(.serviceUnavailable, "The master key could not be written to \(file.path).")
    }
    let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    try handle.write(contentsOf: Data((text + "\n").utf8))
    try handle.synchronize()
    return key
  }

  private static func read(_ file: URL) throws -> MasterKey {
    let text = try String(contentsOf: file, encoding: .utf8)
    return try MasterKey(text: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
