import BulkheadCore
import Foundation

/// What wrk is told to send.
enum Workload: String, CaseIterable {
  case read = "order-read"
  case create = "order-create"

  /// wrk's script (its SCRIPTING file). `run` makes the PO numbers of this run unlike those of any other.
  func script(run: String, orders: [EntityID], token: String?) -> String {
    let authorization = token.map { "wrk.headers[\"Authorization\"] = \"Bearer \($0)\"" } ?? ""
    return switch self {
    case .read:
      """
      \(authorization)
      local orders = { \(orders.map { "\"/v1/orders/\($0)\"" }.joined(separator: ", ")) }
      local n = 0
      request = function()
        n = n + 1
        return wrk.format("GET", orders[n % #orders + 1])
      end
      \(Self.summary)
      """
    case .create:
      """
      \(authorization)
      wrk.headers["Content-Type"] = "application/json"
      local n = 0
      request = function()
        n = n + 1
        return wrk.format("POST", "/v1/orders", nil, '{"customer":"CUST-001","poNumber":"\(run)-' .. n ..
          '","lines":[{"sku":"WIDGET-001","quantity":1}]}')
      end
      \(Self.summary)
      """
    }
  }

  private static let summary = """
    done = function(summary, latency, requests)
      local e = summary.errors
      io.write(string.format('BENCH {"requests":%d,"microseconds":%d,"refused":%d,"broken":%d,"p50":%d,"p99":%d}\\n',
        summary.requests, summary.duration, e.status, e.connect + e.read + e.write + e.timeout,
        latency:percentile(50), latency:percentile(99)))
    end
    """
}
