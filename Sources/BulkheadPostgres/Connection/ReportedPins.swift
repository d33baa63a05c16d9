import CLibpq
import Glibc

/// What the server must go on saying about a session (`ParameterStatus`, PostgreSQL manual 55.2.7). PostgreSQL reports
/// these parameters at login and whenever they change, so a session in which one was turned is found out by the answer
/// to the very call that turned it, at the cost of a look at memory.
package struct ReportedPins: Sendable {
  private let pins: [(name: String, value: String)]

  /// `pins` are names of parameters that PostgreSQL reports, and the values that they must have.
  package init(_ pins: [(name: String, value: String)] = []) { self.pins = pins }

  /// Names the first parameter that is not what it must be.
  func objection(_ connection: OpaquePointer) -> String? {
    for pin in pins {
      let reported = PQparameterStatus(connection, pin.name)
      guard let reported, strcmp(reported, pin.value) == 0 else {
        return "the server reports \(pin.name) = \(reported.map { String(cString: $0) } ?? "nothing"), not \(pin.value)"
      }
    }
    return nil
  }
}
