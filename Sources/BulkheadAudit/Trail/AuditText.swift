import BulkheadCore
import Crypto
import Foundation

/// Fits what an act wants to say into what an entry may hold. It never refuses: an entry that is missing because its
/// text was too long would be worse than one that is cut short.
enum AuditText {
  static let actBytesMax = 100
  static let subjectBytesMax = 500
  static let detailBytesMax = 8192

  /// `text` without U+0000, which PostgreSQL cannot hold, cut at a character boundary; `-` when nothing is left.
  static func fitted(_ text: String, bytesMax: Int) -> String {
    var result = ""
    var bytes = 0
    for character in text where character != "\0" {
      bytes += character.utf8.count
      guard bytes <= bytesMax else { break }
      result.append(character)
    }
    return result.isEmpty ? "-" : result
  }

  /// The JSON text of `detail`; its size and SHA-256 in place of one that is too large.
  static func fitted(_ detail: JSON) -> String {
    let bytes = detail.utf8
    guard bytes.count > detailBytesMax else { return String(decoding: bytes, as: UTF8.self) }
    let digest = Hex.encode(Array(SHA256.hash(data: Data(bytes))))
    return JSON.object([.init("omittedBytes", .int(bytes.count)), .init("sha256", .string(digest))]).text
  }
}
