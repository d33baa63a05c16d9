import BulkheadLifecycle
import Logging
import ServiceLifecycle

/// Sweeps once an hour in each worker, the first time a minute after its start.
struct RetentionService: Service {
  static let firstAfter: Duration = .seconds(60)
  static let interval: Duration = .seconds(3600)

  let retention: Retention
  let logger: Logger

  func run() async throws {
    await cancelWhenGracefulShutdown {
      var pause = Self.firstAfter
      while (try? await Task.sleep(for: pause)) != nil {
        do {
          let figures = try await retention.sweep()
          logger.info("upkeep", metadata: ["removed": "\(figures)"])
        } catch {
          logger.warning("upkeep failed", metadata: ["error": "\(String(reflecting: error))"])
        }
        pause = Self.interval
      }
    }
  }
}

extension Platform {
  func retention(_ limits: RetentionLimits = RetentionLimits()) -> Retention {
    Retention(
      control: control, registry: registry, path: path, identity: identity, actor: operatorActor, ambient: ambient,
      limits: limits, logger: logger)
  }
}
