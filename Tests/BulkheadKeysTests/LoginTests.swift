import BulkheadCore
import Crypto
import CryptoExtras
import Dispatch
import Synchronization
import Testing

@testable import BulkheadKeys

@Suite("Passwords")
struct PasswordTests {
  static let cheap = ScryptCost(logN: 4, blockSize: 8, parallelism: 1)

  private func passwords() throws -> Passwords {
    Passwords(cost: try #require(Self.cheap), random: SeededRandom(seed: 3))
  }

  @Test("scrypt gives the published vectors")
  func publishedVectors() throws {
    // RFC 7914, section 12; the first 32 of 64 bytes where ours is the length.
    let cost = try #require(ScryptCost(logN: 14, blockSize: 8, parallelism: 1))
    let derived = ScryptHash.derive(Array("pleaseletmein".utf8), salt: Array("SodiumChloride".utf8), cost: cost)
    #expect(
      derived?.withUnsafeBytes { Hex.encode(Array($0)) }
        == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    let parallel = try KDF.Scrypt.deriveKey(
      from: Array("password".utf8), salt: Array("NaCl".utf8), outputByteCount: 64, rounds: 1024, blockSize: 8,
      parallelism: 16)
    #expect(
      parallel.withUnsafeBytes { Hex.encode(Array($0)) }
        == "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
        + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")
  }

  @Test("a password verifies against its own hash and no other does")
  func roundTrip() async throws {
    let passwords = try passwords()
    let stored = try await passwords.hash("correct horse battery")
    #expect(stored.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
    #expect(try await passwords.verify("correct horse battery", against: stored))
    #expect(try await !passwords.verify("correct horse batterz", against: stored))
    #expect(try await !passwords.verify("", against: stored))
    #expect(try await passwords.hash("correct horse battery") != stored)
  }

  @Test("the standard cost is 32 MiB, and hashes name it")
  func standardCost() async throws {
    let passwords = Passwords()
    let stored = try await passwords.hash("correct horse battery")
    #expect(stored.hasPrefix("$scrypt$ln=15,r=8,p=1$"))
    #expect(try await passwords.verify("correct horse battery", against: stored))
    #expect(!passwords.isOutdated(stored))
    let older = try await self.passwords().hash("correct horse battery")
    #expect(passwords.isOutdated(older))
    #expect(try await passwords.verify("correct horse battery", against: older))
  }

  @Test("an unknown user, an unreadable hash and an impossible password all cost one derivation of the same cost")
  func sameWork() async throws {
    let costs = Mutex<[ScryptCost]>([])
    let passwords = Passwords(
      cost: .standard, random: SeededRandom(seed: 3), bounds: .standard,
      derive: { password, salt, cost in
        costs.withLock { $0.append(cost) }
        return SymmetricKey(data: Array(SHA256.hash(data: password + salt)))
      })
    let stored = try await passwords.hash("correct horse battery")
    costs.withLock { $0 = [] }
    let attempts: [(String, String?)] = [
      ("correct horse battery", nil), ("correct horse battery", "$scrypt$broken"), ("", stored), ("short", stored),
      (String(repeating: "x", count: 100_000), stored), ("correct horse\0battery", stored),
      ("wrong horse battery", stored),
    ]
    for (password, hash) in attempts { #expect(try await !passwords.verify(password, against: hash)) }
    #expect(costs.withLock { $0 } == Array(repeating: .standard, count: attempts.count))
    #expect(try await passwords.verify("correct horse battery", against: stored))
  }

  @Test("new passwords keep the rules")
  func rules() {
    let good = ["123456789012", String(repeating: "é", count: 128), "🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑🔑"]
    let bad = ["", "12345678901", String(repeating: "x", count: 129), "123456789012\0"]
    for password in good { #expect(refusal { () throws(Refusal) in try PasswordRules.check(password) } == nil) }
    for password in bad {
      let refusal = refusal { () throws(Refusal) in try PasswordRules.check(password) }
      #expect(refusal?.code == .passwordRefused)
      #expect(password.isEmpty || refusal?.debugDescription.contains(password) == false)
    }
  }

  @Test(
    "a stored text that orders too much work, or is not ours, is not read",
    arguments: [
      "", "x", "$scrypt$ln=30,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=15,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "$2b$12$abc",
      "$scrypt$ln=17,r=8,p=4$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
      "$scrypt$ln=-1,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ])
  func foreignHashes(_ text: String) { #expect(ScryptHash(text) == nil) }
}

@Suite("The queue of long computations")
struct ComputationQueueTests {
  @Test("no more run at once than allowed, tenants take turns, and beyond the bounds they are refused")
  func bounds() async throws {
    let queue = ComputationQueue(ComputationBounds(runningMax: 1, waitingMax: 5, waitingPerTenantMax: 3))
    let gate = DispatchSemaphore(value: 0)
    let order = Guarded<[String]>([])
    let alpha = TenantID(EntityID(high: 1, low: 1))
    let beta = TenantID(EntityID(high: 1, low: 2))
    let work: @Sendable (TenantID, String) async -> RefusalCode? = { tenant, name in
      do throws(Refusal) {
        try await queue.run(tenant) {
          if name == "first" { gate.wait() }
          order.state.withLock { $0.append(name) }
        }
        return nil
      } catch { return error.code }
    }
    await withTaskGroup(of: RefusalCode?.self) { group in
      group.addTask { await work(alpha, "first") }
      while queue.runningCount < 1 { await Task.yield() }
      for (index, name) in ["a1", "a2", "a3"].enumerated() {
        group.addTask { await work(alpha, name) }
        while queue.waitingCount < index + 1 { await Task.yield() }
      }
      #expect(await work(alpha, "a4") == .loginBusy)
      for (index, name) in ["b1", "b2"].enumerated() {
        group.addTask { await work(beta, name) }
        while queue.waitingCount < index + 4 { await Task.yield() }
      }
      #expect(await work(beta, "b3") == .loginBusy)
      gate.signal()
      for await code in group { #expect(code == nil) }
    }
    #expect(order.state.withLock { $0 } == ["first", "a1", "b1", "a2", "b2", "a3"])
    // An outcome is given out before its place is.
    while queue.runningCount > 0 { await Task.yield() }
    #expect(queue.waitingCount == 0)
  }
}

@Suite("The login throttle")
struct LoginThrottleTests {
  let clock = ManualClock()
  let alpha = TenantID(EntityID(high: 1, low: 1))
  let beta = TenantID(EntityID(high: 1, low: 2))

  private func wait(_ throttle: LoginThrottle, _ tenant: TenantID?, _ account: String, _ peer: String) -> Int? {
    let refusal = refusal { () throws(Refusal) in try throttle.admit(tenant: tenant, account: account, peer: peer) }
    #expect(refusal == nil || refusal?.code == .loginLimited)
    return refusal?.retryAfterSeconds
  }

  @Test("an account may be tried five times, then once every twelve seconds, from wherever")
  func account() {
    let throttle = LoginThrottle(clock: clock)
    for attempt in 0..<5 { #expect(wait(throttle, alpha, "ann@example.com", "peer \(attempt)") == nil) }
    #expect(wait(throttle, alpha, "ANN@example.com", "peer 9") == 12)
    clock.advance(by: .milliseconds(500))
    #expect(wait(throttle, alpha, "ann@example.com", "peer 9") == 12)
    clock.advance(by: .milliseconds(11_500))
    #expect(wait(throttle, alpha, "ann@example.com", "peer 9") == nil)
    #expect(wait(throttle, alpha, "ann@example.com", "peer 9") == 12)
  }

  @Test("the same name in another tenant is another account, and an absent one is limited alike")
  func tenants() {
    let throttle = LoginThrottle(clock: clock)
    for attempt in 0..<6 { _ = wait(throttle, alpha, "ann", "peer \(attempt)") }
    #expect(wait(throttle, beta, "ann", "peer") == nil)
    #expect(wait(throttle, nil, "ann", "peer") == nil)
  }

  @Test("a peer may try twenty accounts, then one every three seconds")
  func peer() {
    let throttle = LoginThrottle(clock: clock)
    for attempt in 0..<20 { #expect(wait(throttle, alpha, "user \(attempt)", "peer") == nil) }
    #expect(wait(throttle, alpha, "user 20", "peer") == 3)
    #expect(wait(throttle, alpha, "user 20", "other peer") == nil)
    clock.advance(by: .seconds(3))
    #expect(wait(throttle, alpha, "user 21", "peer") == nil)
  }

  @Test("a refused attempt counts nothing, so waiting as told is enough")
  func refusedAttempts() {
    let throttle = LoginThrottle(clock: clock)
    for _ in 0..<5 { _ = wait(throttle, alpha, "ann", "peer") }
    for _ in 0..<15 { #expect(wait(throttle, alpha, "ann", "peer") == 12) }
    clock.advance(by: .seconds(12))
    #expect(wait(throttle, alpha, "ann", "peer") == nil)
  }

  @Test("a good login clears its account")
  func success() {
    let throttle = LoginThrottle(clock: clock)
    for _ in 0..<5 { _ = wait(throttle, alpha, "ann", "peer") }
    throttle.succeeded(tenant: alpha, account: "Ann")
    #expect(wait(throttle, alpha, "ann", "peer") == nil)
  }

  @Test("a flood of made-up accounts clears no real one, and stops at its own tenant")
  func flood() {
    let throttle = LoginThrottle(clock: clock)
    for _ in 0..<5 { _ = wait(throttle, alpha, "ann", "peer") }
    var refused = 0
    for index in 0..<20_000 where wait(throttle, alpha, "made up \(index)", "bot \(index)") != nil { refused += 1 }
    #expect(refused > 10_000)
    #expect(wait(throttle, alpha, "ann", "new peer") == 12)
    #expect(wait(throttle, beta, "ann", "new peer") == nil)
    clock.advance(by: .seconds(60))
    #expect(wait(throttle, alpha, "ann", "new peer") == nil)
  }

  @Test("names beyond the bound count as one")
  func longNames() {
    let throttle = LoginThrottle(clock: clock)
    let long = String(repeating: "x", count: LoginThrottle.nameBytesMax)
    for attempt in 0..<5 { #expect(wait(throttle, alpha, long + "\(attempt)", "peer") == nil) }
    #expect(wait(throttle, alpha, long + "9", "peer") == 12)
  }
}
