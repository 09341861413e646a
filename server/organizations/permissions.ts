/** Roles of a member, strongest first. */
export const ROLES = ["owner", "admin", "billing", "developer", "viewer"] as const;
export type Role = (typeof ROLES)[number];

const EVERYBODY = ROLES;

/**
 * The one table of who may do what inside an organization. Procedures name a permission, never a role; the docs page
 * and the dashboard are drawn from the same table.
 */
export const PERMISSIONS = {
  "overview.read": EVERYBODY,
  "keys.read": EVERYBODY,
  "keys.create": ["owner", "admin", "developer"],
  "keys.revoke": ["owner", "admin", "developer"],
  /** Spends like a key of one's own. */
  "playground.use": ["owner", "admin", "developer"],
  "requests.read": EVERYBODY,
  /** Only where the organization keeps prompts at all. */
  "prompts.read": ["owner", "admin", "developer"],
  "billing.read": ["owner", "admin", "billing"],
  "billing.top_up": ["owner", "admin", "billing"],
  // Of top-ups above the amount that the policy names. Never of one's own, except by an owner.
  "billing.approve": ["owner", "admin"],
  "budgets.read": EVERYBODY,
  "budgets.manage": ["owner", "admin", "billing"],
  "members.read": EVERYBODY,
  "members.manage": ["owner", "admin"],
  "projects.read": EVERYBODY,
  "projects.manage": ["owner", "admin"],
  "policy.read": EVERYBODY,
  "policy.manage": ["owner", "admin"],
  // Events tell of orders and balances too, which developers do not see.
  "webhooks.manage": ["owner", "admin"],
  // Such a key does what an admin does, so it takes one to make it.
  "management_keys.manage": ["owner", "admin"],
  "audit.read": ["owner", "admin"],
  /** A team's tickets are its own: whoever belongs to it reads and answers them. */
  "support.use": EVERYBODY,
  "organization.manage": ["owner"],
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof PERMISSIONS;

export function isAllowed(role: Role, permission: Permission): boolean {
  const roles: readonly Role[] = PERMISSIONS[permission];
  return roles.includes(role);
}

/** The roles that grant a permission, for the text of a refusal. */
export function rolesWith(permission: Permission): readonly Role[] {
  return PERMISSIONS[permission];
}

/** May somebody of this role give `role` to a member, or take it away? Never above their own. */
export function mayGrant(own: Role, role: Role): boolean {
  return ROLES.indexOf(own) <= ROLES.indexOf(role);
}
