import BulkheadCore
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// Speaks to the API for one tenant, as any client would. A refusal is a failure, unless its code is one that is asked
/// for.
struct TenantClient: Sendable {
  let url: String
  let token: String

  func send(_ method: String, _ path: String, _ body: JSON) async throws -> JSON {
    try await send(method, path, bytes: body.utf8, contentType: "application/json")
  }

  func send(
    _ method: String, _ path: String, bytes: [UInt8]? = nil, contentType: String? = nil
  ) async throws -> JSON {
    let (status, answer) = try await exchange(method, path, bytes: bytes, contentType: contentType)
    guard 200..<300 ~= status else { throw BenchFailure("\(method) \(path): \(answer.text)") }
    return answer
  }

  /// The answer, or nothing when it was refused with `code`.
  func post(_ path: String, _ body: JSON, unless code: String) async throws -> JSON? {
    let (status, answer) = try await exchange("POST", path, bytes: body.utf8, contentType: "application/json")
    if 200..<300 ~= status { return answer }
    guard answer["code"]?.string == code else { throw BenchFailure("POST \(path): \(answer.text)") }
    return nil
  }

  private func exchange(
    _ method: String, _ path: String, bytes: [UInt8]?, contentType: String?
  ) async throws -> (status: Int, answer: JSON) {
    guard let address = URL(string: url + path) else { throw BenchFailure("no URL") }
    var request = URLRequest(url: address)
    request.httpMethod = method
    request.timeoutInterval = 120
    request.httpBody = bytes.map { Data($0) }
    if let contentType { request.setValue(contentType, forHTTPHeaderField: "Content-Type") }
    request.setValue("Bearer \(token)", forHTTPHeaderField: "Authorization")
    let (data, response) = try await URLSession.shared.data(for: request)
    guard let status = (response as? HTTPURLResponse)?.statusCode else { throw BenchFailure("no answer") }
    return (status, try JSONParser.parse(Array(data)))
  }
}
