"use client";

import {
  BookOpen,
  Bot,
  ChartColumnStacked,
  CreditCard,
  FolderKanban,
  Gauge,
  Handshake,
  KeyRound,
  Landmark,
  LayoutDashboard,
  LifeBuoy,
  List,
  MessagesSquare,
  Route,
  ScrollText,
  Shapes,
  ShieldCheck,
  Users,
  Webhook,
  Wrench,
} from "lucide-react";
import type { ReactNode } from "react";
import { DashboardShell, type NavGroup, type NavItem } from "@/app/_ui/shell";
import { signOut } from "@/app/(account)/session";
import { isAllowed, type Permission, type Role } from "@/server/organizations/permissions";
import { useActor } from "./actor";
import { jumpsFor } from "./jumps";
import { OrganizationMenu } from "./organization-menu";
import { TopBanner } from "./top-banner";

/** A place, and the permission without which it has nothing to show. */
type Place = NavItem & { readonly needs?: Permission };

const PLACES: readonly { readonly label?: string; readonly items: readonly Place[] }[] = [
  {
    items: [
      { href: "/dashboard", label: "Overview", icon: <LayoutDashboard aria-hidden="true" />, isExact: true },
      { href: "/dashboard/keys", label: "API keys", icon: <KeyRound aria-hidden="true" /> },
      {
        href: "/dashboard/playground",
        label: "Playground",
        icon: <MessagesSquare aria-hidden="true" />,
        needs: "playground.use",
      },
      { href: "/dashboard/requests", label: "Requests", icon: <List aria-hidden="true" /> },
      { href: "/dashboard/routing", label: "Routing", icon: <Route aria-hidden="true" /> },
      { href: "/dashboard/usage", label: "Usage", icon: <ChartColumnStacked aria-hidden="true" /> },
      { href: "/dashboard/budgets", label: "Budgets & alerts", icon: <Gauge aria-hidden="true" /> },
      {
        href: "/dashboard/billing",
        label: "Billing",
        icon: <CreditCard aria-hidden="true" />,
        needs: "billing.read",
      },
    ],
  },
  {
    label: "Organization",
    items: [
      { href: "/dashboard/members", label: "Members", icon: <Users aria-hidden="true" /> },
      { href: "/dashboard/projects", label: "Projects", icon: <FolderKanban aria-hidden="true" /> },
      { href: "/dashboard/service-accounts", label: "Service accounts", icon: <Bot aria-hidden="true" /> },
      { href: "/dashboard/policies", label: "Policies", icon: <ShieldCheck aria-hidden="true" /> },
      {
        href: "/dashboard/webhooks",
        label: "Webhooks",
        icon: <Webhook aria-hidden="true" />,
        needs: "webhooks.manage",
      },
      {
        href: "/dashboard/management-keys",
        label: "Management keys",
        icon: <Wrench aria-hidden="true" />,
        needs: "management_keys.manage",
      },
      {
        href: "/dashboard/partner",
        label: "Partner",
        icon: <Handshake aria-hidden="true" />,
        needs: "billing.read",
      },
      {
        href: "/dashboard/audit",
        label: "Audit",
        icon: <ScrollText aria-hidden="true" />,
        needs: "audit.read",
      },
    ],
  },
  {
    label: "Help",
    items: [
      { href: "/models", label: "Models", icon: <Shapes aria-hidden="true" /> },
      { href: "/docs", label: "Docs", icon: <BookOpen aria-hidden="true" /> },
      { href: "/dashboard/support", label: "Support", icon: <LifeBuoy aria-hidden="true" /> },
    ],
  },
];

const OPERATOR: NavGroup = {
  label: "Platform",
  items: [{ href: "/operator", label: "Operator console", icon: <Landmark aria-hidden="true" /> }],
};

function placesFor(role: Role, isOperator: boolean): readonly NavGroup[] {
  const own = PLACES.map((group) => ({
    ...group,
    items: group.items.filter(({ needs }) => needs === undefined || isAllowed(role, needs)),
  }));
  return isOperator ? [...own, OPERATOR] : own;
}

/** The shell with the places of this product in it. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { name, email, role, isOperator } = useActor();
  return (
    <DashboardShell
      organization={<OrganizationMenu />}
      user={{ name, email }}
      nav={placesFor(role, isOperator)}
      jumps={jumpsFor(role)}
      onSignOut={() => signOut()}
      banner={<TopBanner />}
    >
      <div className="grid gap-6">{children}</div>
    </DashboardShell>
  );
}
