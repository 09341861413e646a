import { mayGrant, ROLES, type Role } from "@/server/organizations/permissions";

/** What a role is for, in a sentence. */
export const ROLE_NOTES: Readonly<Record<Role, string>> = {
  owner: "Everything, including ownership and the organization itself.",
  admin: "Everything but ownership: members, projects, policies, keys and money.",
  billing: "Top-ups, orders and invoices; sees the rest, makes no keys.",
  developer: "Creates and revokes keys; sees requests; no money, no members.",
  viewer: "Sees overview, keys, requests and members; changes nothing.",
};

/** The roles that somebody of this role may give, as the options of a select. */
export function grantableRoles(own: Role): { value: Role; label: string }[] {
  return ROLES.filter((role) => mayGrant(own, role)).map((role) => ({
    value: role,
    label: toRoleName(role),
  }));
}

/** "owner" → "Owner". */
export function toRoleName(role: Role): string {
  return role.charAt(0).toUpperCase() + role.slice(1);
}
