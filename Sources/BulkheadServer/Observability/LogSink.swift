import BulkheadCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where log lines go.
package protocol LogSink: Sendable {
  /// Takes one line, with its line end.
  func write(_ line: [UInt8])
}

/// Standard error, one `write(2)` per line: lines of up to `PIPE_BUF` bytes do not mix, and none is lost in a buffer
/// when the process dies.
package struct StandardErrorSink: LogSink {
  package init() {}

  package func write(_ line: [UInt8]) {
    line.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        #if canImport(Glibc)
          let written = Glibc.write(STDERR_FILENO, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        #else
          let written = Darwin.write(STDERR_FILENO, bytes.baseAddress?.advanced(by: offset), bytes.count - offset)
        #endif
        // A log that cannot be written must not stop the server.
        guard written > 0 || errno == EINTR else { return }
        offset += max(written, 0)
      }
    }
  }
}
