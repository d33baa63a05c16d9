import BulkheadCore
import Synchronization
import Testing

@testable import BulkheadServer

@Suite("Service life")
struct LifecycleTests {
  private struct Down: Error {}

  @Test("healthz answers; readyz names what is not ready and nothing else")
  func readiness() async throws {
    let readiness = Readiness(clock: World.clock)
    readiness.register("database") {}
    readiness.register("queue") { throw Down() }
    readiness.register("stuck", timeout: .milliseconds(5)) { try await Task.sleep(for: .seconds(3600)) }
    try await Fixture.run(routes: [], { $0.readiness = readiness }) { server async throws in
      #expect(try await server.send("GET", "/healthz", token: nil).text == #"{"status":"ok"}"#)
      let response = try await server.send("GET", "/readyz", token: nil)
      #expect(response.status == 503)
      #expect(response.text == #"{"status":"unavailable","failed":["queue","stuck"]}"#)
    }
  }

  @Test("an answer of readyz is kept for a moment, so that asking often costs nothing")
  func cachedReadiness() async {
    let runs = Mutex(0)
    let readiness = Readiness(clock: World.clock)
    readiness.register("counted") { runs.withLock { $0 += 1 } }
    for _ in 0..<10 { #expect(await readiness.failures() == []) }
    #expect(runs.withLock { $0 } == 1)
    readiness.beginShutdown()
    #expect(await readiness.failures() == ["shutdown"])
  }

  @Test("shutdown finishes what is under way, accepts nothing more and is not ready")
  func graceful() async throws {
    try await Fixture.run { server async throws in
      async let slow = server.send("GET", "/v1/slow")
      await server.entered.wait()
      await server.shutDown()
      while await server.api.readiness.failures() != ["shutdown"] { await Task.yield() }
      // The listening socket closes on its own loop; until then a connection may be made but is never served.
      var served = 0
      for _ in 0..<3 where (try? await server.send("GET", "/healthz", token: nil)) != nil { served += 1 }
      #expect(served == 0)
      server.release.open()
      #expect(try await slow.status == 200)
    }
  }

  @Test("after the grace what is still under way is cancelled")
  func grace() async throws {
    var options = HTTPServerOptions()
    options.shutdownGrace = .milliseconds(20)
    let begun = Signal()
    let endless = Route(
      .get, "/v1/endless", access: .tenant("orders.read"), tag: "t", summary: "Wait until cancelled",
      responses: [ResponseShape(.ok, "Never.")],
      handler: .read { _ in
        begun.open()
        try await Task.sleep(for: .seconds(3600))
        return .noContent
      })
    try await Fixture.run(routes: [endless], options: options) { server async throws in
      async let answer = try? server.send("GET", "/v1/endless")
      await begun.wait()
      await server.shutDown()
      let status = await answer?.status
      #expect(status == nil || status == 503)
    }
  }

  @Test("connections over the bound wait and are served when one closes")
  func connectionBound() async throws {
    var options = HTTPServerOptions()
    options.connectionsMax = 1
    try await Fixture.run(options: options) { server async throws in
      try await withThrowingTaskGroup(of: RawResponse.self) { group in
        try await RawConnection.open(server.port) { first in
          try await first.send(Fixture.text("GET", "/healthz"))
          #expect(try await first.receive()?.status == 200)
          try await first.send(Fixture.text("GET", "/healthz"))
          #expect(try await first.receive()?.status == 200)
        }
        for _ in 0..<4 { group.addTask { try await server.send("GET", "/healthz") } }
        for try await response in group { #expect(response.status == 200) }
      }
    }
  }
}
