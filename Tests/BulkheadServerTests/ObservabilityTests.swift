import BulkheadCore
import Logging
import Testing

@testable import BulkheadServer

@Suite("Observability")
struct ObservabilityTests {
  static let trace = "0af7651916cd43dd8448eb211c80319c"
  static let span = "b7ad6b7169203331"

  @Test("a traceparent is read strictly")
  func traceparent() throws {
    let good = try #require(Traceparent("00-\(Self.trace)-\(Self.span)-01"))
    #expect(good.traceID.hex == Self.trace)
    #expect(good.text == "00-\(Self.trace)-\(Self.span)-01")
    #expect(Traceparent("cc-\(Self.trace)-\(Self.span)-01") != nil)
    #expect(Traceparent("cc-\(Self.trace)-\(Self.span)-01-what-the-future-brings") != nil)
    for bad in [
      "", "00", "00-\(Self.trace)-\(Self.span)-01-x", "ff-\(Self.trace)-\(Self.span)-01",
      "00-\(String(repeating: "0", count: 32))-\(Self.span)-01", "00-\(Self.trace)-0000000000000000-01",
      "00-\(Self.trace.uppercased())-\(Self.span)-01", "00_\(Self.trace)-\(Self.span)-01",
      "cc-\(Self.trace)-\(Self.span)-01.x", "00-\(Self.trace)-\(Self.span)-0g", " 00-\(Self.trace)-\(Self.span)-01",
      String(repeating: "é", count: 30),
    ] { #expect(Traceparent(bad) == nil, "\(bad)") }
  }

  @Test("the caller's trace goes on with a new span; a bad one begins a new trace")
  func tracing() async throws {
    try await Fixture.run { server async throws in
      let sent = "00-\(Self.trace)-\(Self.span)-ff"
      let response = try await server.send("GET", "/healthz", [("traceparent", sent)])
      let answered = try #require(response.field("traceparent").flatMap { Traceparent($0) })
      #expect(answered.traceID.hex == Self.trace)
      #expect(answered.text.contains(Self.span) == false)
      #expect(answered.flags == 1)
      #expect(server.lines.all.contains { $0.contains("\"trace\":\"\(Self.trace)\"") })
      let fresh = try await server.send("GET", "/healthz", [("traceparent", "nonsense")])
      #expect(fresh.field("traceparent").flatMap { Traceparent($0) }?.traceID.hex != Self.trace)
    }
  }

  @Test("each request is one line of JSON that names route, status, tenant and no path")
  func accessLog() async throws {
    try await Fixture.run { server async throws in
      _ = try await server.send("GET", "/v1/orders/\(World.order)")
      _ = try await server.send("GET", "/v1/orders?limit=0", token: "b")
      _ = try await server.send("GET", "/private/path?secret=1")
      let lines = try server.lines.all.map { try JSONParser.parse($0) }.filter { $0["message"]?.string == "request" }
      #expect(lines.count == 3)
      #expect(lines[0]["route"]?.string == "/v1/orders/{order}")
      #expect(lines[0]["status"]?.int == 200)
      #expect(lines[0]["tenant"]?.string == World.a.description)
      #expect(lines[0]["microseconds"]?.int != nil)
      #expect(lines[0]["time"]?.string == "2027-01-15T08:00:00.000000Z")
      #expect(lines[1]["code"]?.string == "input.invalid")
      #expect(lines[1]["tenant"]?.string == World.b.description)
      #expect(lines[2]["route"]?.string == "unmatched")
      let all = server.lines.all.joined()
      #expect(!all.contains("private/path"))
      #expect(!all.contains("Bearer"))
      #expect(server.lines.all.allSatisfy { $0.hasSuffix("}\n") && $0.dropLast().contains("\n") == false })
    }
  }

  @Test("the log handler writes metadata as JSON and never a secret")
  func logHandler() throws {
    let lines = CollectedLines()
    var logger = Logger(label: "l") { JSONLogHandler(label: $0, sink: lines, clock: World.clock) }
    logger[metadataKey: "tenant"] = "t1"
    logger.info(
      "line\n\"two\"",
      metadata: [
        "accessToken": "eyJhbGciOi", "Password": "p", "nested": .dictionary(["authorization": "Bearer x", "n": "1"]),
        "list": .array(["a", .stringConvertible(7)]),
      ])
    logger.debug("below the level")
    #expect(lines.all.count == 1)
    let line = try JSONParser.parse(try #require(lines.all.first))
    #expect(line["message"]?.string == "line\n\"two\"")
    #expect(line["tenant"]?.string == "t1")
    #expect(line["level"]?.string == "info")
    #expect(line["accessToken"]?.string == "<secret>")
    #expect(line["Password"]?.string == "<secret>")
    #expect(line["nested"]?["authorization"]?.string == "<secret>")
    #expect(line["nested"]?["n"]?.string == "1")
    #expect(line["list"]?[1]?.string == "7")
  }

  @Test("metrics follow the text format and name no tenant")
  func metrics() async throws {
    try await Fixture.run(routes: [], { $0.metrics.gauge("bulkhead_pool_leases", "Leases.") { 3 } }) {
      server async throws in
      _ = try await server.send("GET", "/v1/orders/\(World.order)")
      _ = try await server.send("GET", "/v1/orders/\(World.id(5))")
      _ = try await server.send("GET", "/nowhere/\(World.a)")
      #expect(try await server.send("GET", "/metrics", token: nil).status == 401)
      #expect(try await server.send("GET", "/metrics", token: "a").status == 401)
      let response = try await server.send("GET", "/metrics", token: "operator")
      #expect(response.field("content-type") == "text/plain; version=0.0.4; charset=utf-8")
      let text = response.text
      let series = #"bulkhead_http_requests_total{method="GET",route="/v1/orders/{order}",status="#
      #expect(text.contains(series + "\"2xx\"} 1\n"))
      #expect(text.contains(series + "\"4xx\"} 1\n"))
      #expect(text.contains(#"bulkhead_http_requests_total{method="any",route="unmatched",status="4xx"} 1"#))
      #expect(
        text.contains(#"bulkhead_http_request_seconds_bucket{method="GET",route="/v1/orders/{order}",le="+Inf"} 2"#))
      #expect(text.contains(#"bulkhead_http_request_seconds_count{method="GET",route="/v1/orders/{order}"} 2"#))
      #expect(text.contains(#"bulkhead_http_refusals_total{code="resource.notFound"} 2"#))
      #expect(text.contains("bulkhead_pool_leases 3.0\n"))
      #expect(text.contains("bulkhead_http_in_flight 1.0\n"))
      #expect(!text.contains(World.a.description))
      #expect(!text.contains("alpha"))
      try checkFormat(text)
    }
  }

  /// Every line is a comment or `name{labels} number` (a number may carry an
  /// exponent, as a very short time does); each family has its HELP and TYPE once, before its samples.
  private func checkFormat(_ text: String) throws {
    #expect(text.hasSuffix("\n"))
    let sample = #/[a-z_]+(\{[a-z]+="([^"\\]|\\.)*"(,[a-z]+="([^"\\]|\\.)*")*\})? -?[0-9.]+(e[+-][0-9]+)?/#
    var types: Set<Substring> = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("# TYPE ") {
        #expect(types.insert(line.split(separator: " ")[2]).inserted)
      } else if !line.hasPrefix("# HELP ") {
        #expect(try sample.wholeMatch(in: line) != nil, "\(line)")
      }
    }
  }

  @Test("histogram buckets are cumulative and bounds are inclusive")
  func histogram() {
    let metrics = Metrics()
    let histogram = metrics.histogram("h", "H.")
    for value: Int64 in [1, 250, 251, 20_000_000] { histogram.record(microseconds: value) }
    let text = metrics.exposition()
    #expect(text.contains("h_bucket{le=\"0.00025\"} 2\n") || text.contains("h_bucket{le=\"2.5e-04\"} 2\n"), "\(text)")
    #expect(text.contains("h_bucket{le=\"0.0005\"} 3\n") || text.contains("h_bucket{le=\"5e-04\"} 3\n"))
    #expect(text.contains("h_bucket{le=\"10.0\"} 3\n"))
    #expect(text.contains("h_bucket{le=\"+Inf\"} 4\n"))
    #expect(text.contains("h_count 4\n"))
  }

  @Test("series are bounded and labels are escaped")
  func seriesBound() {
    let metrics = Metrics()
    for index in 0..<(Metrics.seriesMax + 100) { metrics.counter("c", "C.", labels: ["n": "\(index)"]).add() }
    metrics.counter("e", "E.", labels: ["n": "a\"b\\c\nd"]).add()
    let text = metrics.exposition()
    #expect(text.split(separator: "\n").count { $0.hasPrefix("c{") } == Metrics.seriesMax + 1)
    #expect(text.contains("c{overflow=\"true\"} 100\n"))
    #expect(text.contains(#"e{n="a\"b\\c\nd"} 1"#))
  }
}
