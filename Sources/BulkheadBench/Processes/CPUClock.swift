import Foundation

/// CPU time of a server and of PostgreSQL, from `/proc/<pid>/stat` (proc(5)), in microseconds.
struct CPUClock {
  struct Reading {
    let server: Int
    let postgres: Int
  }

  let postmaster: Int32

  init(postmaster: Int32) { self.postmaster = postmaster }

  /// Microseconds in which the machine's processors were busy since boot, or kept from it by their host: `/proc/stat`
  /// without idle and iowait (proc(5)); a guest's time is in user's already.
  static var machine: Int {
    let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
    let fields = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().map { Int($0) ?? 0 }
    guard fields.count >= 8 else { return 0 }
    return (fields[0] + fields[1] + fields[2] + fields[5] + fields[6] + fields[7]) * tickMicroseconds
  }

  private static let tickMicroseconds = 1_000_000 / max(1, sysconf(Int32(_SC_CLK_TCK)))

  /// Of the server with `pid`, and of PostgreSQL with all of its processes, those that ended included.
  func read(server pid: Int32) -> Reading {
    var postgres = Self.ticks(postmaster, withEndedChildren: true)
    for child in children() { postgres += Self.ticks(child, withEndedChildren: false) }
    return Reading(
      server: Self.ticks(pid, withEndedChildren: false) * Self.tickMicroseconds,
      postgres: postgres * Self.tickMicroseconds)
  }

  private func children() -> [Int32] {
    let path = "/proc/\(postmaster)/task/\(postmaster)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(whereSeparator: \.isWhitespace).compactMap { Int32($0) }
  }

  /// Fields 14 to 17; the second field is in parentheses and may hold anything.
  private static func ticks(_ pid: Int32, withEndedChildren: Bool) -> Int {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let end = text.lastIndex(of: ")")
    else { return 0 }
    let fields = text[end...].split(separator: " ").dropFirst().map { Int($0) ?? 0 }
    guard fields.count > 14 else { return 0 }
    return fields[11] + fields[12] + (withEndedChildren ? fields[13] + fields[14] : 0)
  }
}
