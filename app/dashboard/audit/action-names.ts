import { AUDIT_ACTIONS, type AuditAction } from "@/server/audit/actions";

/** "service_account.created" → "Service account created". */
export function toActionName(action: string): string {
  const words = action.replaceAll(/[._]/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What can happen inside an organization; changes of the catalogue stand in a trail of their own. */
export const ACTION_OPTIONS = AUDIT_ACTIONS.filter(
  (action) =>
    !/^(catalog|health|stripe_event|provider_invoice|user)\.|^promotion\.(created|ended)$/.test(action),
).map((action) => ({ value: action, label: toActionName(action) }));

export function isAuditAction(value: string | null): value is AuditAction {
  return AUDIT_ACTIONS.some((action) => action === value);
}
