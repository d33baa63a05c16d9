import BulkheadCore
import Testing

@testable import BulkheadKeys

@Suite("Job envelopes")
struct EnvelopeTests {
  let clock = ManualClock()
  let ambient: Ambient
  let sealer: TenantEnvelopeSealer
  let opener: TenantEnvelopeOpener
  let alpha, beta: TenantID
  let job: EntityID

  init() throws {
    let master = try MasterKey(bytes: Array(0..<32))
    ambient = Ambient(clock: clock, random: SeededRandom(seed: 11))
    sealer = TenantEnvelopeSealer(master: master, clock: clock)
    opener = TenantEnvelopeOpener(master: master, clock: clock) { topic in PermissionSet([Permission("job." + topic)]) }
    alpha = TenantID(ambient.makeID())
    beta = TenantID(ambient.makeID())
    job = ambient.makeID()
  }

  @Test("what is sealed opens to the same payload, at any size")
  func roundTrip() throws {
    for size in [0, 1, 15, 16, 17, 255, 4096, 100_000] {
      let payload = ambient.random.bytes(size)
      let sealed = try sealer.seal(payload, tenant: alpha, job: job, topic: "orders.confirm")
      #expect(sealed.count == size + 29 && sealed.first == 1)
      let opened = try opener.open(sealed, claimed: alpha, job: job, topic: "orders.confirm")
      #expect(opened.payload == payload, "seed 11, \(size) bytes")
    }
  }

  @Test("opening gives a context of the job: its tenant, its topic's permissions, fifteen minutes")
  func context() throws {
    let sealed = try sealer.seal([1], tenant: alpha, job: job, topic: "x")
    let context = try opener.open(sealed, claimed: alpha, job: job, topic: "x").context
    #expect(context.tenant == alpha && context.credential == job)
    #expect(context.actor == Actor(kind: .job, id: job))
    #expect(context.permissions == PermissionSet(["job.x"]))
    #expect(context.expiresAt == clock.now() + .seconds(900))
  }

  @Test("any flipped bit is refused")
  func flippedBits() throws {
    let sealed = try sealer.seal(Array("payload".utf8), tenant: alpha, job: job, topic: "x")
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(code(changed, alpha, job, "x") == .envelopeInvalid, "bit \(bit)")
    }
  }

  @Test("an envelope opens for its own tenant, job and topic only")
  func swapped() throws {
    let sealed = try sealer.seal([1, 2, 3], tenant: alpha, job: job, topic: "x")
    #expect(code(sealed, alpha, job, "x") == nil)
    #expect(code(sealed, beta, job, "x") == .envelopeInvalid)
    #expect(code(sealed, alpha, ambient.makeID(), "x") == .envelopeInvalid)
    #expect(code(sealed, alpha, job, "y") == .envelopeInvalid)
    #expect(code(sealed, alpha, job, "") == .envelopeInvalid)
    #expect(code(Array(sealed.dropLast()), alpha, job, "x") == .envelopeInvalid)
    #expect(code([], alpha, job, "x") == .envelopeInvalid)
    #expect(code([1], alpha, job, "x") == .envelopeInvalid)
  }

  @Test("another master key opens nothing, and an older key version still opens")
  func keys() throws {
    let sealed = try sealer.seal([9], tenant: alpha, job: job, topic: "x")
    let stranger = TenantEnvelopeOpener(master: .generate(), clock: clock) { _ in PermissionSet([]) }
    #expect(refusal { () throws(Refusal) in try stranger.open(sealed, claimed: alpha, job: job, topic: "x") } != nil)
    let master = try MasterKey(bytes: Array(0..<32))
    let newer = TenantEnvelopeOpener(master: master, version: 2, clock: clock) { _ in PermissionSet([]) }
    #expect(try newer.open(sealed, claimed: alpha, job: job, topic: "x").payload == [9])
    let ahead = try TenantEnvelopeSealer(master: master, version: 2, clock: clock)
      .seal([9], tenant: alpha, job: job, topic: "x")
    #expect(code(ahead, alpha, job, "x") == .envelopeInvalid)
  }

  @Test("a payload or a topic beyond its bound is refused")
  func bounds() {
    let large = [UInt8](repeating: 0, count: EnvelopeLimits.payloadBytesMax + 1)
    let long = String(repeating: "t", count: EnvelopeLimits.topicBytesMax + 1)
    let refusals = [
      refusal { () throws(Refusal) in try sealer.seal(large, tenant: alpha, job: job, topic: "x") },
      refusal { () throws(Refusal) in try sealer.seal([], tenant: alpha, job: job, topic: long) },
    ]
    #expect(refusals.map { $0?.code } == [.envelopeTooLarge, .envelopeTooLarge])
  }

  private func code(_ bytes: [UInt8], _ tenant: TenantID, _ job: EntityID, _ topic: String) -> RefusalCode? {
    refusal { () throws(Refusal) in try opener.open(bytes, claimed: tenant, job: job, topic: topic) }?.code
  }
}

@Suite("Secrets at rest")
struct SecretSealerTests {
  let sealer: SecretSealer
  let alpha = TenantID(EntityID(high: 1, low: 1))
  let beta = TenantID(EntityID(high: 1, low: 2))

  init() throws { sealer = SecretSealer(master: try MasterKey(bytes: Array(0..<32))) }

  @Test("a secret opens for its own tenant and purpose only")
  func binding() throws {
    let sealed = try sealer.seal([1, 2, 3], tenant: alpha, purpose: "signing key a")
    #expect(try sealer.open(sealed, tenant: alpha, purpose: "signing key a").withValue { $0 } == [1, 2, 3])
    let attempts: [(TenantID?, String)] = [(beta, "signing key a"), (nil, "signing key a"), (alpha, "signing key b")]
    for (tenant, purpose) in attempts {
      let refusal = refusal { () throws(Refusal) in try sealer.open(sealed, tenant: tenant, purpose: purpose) }
      #expect(refusal?.code == .sealedInvalid)
    }
  }

  @Test("the platform's secrets are not those of the tenant whose id is all zeros")
  func platform() throws {
    let zero = TenantID(EntityID(high: 0, low: 0))
    let sealed = try sealer.seal([1], tenant: nil, purpose: "x")
    #expect(refusal { () throws(Refusal) in try sealer.open(sealed, tenant: zero, purpose: "x") } != nil)
    #expect(try sealer.open(sealed, tenant: nil, purpose: "x").withValue { $0 } == [1])
  }

  @Test("any flipped bit is refused, and the same secret never seals to the same bytes")
  func flippedBits() throws {
    let sealed = try sealer.seal([7], tenant: alpha, purpose: "x")
    #expect(try sealer.seal([7], tenant: alpha, purpose: "x") != sealed)
    for bit in 0..<(sealed.count * 8) {
      var changed = sealed
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(refusal { () throws(Refusal) in try sealer.open(changed, tenant: alpha, purpose: "x") } != nil)
    }
  }
}
