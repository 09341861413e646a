import { expect, it } from "vitest";
import { isAllowed, PERMISSIONS, type Permission, ROLES } from "./permissions";

// Harm: a slip in the one table lets a viewer spend the team's money. Said a second time here, the other way round.
it("grants every role exactly this", () => {
  const granted = Object.fromEntries(
    ROLES.map((role) => [
      role,
      (Object.keys(PERMISSIONS) as Permission[]).filter((permission) => isAllowed(role, permission)),
    ]),
  );
  const reading = [
    "overview.read",
    "keys.read",
    "requests.read",
    "budgets.read",
    "members.read",
    "projects.read",
    "policy.read",
    "support.use",
  ];
  expect(granted).toEqual({
    owner: Object.keys(PERMISSIONS),
    admin: Object.keys(PERMISSIONS).filter((permission) => permission !== "organization.manage"),
    billing: [
      "overview.read",
      "keys.read",
      "requests.read",
      "billing.read",
      "billing.top_up",
      "budgets.read",
      "budgets.manage",
      "members.read",
      "projects.read",
      "policy.read",
      "support.use",
    ],
    developer: [
      "overview.read",
      "keys.read",
      "keys.create",
      "keys.revoke",
      "playground.use",
      "requests.read",
      "prompts.read",
      "budgets.read",
      "members.read",
      "projects.read",
      "policy.read",
      "support.use",
    ],
    viewer: reading,
  });
});
