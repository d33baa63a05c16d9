import BulkheadCore

/// One line for every request, at level `info`.
///
/// It is the line written most often, so it goes to the sink directly and not through a logger's metadata, which would
/// build a dictionary each time. The route's template is logged, never the path or the query that was sent: those may
/// hold what the tenant holds for private.
package struct AccessLog: Sendable {
  private let sink: any LogSink

  package init(sink: any LogSink = StandardErrorSink()) { self.sink = sink }

  struct Entry {
    let time: Instant
    /// The request's id as text.
    let request: String
    let trace: Traceparent
    let method: String
    let route: String
    let status: Int
    let microseconds: Int64
    let tenant: TenantID?
    /// The refusal's code, when it was one.
    let code: String?
  }

  func record(_ entry: Entry) {
    var line = LogLine(time: entry.time, level: "info")
    line.field("message", "request")
    line.field("request", entry.request)
    line.field("trace", entry.trace.traceID.hex)
    line.field("method", entry.method)
    line.field("route", entry.route)
    line.field("status", Int64(entry.status))
    line.field("microseconds", entry.microseconds)
    if let tenant = entry.tenant { line.field("tenant", tenant.description) }
    if let code = entry.code { line.field("code", code) }
    sink.write(line.finished())
  }
}
