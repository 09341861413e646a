/** What a key of the management API may do; `write` does not include `read`. */
export const MANAGEMENT_SCOPES = [
  "keys:read",
  "keys:write",
  "projects:read",
  "projects:write",
  "members:read",
  "members:write",
  "budgets:read",
  "budgets:write",
  "usage:read",
  "orders:read",
  "orders:write",
  "commitments:read",
  "promotions:read",
  "promotions:write",
  "payouts:read",
  "webhooks:read",
  "webhooks:write",
] as const;
export type ManagementScope = (typeof MANAGEMENT_SCOPES)[number];
