export { DashboardShell } from "./dashboard-shell";
export type { NavGroup, NavItem } from "./nav";
