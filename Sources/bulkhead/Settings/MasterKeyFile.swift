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
    guard
      FileManager.default.createFile(
        atPath: file.path, contents: Data((text + "\n").utf8), attributes: [.posixPermissions: 0o600])
    else {
      throw Refusal(.serviceUnavailable, "The master key could not be written to \(file.path).")
    }
    return key
  }

  private static func read(_ file: URL) throws -> MasterKey {
    let text = try String(contentsOf: file, encoding: .utf8)
    return try MasterKey(text: text.trimmingCharacters(in: .whitespacesAndNewlines))
  }
}
