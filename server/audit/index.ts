/** The append-only trail of changes: written in the transaction of the change, hash-chained per organization. */
export { AUDIT_ACTIONS, type AuditAction } from "./actions";
export { type AuditLink, type ChainFault, findChainFault } from "./chain";
export {
  type AuditExportCheck,
  type AuditExportFormat,
  exportAudit,
  verifyAuditExport,
} from "./export";
export {
  type AuditFilters,
  type AuditPage,
  type AuditRow,
  listAudit,
  listOperatorAudit,
  readChain,
  verifyChain,
} from "./list";
export { type AuditActor, type AuditEntry, PLATFORM_CHAIN, recordAudit, SYSTEM_ACTOR } from "./record";
