import type { Jump } from "@/app/_ui/commands/keys";
import { isAllowed, type Permission, type Role } from "@/server/organizations/permissions";

const JUMPS: readonly (Jump & { readonly needs?: Permission })[] = [
  { key: "o", href: "/dashboard", label: "Overview" },
  { key: "k", href: "/dashboard/keys", label: "API keys" },
  { key: "r", href: "/dashboard/requests", label: "Requests" },
  { key: "u", href: "/dashboard/usage", label: "Usage" },
  { key: "l", href: "/dashboard/budgets", label: "Budgets and limits" },
  { key: "b", href: "/dashboard/billing", label: "Billing", needs: "billing.read" },
  { key: "m", href: "/dashboard/members", label: "Members" },
  { key: "s", href: "/dashboard/settings", label: "Account settings" },
  { key: "h", href: "/dashboard/support", label: "Support" },
];

/** Keys after `g` that lead somewhere this role can go. */
export function jumpsFor(role: Role): readonly Jump[] {
  return JUMPS.filter(({ needs }) => needs === undefined || isAllowed(role, needs));
}
