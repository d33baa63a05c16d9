import BulkheadCore
import Crypto
import Foundation

/// One plain SQL file.
package struct MigrationFile: Sendable {
  /// File name with its set, for example `tenant/0001_outbox.sql`: the order of application.
  package let name: String
  package let sql: String

  package init(name: String, sql: String) {
    self.name = name
    self.sql = sql
  }

  /// SHA-256 of the text. An applied file must never change.
  package var checksum: String { Hex.encode(Array(SHA256.hash(data: Data(sql.utf8)))) }
}

/// What a set of files is applied to.
package enum MigrationSet: String, Sendable, CaseIterable {
  /// Once per cluster, as administrator.
  case cluster
  /// Once per database that holds tenants, as administrator.
  case cell
  /// The control database, as administrator.
  case control
  /// Every database of ours after its own set, as administrator, each time: what PostgreSQL gives to everyone.
  case database
  /// Every schema that holds tenants, as its owner: all tiers have the same tables.
  case tenant
  /// Rows of a tenant that is none, in every schema that holds tenants. Run after each migration, and safe to repeat.
  case decoy
}

/// The files of several modules, each of which brings its own folder of sets.
public struct MigrationCatalog: Sendable {
  private let folders: [URL]

  /// `folders` hold one folder per set.
  public init(folders: [URL]) { self.folders = folders }

  /// The platform's own files.
  public static var platformFolder: URL { Bundle.module.bundleURL.appendingPathComponent("Migrations") }

  /// The files of `set` in the order of their names, which must be unique over all modules.
  package func files(_ set: MigrationSet) throws -> [MigrationFile] {
    var files: [MigrationFile] = []
    for folder in folders {
      let directory = folder.appendingPathComponent(set.rawValue)
      let names = (try? FileManager.default.contentsOfDirectory(atPath: directory.path)) ?? []
      for name in names where name.hasSuffix(".sql") {
        let sql = try String(contentsOf: directory.appendingPathComponent(name), encoding: .utf8)
        files.append(MigrationFile(name: "\(set.rawValue)/\(name)", sql: sql))
      }
    }
    files.sort { $0.name < $1.name }
    for (first, second) in zip(files, files.dropFirst()) where first.name == second.name {
      throw MigrationError(.nameTwice, file: first.name, detail: "Two modules bring a file of this name.")
    }
    return files
  }
}

/// Why a migration did not run. The text is for operators.
package struct MigrationError: Error, Sendable, CustomStringConvertible {
  package enum Reason: String, Sendable {
    case nameTwice = "migration.nameTwice"
    case changedAfterwards = "migration.changedAfterwards"
    case statementFailed = "migration.statementFailed"
    case ruleBroken = "migration.ruleBroken"
  }
  package let reason: Reason
  package let file: String
  package let detail: String

  package init(_ reason: Reason, file: String, detail: String) {
    self.reason = reason
    self.file = file
    self.detail = detail
  }

  package var description: String { "\(reason.rawValue): \(file): \(detail)" }
}
