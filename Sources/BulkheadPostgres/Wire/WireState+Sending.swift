import BulkheadCore
import CLibpq

extension WireState {
  /// Names deallocated per call: keeps the extra work of one call small.
  private static let deallocationsMax = 16

  /// Sends an admitted request. False when libpq refuses, which leaves the connection unusable.
  mutating func send(_ request: Wire.Request) -> Bool {
    guard let connection else { return false }
    return switch request {
    case .pipeline(let commands): send(commands, connection)
    case .script(let text): send(script: text, connection)
    }
  }

  private mutating func send(_ commands: [Command], _ connection: OpaquePointer) -> Bool {
    exchange.commands = commands
    guard sendDeallocations(connection) else { return false }
    let encoded = parameters
    let sent = encoded.withPointers { pointers in
      var first = 0
      for (index, command) in commands.enumerated() {
        guard send(command, at: index, pointers, &first, connection) else { return false }
      }
      return sendSync(connection)
    }
    return sent && flush(connection)
  }

  private mutating func send(
    _ command: Command, at index: Int, _ pointers: ParameterPointers, _ first: inout Int, _ connection: OpaquePointer
  ) -> Bool {
    switch command {
    case .sync: return sendSync(connection)
    case .once(let text, let parameters):
      exchange.steps.append(.command(index: index, number: 0))
      defer { first += parameters.count }
      return sendOnce(text, pointers, first, parameters.count, connection)
    case .prepared(let text, let parameters):
      defer { first += parameters.count }
      guard let (statement, isNew) = statements.use(text) else {
        exchange.steps.append(.command(index: index, number: 0))
        return sendOnce(text, pointers, first, parameters.count, connection)
      }
      if isNew {
        exchange.steps.append(.prepare(index: index, number: statement.number))
        guard PQsendPrepare(connection, statement.name, text, 0, nil) == 1 else { return false }
      }
      exchange.steps.append(.command(index: index, number: statement.number))
      return PQsendQueryPrepared(
        connection, statement.name, Int32(parameters.count), pointers.values.map { $0 + first },
        pointers.lengths.baseAddress.map { $0 + first }, pointers.formats.baseAddress.map { $0 + first }, 0) == 1
    }
  }

  private func sendOnce(
    _ text: String, _ pointers: ParameterPointers, _ first: Int, _ count: Int, _ connection: OpaquePointer
  ) -> Bool {
    PQsendQueryParams(
      connection, text, Int32(count), nil, pointers.values.map { $0 + first },
      pointers.lengths.baseAddress.map { $0 + first }, pointers.formats.baseAddress.map { $0 + first }, 0) == 1
  }

  private mutating func sendSync(_ connection: OpaquePointer) -> Bool {
    exchange.steps.append(.sync)
    return PQpipelineSync(connection) == 1
  }

  /// Evicted names go in front of the call, with a sync of their own, so that their failing fails nothing else; and
  /// only outside a transaction, which they could spoil.
  private mutating func sendDeallocations(_ connection: OpaquePointer) -> Bool {
    guard !statements.evicted.isEmpty, PQtransactionStatus(connection) == PQTRANS_IDLE else { return true }
    for statement in statements.takeEvicted(Self.deallocationsMax) {
      exchange.steps.append(.deallocate(statement))
      guard PQsendQueryParams(connection, "DEALLOCATE \(statement.name)", 0, nil, nil, nil, nil, 0) == 1 else {
        return false
      }
    }
    return sendSync(connection)
  }

  /// Sends a script in the simple protocol.
  private mutating func send(script: String, _ connection: OpaquePointer) -> Bool {
    guard PQexitPipelineMode(connection) == 1 else { return false }
    exchange.isScript = true
    mayHoldState = true
    return PQsendQuery(connection, script) == 1 && flush(connection)
  }

  /// Writes as much as the socket takes; `awaitsRoom` says whether some is left.
  mutating func flush(_ connection: OpaquePointer) -> Bool {
    let left = PQflush(connection)
    awaitsRoom = left == 1
    return left >= 0
  }
}
