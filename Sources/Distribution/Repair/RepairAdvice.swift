import BulkheadCore

extension InvariantCheck {
  /// What people may post so that `offence` ends. Posted documents and the ledger are never repaired: what is wrong in
  /// them is corrected by a document of its own, which this names with its figures.
  public static func advice(on offence: Offence) -> String {
    guard let text = corrections[offence.check] else { return unknown }
    return
      text
      .replacing("{subject}", with: offence.subject).replacing("{expected}", with: offence.expected)
      .replacing("{found}", with: offence.found).replacing("{difference}", with: offence.difference)
  }

  private static let unknown = "Nothing is known that corrects this: keep the rows as they are and ask for help."

  /// By the check's name. `{difference}` is what is expected less what is found.
  static let corrections: [String: String] = stockCorrections.merging(moneyCorrections) { first, _ in first }
    .merging(flowCorrections) { first, _ in first }

  private static let stockCorrections: [String: String] = [
    "I1": """
    The moves add up to {expected}, which the place or what is reserved there does not allow: count {subject} \
    (POST /v1/count-tasks) and approve the count, then repair again.
    """,
    "I2": """
    Reservations hold {expected}, which is more than lies there: count {subject} (POST /v1/count-tasks); approving \
    it gives back what is not there.
    """,
    "I3": """
    {found} is reserved and only {expected} is allowed: count {subject} (POST /v1/count-tasks) and approve it, or \
    release orders that hold it.
    """,
    "I4": """
    The balances of {subject} are off by {difference} over all places: balances are repaired from moves first; \
    what is left is a move that lost one end, to be posted again as a correction (POST /v1/stock-adjustments).
    """,
    "I6": """
    Layers of {subject} hold {found} and stock {expected}: post a correction of {difference} (POST \
    /v1/stock-adjustments, kind correction, with its unitCost), after counting what is really there.
    """,
    "I6a": "The layers add up to {expected} and the product says {found}: repair the layers of {subject} first.",
    "I6b": """
    What was drawn from and added to {subject} is more than it ever held ({expected} against {found}): a draw \
    is booked twice or on the wrong layer. Return the goods of the later move (POST /v1/returns) or correct \
    them (POST /v1/stock-adjustments).
    """,
    "I7": """
    {subject} is in stock {found} times: count its places (POST /v1/count-tasks) and approve the one where it \
    really is.
    """,
    "S1": """
    The closed month says {found} and the moves {expected}: open the month again (POST \
    /v1/stock-periods/{period}/reopen) and close it, which writes the balances anew.
    """,
    "S2": """
    Stock is closed before {found} and should be before {expected}: close the latest month, or open it again, \
    by /v1/stock-periods.
    """,
    "T5": """
    The draws for {subject} are more than was short: correct the stock of the later one (POST \
    /v1/stock-adjustments).
    """,
  ]

  private static let moneyCorrections: [String: String] = [
    "I5": """
    Layers are worth {expected} and the inventory accounts {found}: an entry over {difference} minor units is \
    missing in the books of {subject}. It is an entry that a move should have made: reverse the entry that is \
    wrong (POST /v1/ledger-entries/{entry}/reverse) and let the document post again; no one posts to the control \
    account by hand.
    """,
    "I10": """
    Debits and credits of {subject} differ by {found}: the database refuses such entries, so lines were \
    changed or lost outside of it. Restore the ledger of this tenant from its backup and compare.
    """,
    "I10a": """
    Entry "{subject}" should be {expected} on both sides and is {found}: lines were changed or lost outside of \
    the database's rules. Restore them from the backup; the entry can then be reversed.
    """,
    "F1": """
    Documents leave {expected} open and the receivable accounts say {found}: {difference} minor units are \
    missing there. Reverse the entry that belongs to no document, or credit the invoice that has no entry, and \
    invoice it again.
    """,
    "F2": """
    {subject} is {expected} and its lines say {found}: credit it (POST /v1/invoices/{invoice}/credit-notes) and \
    invoice anew.
    """,
    "F3": """
    {subject} should have {expected} numbers and has {found}: a posted document is gone. Restore it from the \
    backup; numbers are not given twice.
    """,
    "F4": """
    What is open is not certain while its documents are not: correct those first, then repair {subject} again.
    """,
    "F5": """
    What settles {subject} leaves {expected} of it: more is allocated than it is worth. Bounce a payment of it \
    (POST /v1/payments/{payment}/bounce) and book it again.
    """,
    "F5a": "{subject} settles more than it is: {expected} would be left. Undo one of its allocations.",
    "P3": """
    Receipts and invoices leave {expected} received and not invoiced, the books say {found}: an entry over \
    {difference} minor units is missing. Return the receipt that has no entry (POST /v1/supplier-returns, kind \
    reversal) and receive it again, or reverse the entry that has no receipt.
    """,
    "P4": """
    {subject} is {expected} and was divided into {found}: reverse it (POST /v1/landed-costs/{cost}/reverse) and \
    post it again.
    """,
    "R3": "{subject} came back as {found} and left as {expected}: correct the value of the stock that came back.",
    "R4": "{subject} is billed {found}, {expected} may be: credit the rest (POST /v1/invoices/{invoice}/credit-notes).",
    "R6": """
    Returns relieve cost of goods sold of {expected} and the books of {found}: an entry over {difference} \
    minor units is missing. Post it by hand (POST /v1/ledger-entries) between cost of goods sold and inventory \
    adjustments.
    """,
    "T1": "{subject} should be {expected} and is {found}: give it back whole at the till and sell it again.",
    "T2": """
    The session of {subject} should have expected {expected} and did {found}: book the difference of \
    {difference} minor units between bank and cash differences (POST /v1/ledger-entries).
    """,
    "T3": """
    The ledger has {found} of {subject}, which should be {expected}: reverse what is there too often; what is \
    missing is posted by hand (POST /v1/ledger-entries) from the order's payments.
    """,
    "T3a": """
    Drawers hold {expected} and the books of {subject} say {found}: book {difference} minor units between cash \
    in tills and cash differences (POST /v1/ledger-entries).
    """,
  ]

  private static let flowCorrections: [String: String] = [
    "I8": """
    {subject} adds up to {found} instead of {expected}: more is reserved and shipped than was ordered. Cancel \
    it.
    """,
    "I8a": "Reservations hold {found} for {subject}: more than was ordered and not shipped. Cancel the order's rest.",
    "I8b": "The order {subject} has no lines, or they are worth {expected}: cancel it and place it again.",
    "I9": """
    What {subject} was promised is not certain while its orders are not: correct those first, then repair \
    again.
    """,
    "I11": "Shipments of {subject} say {found}, more than was ordered: take the rest back (POST /v1/returns).",
    "I11a": """
    {expected} was picked for {subject} and {found} is held: cancel the shipment, whose goods go back to the \
    bins, and pick again.
    """,
    "I11b": "Tasks picked {expected} for {subject}, more than its line: cancel the shipment and pick again.",
    "I11c": """
    {subject} draws on a reservation of {found} and needs {expected}: report the task short; it is allocated \
    anew.
    """,
    "I12": "Packages of {subject} hold {found}, {expected} was picked: void a package and pack again.",
    "I12a": "Packages of {subject} hold {expected}: void one and pack again, or take back what was shipped too much.",
    "F6": """
    Invoices of {subject} say {expected}, more than was ordered: credit the rest (POST \
    /v1/invoices/{invoice}/credit-notes).
    """,
    "W1": """
    Scans of {subject} say {expected} and the task {found}: cancel what is left of it (POST \
    /v1/putaway-tasks/{putawayTask}/cancel); the goods lie where their moves say.
    """,
    "W2": """
    {subject} says {expected} and its move {found}: count the place (POST /v1/count-tasks) and approve the count.
    """,
    "P1": """
    {subject} waits for {expected} and {found} is planned: close the order (POST \
    /v1/purchase-orders/{purchase}/close) and order the rest anew.
    """,
    "P1a": """
    Receipts of {subject} say {expected}, more than may come: send the rest back (POST /v1/supplier-returns).
    """,
    "P1b": """
    {subject} says {found} and its move {expected}: reverse the receipt (POST /v1/supplier-returns) and \
    receive it again.
    """,
    "P2": "Matches of {subject} say {expected}, more than came: ask the supplier for a credit of the rest.",
    "P5": "Orders have called off {expected} of {subject}, more than was agreed: close an order, or agree on more.",
    "P6": """
    Returns of {subject} say {expected}, more than came: receive the rest again (POST \
    /v1/purchase-orders/{purchase}/receipts).
    """,
    "P6a": "Returns of {subject} say {expected}, more than came by it: receive the rest again against the order.",
    "P6b": """
    {subject} says {found} and its move {expected}: receive what went too much again (POST \
    /v1/purchase-orders/{purchase}/receipts), or correct the stock (POST /v1/stock-adjustments).
    """,
    "E1": "The state of {subject} is not what its receipts say ({expected}): close the notice.",
    "E1a": "{subject} was counted against another order's line ({found}): close the notice and announce it again.",
    "E2": "{subject} told a partner what is {found} here: call the partner, and send a correction.",
    "E3": "{subject} waits for {found} that the supplier rejected: close the order's line.",
    "R1": """
    Returns of {subject} say {expected}, more than was shipped: correct the return's stock (POST \
    /v1/stock-adjustments).
    """,
    "R2": "{subject} is in returns with {found}, {expected} was shipped: cancel a return that is not received yet.",
    "R5": """
    {subject} was counted as {found}: what was counted is more than was authorised. Correct the stock that \
    came back.
    """,
    "T4": """
    {found} left for {subject} and {expected} should have: correct the stock by {difference} (POST \
    /v1/stock-adjustments).
    """,
    "M1": """
    The refused rows of {subject} are not all kept ({found} of {expected}): import the rest of the file again.
    """,
    "M2": "What is left of {subject} goes with the next clean-up of imports: nothing is posted from it.",
  ]
}

extension InvariantCheck.Offence {
  /// What is expected less what is found, where both are numbers.
  var difference: String {
    if let expected = Int64(expected), let found = Int64(found) {
      let (difference, overflow) = expected.subtractingReportingOverflow(found)
      return overflow ? "the difference" : String(difference)
    }
    do throws(Refusal) {
      return try Quantity(expected).subtracting(Quantity(found)).description
    } catch { return "the difference" }
  }
}
