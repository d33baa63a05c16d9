import BulkheadCore
import Crypto
import Testing

@testable import BulkheadKeys

@Suite("The master key")
struct MasterKeyTests {
  struct Vector: Sendable {
    let key, salt, info, output: String
  }

  /// RFC 5869, appendix A.1 to A.3.
  static let vectors = [
    Vector(
      key: String(repeating: "0b", count: 22), salt: "000102030405060708090a0b0c", info: "f0f1f2f3f4f5f6f7f8f9",
      output: "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"),
    Vector(
      key: Hex.encode((0x00...0x4F).map { UInt8($0) }), salt: Hex.encode((0x60...0xAF).map { UInt8($0) }),
      info: Hex.encode((0xB0...0xFF).map { UInt8($0) }),
      output: "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c"
        + "59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"),
    Vector(
      key: String(repeating: "0b", count: 22), salt: "", info: "",
      output: "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"),
  ]

  @Test("the derivation gives the published vectors", arguments: vectors)
  func publishedVectors(_ vector: Vector) throws {
    let derived = MasterKey.hkdf(
      key: try #require(Hex.decode(vector.key)), salt: try #require(Hex.decode(vector.salt)),
      info: try #require(Hex.decode(vector.info)), length: vector.output.count / 2)
    #expect(derived.withUnsafeBytes { Hex.encode(Array($0)) } == vector.output)
  }

  @Test("hexadecimal and both alphabets of base64 read to the same key")
  func forms() throws {
    let bytes = (0..<32).map { UInt8(255 - $0 * 4) }
    let expected = try MasterKey(bytes: bytes).derive("x").withValue { $0 }
    let texts = [
      Hex.encode(bytes), Hex.encode(bytes).uppercased(), Base64.standard.encode(bytes), Base64.url.encode(bytes),
      Base64.standard.encode(bytes) + "=",
    ]
    for text in texts { #expect(try MasterKey(text: text).derive("x").withValue { $0 } == expected) }
  }

  @Test(
    "anything else is refused, and not repeated in the refusal",
    arguments: [
      "", "abc", String(repeating: "g", count: 64), String(repeating: "A", count: 42),
      String(repeating: "A", count: 42) + "B", String(repeating: "A", count: 44), String(repeating: "é", count: 32),
    ])
  func malformed(_ text: String) {
    let refusal = refusal { () throws(Refusal) in try MasterKey(text: text) }
    #expect(refusal?.code == .masterKeyInvalid)
    #expect(text.isEmpty || refusal.map { !$0.debugDescription.contains(text) } == true)
  }

  @Test("a generated key reads back from its text, and no two are the same")
  func generation() throws {
    let key = MasterKey.generate()
    let again = try key.text.withValue { text throws(Refusal) in try MasterKey(text: text) }
    #expect(again.derive("x").withValue { $0 } == key.derive("x").withValue { $0 })
    #expect(MasterKey.generate().derive("x").withValue { $0 } != key.derive("x").withValue { $0 })
    #expect("\(key)".contains("<secret>"))
  }

  @Test("purposes, parts and where the parts divide all give different keys")
  func separation() throws {
    let key = try MasterKey(bytes: Array(0..<32))
    let derived = [
      key.derive("a"), key.derive("b"), key.derive("a", "b"), key.derive("a", ""), key.derive("ab"),
      key.derive("a", "bc"), key.derive("a", "b", "c"), key.derive("ab", "c"),
    ].map { $0.withValue { $0 } }
    #expect(Set(derived).count == derived.count)
    #expect(key.derive("a", length: 100).withValue { $0.count } == 100)
  }

  @Test("a role's password needs no quoting, and each role has its own")
  func rolePasswords() throws {
    let key = try MasterKey(bytes: Array(0..<32))
    let password = key.rolePassword(role: "s_9f31").withValue { $0 }
    #expect(password.count == 43)
    #expect(password.utf8.allSatisfy { Base64.url.decode([$0, 0x41]) != nil })
    #expect(password == key.rolePassword(role: "s_9f31").withValue { $0 })
    #expect(password != key.rolePassword(role: "s_9f32").withValue { $0 })
  }
}

@Suite("Strict base64")
struct Base64Tests {
  @Test("what is encoded decodes to itself, at every length")
  func roundTrip() {
    let random = SeededRandom(seed: 7)
    for count in 0...70 {
      let bytes = random.bytes(count)
      for alphabet in [Base64.url, .standard] {
        #expect(alphabet.decode(alphabet.encode(bytes).utf8) == bytes, "seed 7, \(count) bytes")
      }
    }
  }

  @Test("the published examples, without their padding")
  func published() {
    // RFC 4648, section 10.
    for (plain, text) in [("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
      #expect(Base64.standard.encode(Array(plain.utf8)) == text)
    }
  }

  @Test(
    "there is one text for each byte string",
    arguments: ["Zh", "Zm9", "Z", "Zg==", "Zg=", "Zm 8", "Zm8\n", "Zm+/", "Zé"])
  func strict(_ text: String) {
    #expect(Base64.url.decode(text.utf8) == nil)
  }
}
