import ArgumentParser
import BulkheadCore
import BulkheadLifecycle
import BulkheadReport

struct PolicyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Show and set limits along the org tree.",
    discussion: """
      A tenant's limits are the tightest of its own, its plan's and those of every node above it: a limit set for an
      OEM holds for each of its customers, and none of them can be given more. A change holds within two seconds.

        bulkhead policy show acme
        bulkhead policy set acme requestsPerSecond=50 requestBurst=100
        bulkhead policy set acme-oem/north leases=4
        bulkhead policy set acme requestBurst=none
        bulkhead policy plan starter requestsPerSecond=20 transactionMilliseconds=2000
        bulkhead policy weight acme 2

      Limits, least and most:
      \(Limit.allCases.map { "  \($0.rawValue): \($0.range.lowerBound) to \($0.range.upperBound) \($0.unit)" }
        .joined(separator: "\n"))
      """,
    subcommands: [Show.self, Set.self, Plan.self, Weight.self])

  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the limits that hold at a node, and who set each of them.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "A tenant's slug, a path of slugs such as acme-oem/north, or platform.") var node = "platform"
    @Flag(help: "Print a JSON object instead of a table.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        show(try await platform.policies.policy(of: try await platform.node(named: node)), json: json)
      }
    }
  }

  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set limits of a node; those that are not named stay as they are.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "A tenant's slug, a path of slugs such as acme-oem/north, or platform.") var node: String
    @Argument(help: "limit=value, or limit=none.") var limits: [String]
    @Flag(help: "Print a JSON object instead of a table.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        let node = try await platform.node(named: node)
        let known = try await platform.policies.policy(of: node)
        let changed = try await platform.policies.write(
          try PolicyCommand.changed(known.own.limits, limits), of: node, version: known.own.version,
          actor: platform.operatorActor)
        show(changed, json: json)
      }
    }
  }

  struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a plan, or set its limits; `tenant create --policy` gives it to a tenant.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "The plan's name.") var name: String
    @Argument(help: "limit=value, or limit=none.") var limits: [String] = []
    @Flag(help: "Print a JSON object instead of a line.") var json = false

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        let known = try await platform.policies.plan(name) ?? .none
        let plan = try PolicyCommand.changed(known, limits)
        try await platform.policies.writePlan(name, plan, actor: platform.operatorActor)
        Console.result(json ? plan.json.text : "plan \(name): \(plan.json.text)")
      }
    }
  }

  struct Weight: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Set a node's share of the database among its siblings; 1 by default.",
      discussion: "Shares count only while siblings want more than there is: who is alone gets everything.")

    @OptionGroup var database: DatabaseOptions
    @Argument(help: "A tenant's slug, or a path of slugs such as acme-oem/north.") var node: String
    @Argument(help: "1 to 100.") var weight: Int

    func run() async throws {
      try await explained {
        let platform = try await Platform.open(Cluster.open(database, creates: false), logger: Logs.quiet)
        defer { platform.close() }
        try await platform.policies.weigh(
          try await platform.node(named: node), weight, actor: platform.operatorActor)
        Console.result("\(node) has the weight \(weight) among its siblings")
      }
    }
  }

  /// `known` with the assignments of a command line.
  static func changed(_ known: PolicyLimits, _ assignments: [String]) throws(Refusal) -> PolicyLimits {
    var members = known.json.members ?? []
    for assignment in assignments {
      let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 2 else {
        throw Refusal(.inputInvalid, "\(assignment): write limit=value, or limit=none.", at: "/limits")
      }
      members.removeAll { $0.name == parts[0] }
      if parts[1] != "none" {
        members.append(JSON.Member(parts[0], Int64(parts[1]).map { .int($0) } ?? .string(parts[1])))
      }
    }
    return try PolicyLimits(.object(members))
  }

  private static func show(_ policy: NodePolicy, json: Bool) {
    if json { return Console.result(policy.json.text) }
    var table = Table(["LIMIT", "VALUE", "UNIT", "SET BY"], [.left, .right])
    let effective = policy.effective
    for limit in Limit.allCases {
      guard let value = effective[limit] else { continue }
      table.add([limit.rawValue, String(value), limit.unit, policy.source(of: limit)?.name ?? ""])
    }
    Console.result(effective == .none ? "\(policy.own.name): no limits are set" : table.text)
  }
}

extension Platform {
  var policies: Policies { Policies(control: control, registry: registry, ambient: ambient) }

  func node(named name: String) async throws -> OrgNode {
    try await OrgTree(control: control, ambient: ambient).node(named: name)
  }
}
