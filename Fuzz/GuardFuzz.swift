// The door by which libFuzzer reaches the guard. Built by scripts/fuzz with coverage instrumentation, never by the
// package: it has no `main`. What is asked of every input is `JudgedStatement`, which the tests run as well.
import BulkheadGuard
import BulkheadGuardProbe

#if canImport(Glibc)
  import Glibc
#endif

/// `GUARD_FUZZ_HOLE` takes the predicate away: a fuzzer that then finds nothing would prove nothing.
private let wall = StatementGuard(
  catalog: JudgedStatement.catalog,
  rules: getenv("GUARD_FUZZ_HOLE") == nil ? .all : GuardRules.all.subtracting(.tenantPredicate))
private let mutator = StatementMutator(statements: StatementMutator.scraps)

@_silgen_name("LLVMFuzzerMutate")
private func mutateBytes(_ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ sizeMax: Int) -> Int

@_cdecl("LLVMFuzzerTestOneInput")
public func judgeInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  guard case .broken(let fault) = JudgedStatement.judge(text, by: wall) else { return 0 }
  print("BROKEN: \(fault)\n\(text)")
  fflush(nil)
  abort()
}

/// Half of the changes are made by words, so that more of them pass the parser; libFuzzer's own make the rest.
@_cdecl("LLVMFuzzerCustomMutator")
public func mutateInput(
  _ data: UnsafeMutablePointer<UInt8>, _ size: Int, _ sizeMax: Int, _ seed: CUnsignedInt
) -> Int {
  guard seed.isMultiple(of: 2) else { return mutateBytes(data, size, sizeMax) }
  var random = Seeded(state: UInt64(seed))
  let text = String(decoding: UnsafeBufferPointer(start: data, count: size), as: UTF8.self)
  let bytes = Array(mutator.mutated(text, using: &random).utf8.prefix(sizeMax))
  for (index, byte) in bytes.enumerated() { data[index] = byte }
  return bytes.count
}

/// SplitMix64 (Steele, Lea, Flood 2014).
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
