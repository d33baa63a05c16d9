import ArgumentParser
import BulkheadAudit
import BulkheadCore
import BulkheadData
import BulkheadKeys
import BulkheadLifecycle
import Foundation

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Issue a token: for a tenant, or for the platform's operator.",
    discussion: """
      The token is printed once and stored nowhere.

        bulkhead token acme --role order_clerk --hours 8
        bulkhead token --platform
        bulkhead token --platform --permission metrics.read --hours 720 > prometheus.token
      """)

  @OptionGroup var database: DatabaseOptions
  @Argument(help: "The tenant's slug or id.") var tenant: String?
  @Flag(help: "A token for the platform's own routes instead of a tenant's.") var platform = false
  @Option(help: "Role whose permissions the token has; may be given more than once. Default: admin.")
  var role: [String] = []
  @Option(help: "Permission of a platform token; may be given more than once. Default: all of them.")
  var permission: [String] = []
  @Option(help: "Hours until it expires, at most 9600 (720 for the platform).") var hours = 1
  @Flag(help: "Print a JSON object instead of the token alone.") var json = false

  func validate() throws {
    guard platform != (tenant != nil) else { throw ValidationError("Name a tenant, or give --platform.") }
    guard permission.isEmpty || platform else {
      throw ValidationError("--permission is for platform tokens; a tenant's have roles.")
    }
    let unknown = permission.filter { !PlatformPermissions.operatorAll.contains(Permission($0)) }
    guard unknown.isEmpty else {
      let known = PlatformPermissions.operatorAll.permissions.map(\.name).sorted().joined(separator: ", ")
      throw ValidationError("There is no permission \(unknown[0]). Platform tokens may have: \(known).")
    }
    guard (1...9600).contains(hours) else { throw ValidationError("--hours is a number from 1 to 9600.") }
  }

  func run() async throws {
    try await explained {
      let system = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
      defer { system.close() }
      let token = try await issue(system)
      let text = token.text.withValue { $0 }
      Console.result(
        json
          ? JSON.object([
            JSON.Member("token", .string(text)), JSON.Member("credential", .id(token.credential)),
            JSON.Member("expiresAt", .instant(token.expiresAt)),
          ]).text : text)
    }
  }

  private func issue(_ system: Platform) async throws -> IssuedToken {
    let lifetime = Duration.seconds(hours * 3600)
    guard let tenant else {
      return try await PlatformTokenIssuer(ring: system.ring, ambient: system.ambient).issue(
        actor: system.operatorActor,
        permissions: permission.isEmpty
          ? PlatformPermissions.operatorAll : PermissionSet(permission.map { Permission($0) }),
        lifetime: lifetime)
    }
    let roles = role.isEmpty ? ["admin"] : role
    try system.roles.check(roles)
    let record = try await system.tenant(named: tenant)
    let scoped = try await system.operatorTenant(record, reason: "token issued on the command line")
    let permissions = system.roles.permissions(of: roles)
    let tokens = system.serviceTokens
    let draft = try await tokens.draft(
      by: scoped.context, name: "command line", permissions: permissions, granted: permissions, lifetime: lifetime)
    try await tokens.record(draft)
    try await scoped.transaction { transaction in try transaction.enqueue(draft.intent, of: system.intents) }
    return draft.token
  }
}

struct UserCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "user", abstract: "Add a user to a tenant.",
    discussion: """
      The password is read from standard input, so that it stands in no shell history.

        bulkhead user acme clerk@acme.example --role order_clerk < password-file
      """)

  @OptionGroup var database: DatabaseOptions
  @Argument(help: "The tenant's slug or id.") var tenant: String
  @Argument(help: "E-mail address.") var email: String
  @Option(help: "Role; may be given more than once.") var role: [String] = ["viewer"]
  @Flag(help: "Print a JSON object instead of text.") var json = false

  func run() async throws {
    try await explained {
      guard let password = readLine(strippingNewline: true) else {
        throw Refusal(.inputInvalid, "Give the password on standard input.")
      }
      let system = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
      defer { system.close() }
      let record = try await system.tenant(named: tenant)
      let accounts = system.accounts()
      let scoped = try await system.operatorTenant(record, reason: "user added on the command line")
      let draft = try await accounts.draft(by: scoped.context, email: email, password: password, roles: role)
      try await accounts.record(draft)
      try await scoped.transaction { transaction in try transaction.enqueue(draft.intent, of: system.intents) }
      let user = draft.user
      Console.result(
        json
          ? JSON.object([JSON.Member("id", .id(user.id)), JSON.Member("email", .string(user.email))]).text
          : "\(user.email) \(user.id)")
    }
  }
}

struct AddressCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "address", abstract: "Allot an address of the outside world, such as an EDI id, to a tenant.",
    discussion: """
      An address belongs to one tenant of the whole platform. Only the operator allots them: were tenants to claim
      addresses themselves, a refused claim would tell them who else is here.

        bulkhead address acme x12 ZZ:ACME
      """)

  @OptionGroup var database: DatabaseOptions
  @Argument(help: "The tenant's slug or id.") var tenant: String
  @Argument(help: "Kind of address: x12.") var scheme: String
  @Argument(help: "Qualifier and id: ZZ:ACME.") var address: String

  func validate() throws {
    guard scheme == "x12" else { throw ValidationError("Known kinds of address: x12.") }
  }

  func run() async throws {
    try await explained {
      let system = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
      defer { system.close() }
      let record = try await system.tenant(named: tenant)
      try await system.allot(scheme: scheme, address: address, to: record)
      Console.result("\(scheme) \(address) is \(record.slug)'s")
    }
  }
}
