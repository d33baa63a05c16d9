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

  package init(
    label: String, level: Logger.Level = .info, sink: any LogSink = StandardErrorSink(),
    clock: any WallClock = SystemClock(), metadataProvider: Logger.MetadataProvider? = nil
  ) {
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
    sink.write(line.finished())
  }

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
