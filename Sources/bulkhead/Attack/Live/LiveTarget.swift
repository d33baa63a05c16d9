import AsyncHTTPClient
import BulkheadCore
import Foundation

/// A running system, asked with GET requests only.
struct LiveTarget: Sendable {
  let url: String
  let client: HTTPClient

  /// `nil` as token sends none.
  func get(_ path: String, token: String?, headers: [String: String] = [:]) async throws -> Reply {
    do {
      return try await client.ask("GET", url + path, token: token, headers: headers)
    } catch let error as HTTPClientError {
      throw Refusal(.serviceUnavailable, "\(url) does not answer: \(error.shortDescription). Nothing was changed.")
    } catch {
      throw Refusal(
        .serviceUnavailable, "\(url) cannot be reached. Nothing was changed.", diagnostic: "\(error)")
    }
  }
}

/// A reading route of the running system, from its own description.
struct LiveRoute: Sendable {
  let path: String
  /// Names of path parameters that take ids.
  let parameters: [String]
  /// Query parameters that take ids.
  let filters: [String]
  let hasCursor: Bool

  /// The tenants' reading routes of an OpenAPI document.
  static func all(_ document: JSON) -> [LiveRoute] {
    (document["paths"]?.members ?? []).compactMap { path in
      guard let operation = path.value["get"], operation["x-access"]?.string == "tenant" else { return nil }
      let parameters = operation["parameters"]?.array ?? []
      func names(_ place: String) -> [String] {
        parameters.filter { $0["in"]?.string == place && $0["schema"]?["format"]?.string == "uuid" }
          .compactMap { $0["name"]?.string }
      }
      return LiveRoute(
        path: path.name, parameters: names("path"), filters: names("query"),
        hasCursor: parameters.contains { $0["name"]?.string == "cursor" })
    }
  }

  /// Nothing in the path is to be filled in.
  var isList: Bool { !path.contains("{") }

  /// The path of the list that this route's things are in: what stands before its one parameter.
  var collection: String? {
    guard parameters.count == 1, let brace = path.range(of: "/{") else { return nil }
    return String(path[..<brace.lowerBound])
  }

  func path(with id: String) -> String {
    parameters.first.map { path.replacing("{\($0)}", with: id) } ?? path
  }
}
