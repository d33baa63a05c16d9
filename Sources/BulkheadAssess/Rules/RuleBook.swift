/// Every rule, in the order of reports. A rule that is not here does not exist.
extension Rule {
  package static let all: [Rule] = [
    .rowSecurityDisabled, .rowSecurityUnforced, .policyAbsent, .policyOpen, .policyCheckOpen, .policyWithoutTenant,
    .policySettable, .policyPerRow, .policyByRole, .tenantNullable, .rootOpen, .childWithoutTenant,
    .referenceWritable, .carrierGranted, .rowSecuritySwitch, .primaryKeyWithoutTenant, .uniqueWithoutTenant,
    .indexNotLedByTenant, .indexForTenantAbsent, .foreignKeyWithoutTenant, .sequenceShared, .tenantTypeDiffers,
    .viewWithOwnersRights, .materializedView, .definerWithoutPath, .definerForPublic, .definerPastRowSecurity,
    .triggerPastRowSecurity, .ruleOnTenantTable, .leakproof, .notifyingTrigger, .publicOnTable, .truncateGranted,
    .referencesGranted, .triggerGranted, .updateOnWholeTable, .selectOnWholeTable, .tenantColumnUpdatable,
    .grantOption, .partitionGranted, .sequenceSettable, .schemaCreate, .databaseTemporary, .databaseConnect,
    .databaseCreate, .languageUsable, .defaultPrivileges, .setConfigCallable, .textRunners, .largeObjects,
    .locksAndSignals, .broadcastFunctions, .measuringFunctions, .fileFunctions, .catalogsReadable, .statementTexts,
    .superuserLogin, .bypassLogin, .replicationLogin, .createRoleLogin, .ownerLogsIn, .onlySuperusers, .pathToMighty,
    .pathToOwner, .pathToLogin, .predefinedRole, .passwordMD5, .publicationUnfiltered, .publicationTruncates,
    .outreachingExtension, .foreignTable, .foreignServerUsable, .userMappingForPublic, .serverUnpatched,
    .parametersLogged, .largeObjectCompatibility, .stringsNotStandard, .passwordsAsMD5, .connectionsInClear,
    .trustFromElsewhere,
  ]

  package static func named(_ id: String) -> Rule? { all.first { $0.id == id.uppercased() } }
}
