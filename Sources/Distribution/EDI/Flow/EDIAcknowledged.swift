import BulkheadCore
import BulkheadData

/// Notes what a partner's 997 says about documents of ours. Tenant-scoped.
enum EDIAcknowledged {
  /// Sets named by AK2 get their own verdict, the others of the group that of AK9. An acknowledgment of something that
  /// was never sent, or that was acknowledged before, changes nothing.
  static func apply(
    _ acknowledgment: FunctionalAcknowledgment, agreement: EntityID, in transaction: Transaction
  ) throws {
    let group = SQLValue.text(String(acknowledgment.groupControl))
    for set in acknowledgment.sets {
      try transaction.enqueue(
        Query(
          Statement(
            """
            UPDATE edi_message AS message SET ack_state = $4
            WHERE message.agreement_id = $1 AND message.direction = 'out' AND message.group_control = $2
              AND message.control_no = $3 AND message.ack_state = 'awaited'
            """), .id(agreement), group, .text(set.control), .text(set.verdict.rawValue)))
    }
    try transaction.enqueue(
      Query(
        Statement(
          """
          UPDATE edi_message AS message SET ack_state = $3
          WHERE message.agreement_id = $1 AND message.direction = 'out' AND message.group_control = $2
            AND message.ack_state = 'awaited'
          """), .id(agreement), group, .text(acknowledgment.verdict.rawValue)))
  }
}
