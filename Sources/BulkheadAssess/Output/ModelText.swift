/// What was understood of a database, in lines for people.
struct ModelText {
  private let model: Model

  init(_ model: Model) { self.model = model }

  var text: String { lines.map { "\($0.0): \($0.1)" }.joined(separator: "\n") }

  /// Heading and sentence of each.
  var lines: [(String, String)] {
    let server = model.server
    var lines = [
      (
        "database",
        "\(Printable.line(server.database)), PostgreSQL \(server.versionText), seen as \(Printable.line(server.user))"
          + (server.isSuperuser ? " (superuser)" : " (no superuser)") + (server.isStandby ? ", a standby" : "")
      ),
      ("tenant column", columnText),
      ("tables", tablesText),
    ]
    if let root = model.tables(.root).first { lines.append(("tenants", Printable.line(root.name))) }
    if model.isAssumed {
      lines.append(
        ("logins", "none but superusers reach tenant tables; every table is taken as reached by the application"))
    } else {
      lines.append(("logins", list(model.roles.serving.map(\.name), "none by itself, PUBLIC only")))
    }
    if !model.roles.across.isEmpty {
      lines.append(("across tenants", list(model.roles.across, "") + " (let through by policies of their own)"))
    }
    return lines
  }

  private var columnText: String {
    let column = model.column
    let names = column.names.map(Printable.line).joined(separator: ", ")
    let certainty =
      switch column.confidence {
      case .given: "as given"
      case .sure: "sure"
      case .likely: "likely"
      case .guess: "a guess; name it with --tenant-column"
      }
    let others = column.others.map { "\(Printable.line($0.name)) (\($0.score))" }.joined(separator: ", ")
    return "\(names) (\(certainty)): \(column.reasons.map(Printable.line).joined(separator: "; "))"
      + (others.isEmpty ? "" : "; also looked at: \(others)")
  }

  private var tablesText: String {
    let words: [(Model.Standing, String)] = [
      (.tenant, "with the tenant column"), (.child, "of tenants without it"), (.reference, "the same for all"),
      (.closed, "closed to every login"),
    ]
    return words.map { "\(model.tables($0.0).count) \($0.1)" }.joined(separator: ", ")
  }

  private func list(_ names: [String], _ none: String) -> String {
    if names.isEmpty { return none }
    let shown = names.prefix(8).map(Printable.line).joined(separator: ", ")
    return names.count > 8 ? "\(shown) and \(names.count - 8) more" : shown
  }
}
