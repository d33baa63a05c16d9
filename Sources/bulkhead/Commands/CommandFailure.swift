import ArgumentParser
import BulkheadCore
import BulkheadData
import BulkheadLifecycle
import BulkheadPostgres

/// Runs a command's work and shows a failure as one sentence for people, never as a dump.
func explained<Result>(_ body: () async throws -> Result) async throws -> Result {
  do {
    return try await body()
  } catch let refusal as Refusal {
    throw CleanExit.failure(refusal.explained, diagnostic: refusal.diagnostic)
  } catch let error as DataError {
    throw CleanExit.failure("The database refused: \(error).", diagnostic: error.diagnostic)
  } catch let error as PostgresError {
    throw CleanExit.failure("PostgreSQL could not be used.", diagnostic: error.debugDescription)
  } catch let error as MigrationError {
    throw CleanExit.failure("A migration did not run.", diagnostic: error.description)
  } catch let error as PrivateCluster.Failure {
    throw CleanExit.failure(error.description, diagnostic: nil)
  }
}

extension Refusal {
  /// The sentence, and a line for each place of which it does not speak itself.
  var explained: String {
    ([detail] + violations.filter { $0.message != detail }.map { "  \($0.pointer): \($0.message)" })
      .joined(separator: "\n")
  }
}

extension CleanExit {
  /// Exit status 1 after writing the sentence; the operator sees the diagnostic too.
  fileprivate static func failure(_ sentence: String, diagnostic: String?) -> ExitCode {
    Console.failure(sentence)
    if let diagnostic { Console.failure("  \(diagnostic)") }
    return ExitCode.failure
  }
}
