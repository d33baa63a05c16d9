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

  public static let orderNotShippable = RefusalCode("order.notShippable", .conflict)
  public static let orderIncomplete = RefusalCode("order.incomplete", .conflict)
  public static let waveEmpty = RefusalCode("wave.empty", .conflict)
  public static let waveWrongState = RefusalCode("wave.wrongState", .conflict)
  public static let shipmentWrongState = RefusalCode("shipment.wrongState", .conflict)
  public static let shipmentNotPacked = RefusalCode("shipment.notPacked", .conflict)
  public static let pickTaskWrongState = RefusalCode("pickTask.wrongState", .conflict)
  public static let pickTaskHeldByOther = RefusalCode("pickTask.heldByOther", .conflict)
  public static let pickTaskWrongLocation = RefusalCode("pickTask.wrongLocation", .invalid)
  public static let pickTaskWrongProduct = RefusalCode("pickTask.wrongProduct", .invalid)
  public static let pickTaskWrongLot = RefusalCode("pickTask.wrongLot", .invalid)
  public static let pickTaskOverPick = RefusalCode("pickTask.overPick", .invalid)
  public static let scanReused = RefusalCode("scan.reused", .conflict)
  public static let packageWrongState = RefusalCode("package.wrongState", .conflict)
  public static let packageExceedsPicked = RefusalCode("package.exceedsPicked", .conflict)
  public static let packageEmpty = RefusalCode("package.empty", .conflict)
  public static let gs1PrefixMissing = RefusalCode("gs1Prefix.missing", .conflict)
  public static let countTaskWrongState = RefusalCode("countTask.wrongState", .conflict)
  public static let countTaskExists = RefusalCode("countTask.exists", .conflict)

  public static let putawayTaskWrongState = RefusalCode("putawayTask.wrongState", .conflict)
  public static let putawayTaskHeldByOther = RefusalCode("putawayTask.heldByOther", .conflict)
  public static let putawayTaskWrongProduct = RefusalCode("putawayTask.wrongProduct", .invalid)
  public static let putawayTaskWrongLot = RefusalCode("putawayTask.wrongLot", .invalid)
  public static let putawayTaskWrongLocation = RefusalCode("putawayTask.wrongLocation", .invalid)
  public static let putawayTaskOverMove = RefusalCode("putawayTask.overMove", .invalid)
  public static let putawayTaskReasonMissing = RefusalCode("putawayTask.reasonMissing", .invalid)

  private static let warehouse: [RefusalCode] = [
    .orderNotShippable, .orderIncomplete, .waveEmpty, .waveWrongState, .shipmentWrongState, .shipmentNotPacked,
    .pickTaskWrongState, .pickTaskHeldByOther, .pickTaskWrongLocation, .pickTaskWrongProduct, .pickTaskWrongLot,
    .pickTaskOverPick, .scanReused, .packageWrongState, .packageExceedsPicked, .packageEmpty, .gs1PrefixMissing,
    .countTaskWrongState, .countTaskExists, .putawayTaskWrongState, .putawayTaskHeldByOther,
    .putawayTaskWrongProduct, .putawayTaskWrongLot, .putawayTaskWrongLocation, .putawayTaskOverMove,
    .putawayTaskReasonMissing,
  ]

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

  public static let supplierReturnWrongState = RefusalCode("supplierReturn.wrongState", .conflict)
  /// More would go back than came and is not back or on its way already.
  public static let supplierReturnBeyondReceived = RefusalCode("supplierReturn.beyondReceived", .conflict)
  public static let supplierReturnCreditTaken = RefusalCode("supplierReturn.creditTaken", .conflict)
  /// It would have left on a day before it came.
  public static let supplierReturnBeforeReceipt = RefusalCode("supplierReturn.beforeReceipt", .conflict)
  /// It was put away: it does not lie where it was received to any more.
  public static let supplierReturnPutAway = RefusalCode("supplierReturn.putAway", .conflict)

  private static let purchasing: [RefusalCode] = [
    .partyNotSupplier, .dateInFuture, .purchaseWrongState, .purchaseNotCancellable, .supplierContractWrongState,
    .supplierContractExhausted, .supplierContractProductTwice, .suggestionWrongState, .suggestionNoSupplier,
    .replenishmentTooManyPolicies, .receiptOverTolerance, .landedCostWrongState, .landedCostNothingReceived,
    .allocationBaseZero, .supplierInvoiceDuplicate, .supplierInvoiceWrongState, .supplierInvoiceNotApprovable,
    .supplierInvoiceLineTwice, .supplierReturnWrongState, .supplierReturnBeyondReceived, .supplierReturnCreditTaken,
    .supplierReturnBeforeReceipt, .supplierReturnPutAway,
  ]

  public static let periodLocked = RefusalCode("period.locked", .conflict)
  public static let periodWrongState = RefusalCode("period.wrongState", .conflict)
  public static let periodEarlierOpen = RefusalCode("period.earlierOpen", .conflict)
  public static let ledgerLineOneSide = RefusalCode("ledger.lineOneSide", .invalid)
  public static let ledgerControlAccount = RefusalCode("ledger.controlAccount", .invalid)
  public static let ledgerNotManual = RefusalCode("ledger.notManual", .conflict)
  public static let ledgerAlreadyReversed = RefusalCode("ledger.alreadyReversed", .conflict)
  public static let accountInactive = RefusalCode("account.inactive", .invalid)
  /// The account cannot play this role: another type, or the control account of another book.
  public static let accountWrongKind = RefusalCode("account.wrongKind", .invalid)
  public static let taxRateOverlaps = RefusalCode("taxRate.overlaps", .conflict)
  public static let taxRuleTaken = RefusalCode("taxRule.taken", .conflict)
  public static let taxRuleMissing = RefusalCode("tax.ruleMissing", .conflict)
  public static let taxRateMissing = RefusalCode("tax.rateMissing", .conflict)
  public static let exemptionUncertified = RefusalCode("exemption.uncertified", .invalid)
  public static let invoiceNothingToInvoice = RefusalCode("invoice.nothingToInvoice", .conflict)
  public static let invoiceBeyondShipped = RefusalCode("invoice.beyondShipped", .conflict)
  public static let invoiceNotDraft = RefusalCode("invoice.notDraft", .conflict)
  public static let invoiceNotPosted = RefusalCode("invoice.notPosted", .conflict)
  public static let invoiceNotCreditable = RefusalCode("invoice.notCreditable", .invalid)
  public static let creditBeyondInvoiced = RefusalCode("credit.beyondInvoiced", .conflict)
  public static let lineRepeated = RefusalCode("line.repeated", .invalid)
  public static let paymentWrongState = RefusalCode("payment.wrongState", .conflict)
  public static let allocationOtherParty = RefusalCode("allocation.otherParty", .invalid)
  public static let allocationWrongKind = RefusalCode("allocation.wrongKind", .conflict)
  public static let allocationNotOpen = RefusalCode("allocation.notOpen", .conflict)
  public static let allocationBeyondOpen = RefusalCode("allocation.beyondOpen", .conflict)
  public static let allocationBeyondSource = RefusalCode("allocation.beyondSource", .conflict)

  /// The codes of the books, of taxes, invoices and payments.
  static let finance: [RefusalCode] = [
    .periodLocked, .periodWrongState, .periodEarlierOpen, .ledgerLineOneSide, .ledgerControlAccount,
    .ledgerNotManual, .ledgerAlreadyReversed, .accountInactive, .accountWrongKind, .taxRateOverlaps, .taxRuleTaken,
    .taxRuleMissing, .taxRateMissing, .exemptionUncertified, .invoiceNothingToInvoice, .invoiceBeyondShipped,
    .invoiceNotDraft, .invoiceNotPosted, .invoiceNotCreditable, .creditBeyondInvoiced, .lineRepeated,
    .paymentWrongState, .allocationOtherParty, .allocationWrongKind, .allocationNotOpen,
    .allocationBeyondOpen, .allocationBeyondSource,
  ]

  public static let returnWrongState = RefusalCode("return.wrongState", .conflict)
  public static let returnBeyondShipped = RefusalCode("return.beyondShipped", .conflict)
  public static let returnBeyondRequested = RefusalCode("return.beyondRequested", .invalid)
  public static let returnBeyondAuthorised = RefusalCode("return.beyondAuthorised", .conflict)
  public static let returnLotNotShipped = RefusalCode("return.lotNotShipped", .invalid)
  public static let returnLotBeyondShipped = RefusalCode("return.lotBeyondShipped", .conflict)
  public static let returnCreditDrafted = RefusalCode("return.creditDrafted", .conflict)
  public static let stockPeriodClosed = RefusalCode("stockPeriod.closed", .conflict)
  public static let stockPeriodNotOver = RefusalCode("stockPeriod.notOver", .conflict)
  public static let stockPeriodMovesAssigned = RefusalCode("stockPeriod.movesAssigned", .conflict)
  public static let stockPeriodNotLatest = RefusalCode("stockPeriod.notLatest", .conflict)

  /// The codes of returns and of stock at a date.
  private static let returns: [RefusalCode] = [
    .returnWrongState, .returnBeyondShipped, .returnBeyondRequested, .returnBeyondAuthorised, .returnLotNotShipped,
    .returnLotBeyondShipped, .returnCreditDrafted, .stockPeriodClosed, .stockPeriodNotOver, .stockPeriodMovesAssigned,
    .stockPeriodNotLatest,
  ]

  public static let asnDuplicate = RefusalCode("asn.duplicate", .conflict)
  public static let asnWrongState = RefusalCode("asn.wrongState", .conflict)

  /// The codes of exchanged documents and of what they announce; those of syntax stand with the reader.
  static let exchange: [RefusalCode] = [
    .asnDuplicate, .asnWrongState, .ediNotRetryable, .ediExceptionSettled, .ediNotQuarantined, .ediStillNotAgreed,
    .ediOrderUnknown, .ediItemUnknown, .ediUnitUnknown, .ediCurrencyNotAgreed, .ediTotalsDiffer,
    .ediChargesNotSupported, .ediCreditNotSupported, .ediNumberUnfit, .ediAmountUnfit,
  ]

  public static let posTerminalInactive = RefusalCode("posTerminal.inactive", .invalid)
  public static let posTerminalPlace = RefusalCode("posTerminal.placeUnsuitable", .invalid)
  public static let posSessionAlreadyOpen = RefusalCode("posSession.alreadyOpen", .conflict)
  public static let posSessionWrongState = RefusalCode("posSession.wrongState", .conflict)
  public static let posSessionOpenOrders = RefusalCode("posSession.openOrders", .conflict)
  /// The same UUID came before with another order.
  public static let posOrderUUIDReused = RefusalCode("posOrder.uuidReused", .conflict)
  public static let posOrderNotOffline = RefusalCode("posOrder.notOffline", .invalid)
  public static let posPriceUnexplained = RefusalCode("posOrder.priceUnexplained", .invalid)
  public static let posOrderUnderpaid = RefusalCode("posOrder.underpaid", .invalid)
  public static let posOrderOverpaid = RefusalCode("posOrder.overpaid", .invalid)
  public static let posOrderWrongState = RefusalCode("posOrder.wrongState", .conflict)
  public static let posRefundBeyondSold = RefusalCode("posRefund.beyondSold", .conflict)
  public static let posRefundPaymentsDiffer = RefusalCode("posRefund.paymentsDiffer", .invalid)
  public static let recipeCircular = RefusalCode("recipe.circular", .invalid)
  public static let kitchenTicketWrongState = RefusalCode("kitchenTicket.wrongState", .conflict)

  public static let alertWrongState = RefusalCode("alert.wrongState", .conflict)
  public static let notificationWrongState = RefusalCode("notification.wrongState", .conflict)
  public static let notificationSubscribed = RefusalCode("notification.subscribedAlready", .conflict)

  public static let notificationSecretMissing = RefusalCode("notification.secretMissing", .invalid)
  public static let notificationSecretUnexpected = RefusalCode("notification.secretUnexpected", .invalid)
  public static let notificationSecretMalformed = RefusalCode("notification.secretMalformed", .invalid)

  public static let mailURLMalformed = RefusalCode("mailURL.malformed", .invalid)
  public static let mailPasswordInURL = RefusalCode("mailURL.passwordInURL", .invalid)
  public static let mailUserInvalid = RefusalCode("mailURL.userInvalid", .invalid)
  public static let mailHostInvalid = RefusalCode("mailURL.hostInvalid", .invalid)
  public static let mailPortInvalid = RefusalCode("mailURL.portInvalid", .invalid)
  public static let mailParameterUnknown = RefusalCode("mailURL.parameterUnknown", .invalid)
  public static let mailParameterRepeated = RefusalCode("mailURL.parameterRepeated", .invalid)
  public static let mailSenderMissing = RefusalCode("mailURL.fromMissing", .invalid)
  public static let mailSenderInvalid = RefusalCode("mailURL.fromInvalid", .invalid)
  public static let mailRecipientMissing = RefusalCode("mailURL.toMissing", .invalid)
  public static let mailTooManyRecipients = RefusalCode("mailURL.tooManyRecipients", .invalid)
  public static let mailRecipientInvalid = RefusalCode("mailURL.toInvalid", .invalid)
  public static let mailRecipientRepeated = RefusalCode("mailURL.toRepeated", .invalid)

  private static let notifications: [RefusalCode] = [
    .notificationSecretMissing, .notificationSecretUnexpected, .notificationSecretMalformed, .mailURLMalformed,
    .mailPasswordInURL, .mailUserInvalid, .mailHostInvalid, .mailPortInvalid, .mailParameterUnknown,
    .mailParameterRepeated, .mailSenderMissing, .mailSenderInvalid, .mailRecipientMissing, .mailTooManyRecipients,
    .mailRecipientInvalid, .mailRecipientRepeated,
  ]

  private static let pos: [RefusalCode] = [
    .posTerminalInactive, .posTerminalPlace, .posSessionAlreadyOpen, .posSessionWrongState, .posSessionOpenOrders,
    .posOrderUUIDReused, .posOrderNotOffline, .posPriceUnexplained, .posOrderUnderpaid, .posOrderOverpaid,
    .posOrderWrongState, .posRefundBeyondSold, .posRefundPaymentsDiffer, .recipeCircular, .kitchenTicketWrongState,
    .alertWrongState, .notificationWrongState, .notificationSubscribed,
  ]

  public static let importColumnMissing = RefusalCode("import.columnMissing", .invalid)
  public static let importColumnTwice = RefusalCode("import.columnTwice", .invalid)
  public static let importFieldUnknown = RefusalCode("import.fieldUnknown", .invalid)
  public static let importFieldTwice = RefusalCode("import.fieldTwice", .invalid)
  public static let importFieldCount = RefusalCode("import.fieldCount", .invalid)
  public static let importNoRows = RefusalCode("import.noRows", .invalid)
  public static let importRowRepeated = RefusalCode("import.rowRepeated", .invalid)
  public static let importOrderRefused = RefusalCode("import.orderRefused", .invalid)
  public static let importTooManyRefused = RefusalCode("import.tooManyRefused", .invalid)
  public static let importTooManyOpen = RefusalCode("import.tooManyOpen", .conflict)
  public static let importWrongState = RefusalCode("import.wrongState", .conflict)
  public static let importPartDiffers = RefusalCode("import.partDiffers", .conflict)
  public static let importPartEmpty = RefusalCode("import.partEmpty", .invalid)
  public static let importPartsMissing = RefusalCode("import.partsMissing", .conflict)
  public static let importHashMismatch = RefusalCode("import.hashMismatch", .conflict)
  public static let importFileRepeated = RefusalCode("import.fileRepeated", .conflict)
  public static let importInterrupted = RefusalCode("import.interrupted", .conflict)

  private static let imports: [RefusalCode] = [
    .importColumnMissing, .importColumnTwice, .importFieldUnknown, .importFieldTwice, .importFieldCount,
    .importNoRows, .importRowRepeated, .importOrderRefused, .importTooManyRefused, .importTooManyOpen,
    .importWrongState, .importPartDiffers, .importPartEmpty, .importPartsMissing, .importHashMismatch,
    .importFileRepeated, .importInterrupted,
  ]

  /// Every code above, for documentation and for the tests of the edges.
  public static let distribution: [RefusalCode] =
    [
      .quantityMalformed, .quantityTooPrecise, .quantityOverflow, .quantityNotPositive, .quantityZero, .priceMalformed,
      .priceTooPrecise, .priceOverflow, .priceNegative, .priceMissing, .priceRuleInvalid, .moneyMalformed,
      .moneyOverflow, .currencyUnknown, .currencyMismatch, .conversionInvalid, .unitUnknown, .dateMalformed,
      .referenceUnknown, .referenceMissing, .identifierTaken, .codeTaken, .defaultTaken, .productInactive,
      .partyNotCustomer, .partyInactive, .locationKind, .setupMissing, .lotRequired, .lotNotTracked, .serialNotSingle,
      .serialTwice, .costMissing, .costUnexpected, .stockInsufficient, .adjustmentNoLines, .adjustmentTooManyLines,
      .adjustmentWrongSign, .periodClosed, .ledgerUnbalanced, .orderNoLines, .orderTooManyLines, .orderDuplicatePO,
      .orderNotCancellable,
      .orderNotReleasable, .creditExceeded, .changedMeanwhile,
    ] + warehouse + purchasing + finance + returns + exchange + pos + notifications + imports
}
