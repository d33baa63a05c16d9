/// The three threads that serve any number of connections: one receives, one connects, one cancels.
///
/// Calls are sent on their callers' threads, so a round trip costs one hop between threads: from the receiving thread
/// to wherever the caller's task goes on; none for tasks on `executor`. Ends with `stop` or with the last reference;
/// connections keep it alive.
package final class PostgresReactor: Sendable {
  let loop: ReadinessLoop
  let connector: Connector
  let canceller: Canceller

  /// - Parameter cancelGrace: how long a call that was told to stop may take to end, before its connection is closed.
  /// - Throws: `.connectFailed` when the system is out of descriptors or threads.
  package init(cancelGrace: Duration = .seconds(5)) throws(PostgresError) {
    guard let loop = ReadinessLoop(cancelGrace: cancelGrace), let canceller = Canceller(),
      let connector = Connector(loop: loop, canceller: canceller)
    else { throw PostgresError(.connectFailed, message: "out of file descriptors") }
    self.loop = loop
    self.canceller = canceller
    self.connector = connector
    guard startThread(named: "pg-receive", { loop.run() }), startThread(named: "pg-cancel", { canceller.run() }),
      startThread(named: "pg-connect", { connector.run() })
    else {
      stop()
      throw PostgresError(.connectFailed, message: "out of threads")
    }
  }

  deinit { stop() }

  /// Runs tasks on the receiving thread, so that their round trips need no hop between threads at all.
  ///
  /// For tasks that mostly wait for the database: whatever computes or blocks there delays the answers of every
  /// connection of this reactor. After `stop`, tasks go on at Swift's global executor.
  package var executor: any TaskExecutor { loop }

  /// Ends the threads and all connections; calls under way fail with `.connectionLost`. Idempotent.
  package func stop() {
    connector.stop()
    loop.stop()
    canceller.stop()
  }
}
