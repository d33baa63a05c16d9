import BulkheadCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Requests to the control plane of `MockTradingPartner` on loopback.
struct MockHTTP: Sendable {
  let port: Int

  func get(_ path: String) async throws -> [UInt8] { try await send("GET", path, nil, nil, accepts: [200]) }

  func json(_ path: String) async throws -> JSON { try Self.parse(try await get(path), path) }

  @discardableResult
  func post(_ path: String, _ body: JSON) async throws -> JSON {
    try await post(path, bytes: body.utf8, contentType: "application/json", accepts: [200, 201])
  }

  @discardableResult
  func post(_ path: String, bytes: [UInt8], contentType: String, accepts: Set<Int>) async throws -> JSON {
    try Self.parse(try await send("POST", path, bytes, contentType, accepts: accepts), path)
  }

  func patch(_ path: String, _ body: JSON) async throws {
    _ = try await send("PATCH", path, body.utf8, "application/json", accepts: [200])
  }

  private func send(
    _ method: String, _ path: String, _ body: [UInt8]?, _ contentType: String?, accepts: Set<Int>
  ) async throws -> [UInt8] {
    guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw MockFailure("not a path: \(path)") }
    var request = URLRequest(url: url, timeoutInterval: MockTradingPartner.requestSecondsMax)
    request.httpMethod = method
    request.httpBody = body.map { Data($0) }
    if let contentType { request.setValue(contentType, forHTTPHeaderField: "Content-Type") }
    let (data, response) = try await URLSession.shared.data(for: request)
    let status = (response as? HTTPURLResponse)?.statusCode ?? 0
    guard accepts.contains(status) else {
      throw MockFailure("\(method) \(path) answered \(status): \(String(decoding: data.prefix(1000), as: UTF8.self))")
    }
    return [UInt8](data)
  }

  private static func parse(_ bytes: [UInt8], _ path: String) throws -> JSON {
    do { return try JSONParser.parse(bytes) } catch {
      throw MockFailure("\(path) answered no JSON: \(error.reason.rawValue)")
    }
  }
}
