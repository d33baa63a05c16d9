import BulkheadCore
import Logging

/// A swift-log back end that writes one JSON object per line: `time`, `level`, `logger`, `message`, and the metadata.
///
/// Metadata whose name speaks of a secret is never written, whatever its value; that is a net below the rule that
/// secrets travel in `Secret`, which prints nothing.
public struct JSONLogHandler: LogHandler {
  public var logLevel: Logger.Level
  public var metadata: Logger.Metadata = [:]
  public var metadataProvider: Logger.MetadataProvider?
  private let label: String
  private let sink: any LogSink
  private let clock: any WallClock
  private let withholds: (@Sendable ([UInt8]) -> Bool)?

  /// - Parameter withholds: whether a finished line must not be written; a constant line is then written in its place.
  package init(
    label: String, level: Logger.Level = .info, sink: any LogSink = StandardErrorSink(),
    clock: any WallClock = SystemClock(), metadataProvider: Logger.MetadataProvider? = nil,
    withholds: (@Sendable ([UInt8]) -> Bool)? = nil
  ) {
    self.withholds = withholds
    self.label = label
    logLevel = level
    self.sink = sink
    self.clock = clock
    self.metadataProvider = metadataProvider
  }

  public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  public func log(event: LogEvent) {
    var line = LogLine(time: clock.now(), level: Self.name(event.level))
    line.field("logger", label)
    line.field("message", event.message.description)
    if let error = event.error { line.field("error", String(reflecting: error)) }
    var all = metadata
    if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
    if let own = event.metadata { all.merge(own) { _, new in new } }
    for (name, value) in all.sorted(by: { $0.key < $1.key }) {
      line.field(named: name, Self.json(name, value))
    }
    let finished = line.finished()
    guard withholds?(finished) == true else { return sink.write(finished) }
    var substitute = LogLine(time: clock.now(), level: Self.name(.critical))
    substitute.field("logger", label)
    substitute.field("message", Self.withheld)
    sink.write(substitute.finished())
  }

  /// Stands in the log for a line that was withheld.
  static let withheld = "a log line was withheld"

  private static func name(_ level: Logger.Level) -> StaticString {
    switch level {
    case .trace: "trace"
    case .debug: "debug"
    case .info: "info"
    case .notice: "notice"
    case .warning: "warning"
    case .error: "error"
    case .critical: "critical"
    }
  }

  /// Words that mark metadata as secret.
  static let secretWords = ["token", "password", "secret", "authorization", "credential.value", "cookie"]

  private static func json(_ name: String, _ value: Logger.Metadata.Value) -> JSON {
    let lowered = name.lowercased()
    if secretWords.contains(where: { lowered.contains($0) }) { return "<secret>" }
    switch value {
    case .string(let text): return .string(text)
    case .stringConvertible(let value): return .string(value.description)
    case .array(let values): return .array(values.map { json("", $0) })
    case .dictionary(let values):
      return .object(values.sorted { $0.key < $1.key }.map { JSON.Member($0.key, json($0.key, $0.value)) })
    }
  }
}
