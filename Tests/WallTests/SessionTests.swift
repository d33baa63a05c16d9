import BulkheadCore
import BulkheadLifecycle
import BulkheadPostgres
import Testing

@testable import BulkheadData
@testable import bulkhead

@Suite("Sessions are pinned", .serialized)
struct SessionTests {
  private func settings(_ system: TestSystem) -> SessionSettings {
    let cluster = system.platform.cluster
    let role = Installation.pooledRole
    return SessionSettings.parameters(
      address: cluster.cells.main.address, database: Installation.cellDatabase, role: role,
      password: cluster.credentials.password(ofRole: role).withValue { $0 })
  }

  private func connect(_ settings: SessionSettings, _ system: TestSystem) async throws -> PostgresConnection {
    try await settings.connect(reactor: system.platform.cluster.reactor, deadline: .now + .seconds(10))
  }

  /// `settings` with one more option, which wins over what is pinned, as if the server had not heeded the pins.
  private func adding(_ option: String, to settings: SessionSettings) -> SessionSettings {
    SessionSettings(
      parameters: settings.parameters.map { $0.0 == "options" ? ($0.0, "\($0.1) -c \(option)") : $0 },
      pins: settings.pins)
  }

  @Test("what a role's or a database's own settings say does not count")
  func pinned() async throws {
    try await TestSystem.run { system in
      let role = Installation.pooledRole
      let scope = "ALTER ROLE \(role) IN DATABASE \(Installation.cellDatabase)"
      try await system.admin("\(scope) SET standard_conforming_strings = off; \(scope) SET client_encoding = 'SJIS'")
      do {
        let bare = try await system.raw()
        #expect(try await bare.sql("SHOW standard_conforming_strings").texts == ["off"], "the control")
        bare.close()
        let connection = try await connect(settings(system), system)
        #expect(try await connection.sql("SHOW standard_conforming_strings").texts == ["on"])
        #expect(try await connection.sql("SHOW client_encoding").texts == ["UTF8"])
        #expect(try await connection.sql(#"SELECT 'a\'"#).texts == [#"a\"#])
        connection.close()
      } catch {
        try await system.admin("\(scope) RESET ALL")
        throw error
      }
      try await system.admin("\(scope) RESET ALL")
    }
  }

  @Test("a server that reports otherwise is refused, with what it said")
  func refused() async throws {
    try await TestSystem.run { system in
      let off = adding("standard_conforming_strings=off", to: settings(system))
      do {
        try await connect(off, system).close()
        Issue.record("let in")
      } catch let error as PostgresError {
        #expect(error.kind == .connectFailed)
        #expect(error.debugDescription.contains("standard_conforming_strings = off, not on"))
      }
      // The control: what is refused is the report, not the option.
      try await connect(adding("standard_conforming_strings=on", to: settings(system)), system).close()
    }
  }
}
