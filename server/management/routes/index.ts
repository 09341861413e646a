import type { Route } from "../route";
import { budgetRoutes } from "./budgets";
import { keyRoutes } from "./keys";
import { memberRoutes } from "./members";
import { moneyRoutes } from "./money";
import { projectRoutes } from "./projects";
import { webhookRoutes } from "./webhooks";

/** Every route of the management API; the reference and the tests of authority are made from this list. */
export const ROUTES: readonly Route[] = [
  ...keyRoutes,
  ...projectRoutes,
  ...memberRoutes,
  ...budgetRoutes,
  ...moneyRoutes,
  ...webhookRoutes,
];
