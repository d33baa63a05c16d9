import BulkheadCore

/// The refusals of the distribution domain. Names are stable: API clients, EDI acknowledgements and audit share them.
extension RefusalCode {
  public static let quantityMalformed = RefusalCode("quantity.malformed", .invalid)
  public static let quantityTooPrecise = RefusalCode("quantity.tooPrecise", .invalid)
  public static let quantityOverflow = RefusalCode("quantity.overflow", .invalid)
  public static let quantityNotPositive = RefusalCode("quantity.notPositive", .invalid)
  public static let quantityZero = RefusalCode("quantity.zero", .invalid)
  public static let priceMalformed = RefusalCode("price.malformed", .invalid)
  public static let priceTooPrecise = RefusalCode("price.tooPrecise", .invalid)
  public static let priceOverflow = RefusalCode("price.overflow", .invalid)
  public static let priceNegative = RefusalCode("price.negative", .invalid)
  public static let priceMissing = RefusalCode("price.missing", .invalid)
  public static let priceRuleInvalid = RefusalCode("priceRule.invalid", .invalid)
  public static let moneyMalformed = RefusalCode("money.malformed", .invalid)
  public static let moneyOverflow = RefusalCode("money.overflow", .invalid)
  public static let currencyUnknown = RefusalCode("currency.unknown", .invalid)
  public static let currencyMismatch = RefusalCode("currency.mismatch", .invalid)
  public static let conversionInvalid = RefusalCode("conversion.invalid", .invalid)
  public static let unitUnknown = RefusalCode("unit.unknown", .invalid)
  public static let dateMalformed = RefusalCode("date.malformed", .invalid)
  /// The body names something that does not exist in this tenant; whether it exists elsewhere makes no difference.
  public static let referenceUnknown = RefusalCode("reference.unknown", .invalid)
  public static let referenceMissing = RefusalCode("reference.missing", .invalid)

  public static let identifierTaken = RefusalCode("identifier.taken", .conflict)
  public static let codeTaken = RefusalCode("code.taken", .conflict)
  public static let defaultTaken = RefusalCode("default.taken", .conflict)
  public static let productInactive = RefusalCode("product.inactive", .invalid)
  public static let partyNotCustomer = RefusalCode("party.notCustomer", .invalid)
  public static let partyInactive = RefusalCode("party.inactive", .invalid)
  public static let locationKind = RefusalCode("location.wrongType", .invalid)
  public static let setupMissing = RefusalCode("setup.missing", .conflict)

  public static let lotRequired = RefusalCode("lot.required", .invalid)
  public static let lotNotTracked = RefusalCode("lot.notTracked", .invalid)
  public static let serialNotSingle = RefusalCode("serial.notSingle", .invalid)
  public static let serialTwice = RefusalCode("serial.twice", .conflict)
  public static let costMissing = RefusalCode("cost.missing", .invalid)
  public static let costUnexpected = RefusalCode("cost.unexpected", .invalid)
  public static let stockInsufficient = RefusalCode("stock.insufficient", .conflict)
  public static let adjustmentNoLines = RefusalCode("adjustment.noLines", .invalid)
  public static let adjustmentTooManyLines = RefusalCode("adjustment.tooManyLines", .invalid)
  public static let adjustmentWrongSign = RefusalCode("adjustment.wrongSign", .invalid)

  public static let periodClosed = RefusalCode("period.closed", .conflict)
  public static let ledgerUnbalanced = RefusalCode("ledger.unbalanced", .invalid)

  public static let orderNoLines = RefusalCode("order.noLines", .invalid)
  public static let orderTooManyLines = RefusalCode("order.tooManyLines", .invalid)
  public static let orderDuplicatePO = RefusalCode("order.duplicatePO", .conflict)
  public static let orderNotCancellable = RefusalCode("order.notCancellable", .conflict)
  public static let orderNotReleasable = RefusalCode("order.notReleasable", .conflict)
  public static let creditExceeded = RefusalCode("credit.exceeded", .conflict)
  /// Somebody else changed the same thing in the same moment.
  public static let changedMeanwhile = RefusalCode("resource.changedMeanwhile", .conflict)

  public static let partyNotSupplier = RefusalCode("party.notSupplier", .invalid)
  public static let dateInFuture = RefusalCode("date.inFuture", .invalid)
  public static let purchaseWrongState = RefusalCode("purchase.wrongState", .conflict)
  public static let purchaseNotCancellable = RefusalCode("purchase.notCancellable", .conflict)
  public static let supplierContractWrongState = RefusalCode("supplierContract.wrongState", .conflict)
  public static let supplierContractExhausted = RefusalCode("supplierContract.exhausted", .conflict)
  public static let supplierContractProductTwice = RefusalCode("supplierContract.productTwice", .invalid)
  public static let suggestionWrongState = RefusalCode("suggestion.wrongState", .conflict)
  public static let suggestionNoSupplier = RefusalCode("suggestion.noSupplier", .conflict)
  public static let replenishmentTooManyPolicies = RefusalCode("replenishment.tooManyPolicies", .invalid)
  public static let receiptOverTolerance = RefusalCode("receipt.overTolerance", .conflict)
  public static let landedCostWrongState = RefusalCode("landedCost.wrongState", .conflict)
  public static let landedCostNothingReceived = RefusalCode("landedCost.nothingReceived", .conflict)
  public static let allocationBaseZero = RefusalCode("allocation.baseZero", .conflict)
  public static let supplierInvoiceDuplicate = RefusalCode("supplierInvoice.duplicate", .conflict)
  public static let supplierInvoiceWrongState = RefusalCode("supplierInvoice.wrongState", .conflict)
  public static let supplierInvoiceNotApprovable = RefusalCode("supplierInvoice.notApprovable", .conflict)
  public static let supplierInvoiceLineTwice = RefusalCode("supplierInvoice.lineTwice", .invalid)

  /// Every code above, for documentation and for the tests of the edges.
  public static let distribution: [RefusalCode] = [
    .quantityMalformed, .quantityTooPrecise, .quantityOverflow, .quantityNotPositive, .quantityZero, .priceMalformed,
    .priceTooPrecise, .priceOverflow, .priceNegative, .priceMissing, .priceRuleInvalid, .moneyMalformed,
    .moneyOverflow, .currencyUnknown, .currencyMismatch, .conversionInvalid, .unitUnknown, .dateMalformed,
    .referenceUnknown, .referenceMissing, .identifierTaken, .codeTaken, .defaultTaken, .productInactive,
    .partyNotCustomer, .partyInactive, .locationKind, .setupMissing, .lotRequired, .lotNotTracked, .serialNotSingle,
    .serialTwice, .costMissing, .costUnexpected, .stockInsufficient, .adjustmentNoLines, .adjustmentTooManyLines,
    .adjustmentWrongSign, .periodClosed, .ledgerUnbalanced, .orderNoLines, .orderTooManyLines, .orderDuplicatePO,
    .orderNotCancellable,
    .orderNotReleasable, .creditExceeded, .changedMeanwhile,
    // Purchasing.
    .partyNotSupplier, .dateInFuture, .purchaseWrongState, .purchaseNotCancellable, .supplierContractWrongState,
    .supplierContractExhausted, .supplierContractProductTwice, .suggestionWrongState, .suggestionNoSupplier,
    .replenishmentTooManyPolicies, .receiptOverTolerance, .landedCostWrongState, .landedCostNothingReceived,
    .allocationBaseZero, .supplierInvoiceDuplicate, .supplierInvoiceWrongState, .supplierInvoiceNotApprovable,
    .supplierInvoiceLineTwice,
  ]
}
