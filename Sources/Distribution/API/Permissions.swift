import BulkheadCore

/// The permissions that this module's routes ask for; those of EDI stand with its routes.
extension Permission {
  public static let catalogueRead: Permission = "catalogue.read"
  public static let catalogueWrite: Permission = "catalogue.write"
  public static let partiesRead: Permission = "parties.read"
  public static let partiesWrite: Permission = "parties.write"
  public static let inventoryRead: Permission = "inventory.read"
  public static let inventoryWrite: Permission = "inventory.write"
  public static let pricingRead: Permission = "pricing.read"
  public static let pricingWrite: Permission = "pricing.write"
  public static let ordersRead: Permission = "orders.read"
  public static let ordersWrite: Permission = "orders.write"
  /// To confirm orders on hold within the credit limit.
  public static let ordersRelease: Permission = "orders.release"
  /// To confirm orders beyond the credit limit.
  public static let creditApprove: Permission = "credit.approve"
  public static let fulfilmentRead: Permission = "fulfilment.read"
  /// To release waves, pack and ship, and to approve counts.
  public static let fulfilmentWrite: Permission = "fulfilment.write"
  /// To claim pick tasks, confirm them by scan, and count.
  public static let fulfilmentPick: Permission = "fulfilment.pick"
  /// To see the books, taxes, invoices and payments.
  public static let financeRead: Permission = "finance.read"
  /// To write invoices, payments, taxes, accounts and entries by hand.
  public static let financeWrite: Permission = "finance.write"
  /// To close, reopen and lock months.
  public static let periodsClose: Permission = "periods.close"
  public static let purchasingRead: Permission = "purchasing.read"
  public static let purchasingWrite: Permission = "purchasing.write"
  /// To confirm purchase orders, post landed cost and release invoices that were held.
  public static let purchasingApprove: Permission = "purchasing.approve"
  public static let receivingWrite: Permission = "receiving.write"
  /// To ask for returns of customers, and to give them up.
  public static let returnsWrite: Permission = "returns.write"
  /// To authorise returns, and to settle them with the customer.
  public static let returnsApprove: Permission = "returns.approve"
  public static let posRead: Permission = "pos.read"
  /// To sell, refund and keep the drawer.
  public static let posSell: Permission = "pos.sell"
  /// To set up terminals and recipes.
  public static let posManage: Permission = "pos.manage"
  /// To see imports and their refused rows, whatever they are about.
  public static let importsRead: Permission = "imports.read"
  /// To import files; what is in them takes the permission to write it, too.
  public static let importsWrite: Permission = "imports.write"
}

/// What each role of a tenant may do in this module. A credential holds permissions, not the role: changing a role
/// changes the credentials issued from then on.
public enum DistributionRoles {
  public static let admin = "admin"
  public static let warehouseManager = "warehouse_manager"
  public static let picker = "picker"
  public static let orderClerk = "order_clerk"
  /// Orders from suppliers; somebody else confirms.
  public static let buyer = "buyer"
  public static let viewer = "viewer"
  public static let accountant = "accountant"
  public static let ediPartner = "edi_partner"
  public static let cashier = "cashier"

  private static let reading: [Permission] = [
    .catalogueRead, .partiesRead, .inventoryRead, .pricingRead, .ordersRead, .fulfilmentRead, .purchasingRead,
    .posRead, "edi.read",
  ]

  public static let permissions: [String: PermissionSet] = [
    admin: PermissionSet(
      reading + [
        .catalogueWrite, .partiesWrite, .inventoryWrite, .pricingWrite, .ordersWrite, .ordersRelease, .creditApprove,
        .fulfilmentWrite, .fulfilmentPick, .purchasingWrite, .purchasingApprove, .receivingWrite, .financeRead,
        .financeWrite, .periodsClose, .returnsWrite, .returnsApprove, .posSell, .posManage, .notificationsManage,
        "edi.exchange", "edi.manage", .importsRead, .importsWrite,
      ]),
    warehouseManager: PermissionSet([
      .catalogueRead, .catalogueWrite, .partiesRead, .inventoryRead, .inventoryWrite, .ordersRead, .fulfilmentRead,
      .fulfilmentWrite, .fulfilmentPick, .purchasingRead, .receivingWrite, .importsRead, .importsWrite,
    ]),
    picker: PermissionSet([.fulfilmentRead, .fulfilmentPick]),
    buyer: PermissionSet(reading + [.purchasingWrite]),
    orderClerk: PermissionSet(reading + [.ordersWrite, .ordersRelease, .returnsWrite]),
    viewer: PermissionSet(reading),
    accountant: PermissionSet(reading + [.financeRead, .financeWrite, .periodsClose, .returnsApprove]),
    ediPartner: PermissionSet(["edi.exchange"]),
    cashier: PermissionSet([.catalogueRead, .pricingRead, .posRead, .posSell]),
  ]
}
