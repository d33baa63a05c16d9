import CLibpq
import Glibc

/// What OpenSSL has decrypted and libpq not yet taken.
///
/// libpq lends its OpenSSL object (`PQsslStruct`) but not the question, so `SSL_pending` is looked up in the library
/// that libpq has loaded. Without it the answer is no, which is right for servers that send records of 8 KiB at most.
enum TLSBuffer {
  private typealias Pending = @convention(c) (UnsafeMutableRawPointer?) -> Int32
  private static let pending: Pending? = dlsym(nil, "SSL_pending").map { unsafeBitCast($0, to: Pending.self) }

  static func holdsBytes(_ connection: OpaquePointer) -> Bool {
    guard let pending, let session = PQsslStruct(connection, "OpenSSL") else { return false }
    return pending(session) > 0
  }
}
