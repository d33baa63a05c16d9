import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadServer
import BulkheadWork
import Logging
import Synchronization

/// The worker of this process, started and stopped from outside: all servers of a run share one queue, and only the
/// one that is measured may claim from it.
final class WorkSwitch: Sendable {
  static let path = "/bench/worker"
  /// Jobs of one tenant that are under way where nothing is bounded.
  private static let unboundedInFlight = 64

  private let make: @Sendable () throws -> Worker
  private let running = Mutex<(worker: Worker, task: Task<Void, any Error>)?>(nil)

  init(
    _ control: Control, sessions: any SessionSource, records: ControlDatabase, master: MasterKey, ambient: Ambient,
    logger: Logger
  ) {
    let order = control == .fifo ? FirstInFirstOut.order : ClaimOrder.fair
    var limits = WorkerLimits()
    // Jobs come from another process, whose call is not heard here.
    limits.pollInterval = .milliseconds(10)
    if control == .uncontrolled {
      limits.jobsInFlightMax = Self.unboundedInFlight
      limits.jobsInFlightPerTenantMax = Self.unboundedInFlight
    }
    make = { [limits] in
      let runner = try JobRunner(
        opener: TenantEnvelopeOpener(master: master, clock: ambient.clock) { _ in
          PermissionSet([NeighbourWork.permission])
        },
        tenants: { Tenant($0, source: sessions) }, handlers: NeighbourJobs.handlers(ambient))
      return Worker(
        queue: PostgresJobQueue(control: records, order: order), runner: runner, limits: limits, signal: WakeSignal(),
        ambient: ambient, logger: logger)
    }
  }

  var route: Route {
    Route(
      .post, Self.path, access: .open, tag: "bench", summary: "Start or stop the worker",
      body: .json(.object([Schema.Field("runs", .boolean)])),
      responses: [ResponseShape(.ok, "It does.", .json(.any))],
      handler: .open { request in
        try await self.turn(on: request.parts.body["runs"]?.bool == true)
        return .ok(["done": true])
      })
  }

  private func turn(on: Bool) async throws {
    let before = running.withLock { running in
      defer { running = nil }
      return running
    }
    if let before {
      before.worker.stop()
      try await before.task.value
    }
    guard on else { return }
    let worker = try make()
    let task = Task { try await worker.run() }
    running.withLock { $0 = (worker, task) }
  }
}
