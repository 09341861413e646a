/** Organizations, who belongs to them, what a role may do, and what an organization allows. */
export { createAccessReader, type KeyAccess, type ReadKeyAccess } from "./access";
export { type Actor, auditActor, can, operatorActor } from "./actor";
export { isAddressIn } from "./addresses";
export { changeKey, type KeyChange } from "./change-key";
export { createPersonalOrganization, type NewOrganization } from "./create-organization";
export {
  acceptInvitation,
  INVITATION_VALID_DAYS,
  type Invitation,
  type InvitationView,
  inspectInvitation,
  invite,
  listInvitations,
  resendInvitation,
  revokeInvitation,
} from "./invitations";
export { issueKey, type KeyWish, playgroundKey } from "./issue-key";
export { applyPolicy, changeBudget, dropBudget, setBudget } from "./key-budgets";
export { readKeyRouting, writeKeyRouting } from "./key-routing";
export { changeRole, listMembers, type Member, removeMember, transferOwnership } from "./members";
export { listMemberships, type Membership, organizationOf } from "./memberships";
export { readOrganizationForOperator, searchOrganizations } from "./operator-view";
export {
  isAllowed,
  PERMISSIONS,
  type Permission,
  ROLES,
  type Role,
  rolesWith,
} from "./permissions";
export {
  type KeyPolicy,
  keyPolicySchema,
  type OrganizationPolicy,
  organizationPolicySchema,
  readPolicy,
  writePolicy,
} from "./policy";
export { archiveProject, createProject, listProjects, type Project, renameProject } from "./projects";
export {
  entryFor,
  matchesAny,
  OPEN_POLICY,
  policyAllowsModel,
  policyAllowsProvider,
  type RoutingPolicy,
  routingPolicySchema,
} from "./routing-policy";
export {
  createServiceAccount,
  listServiceAccounts,
  removeServiceAccount,
  type ServiceAccount,
} from "./service-accounts";
export { resumeOrganization, suspendOrganization } from "./suspension";
export { createTeam, renameOrganization } from "./teams";
