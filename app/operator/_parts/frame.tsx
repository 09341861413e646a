"use client";

import {
  ArrowLeft,
  Building2,
  CalendarCheck,
  CircleDollarSign,
  FileUp,
  HandCoins,
  Handshake,
  HeartPulse,
  LayoutDashboard,
  LifeBuoy,
  ListChecks,
  Scale,
  ScrollText,
  Server,
  Shapes,
  Tags,
  TicketPercent,
  User,
} from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { ButtonLink } from "@/app/_ui/button-link";
import { LogoMark } from "@/app/_ui/logo";
import { DashboardShell, type NavGroup } from "@/app/_ui/shell";
import { signOut } from "@/app/(account)/session";
import { StatePanel } from "@/app/dashboard/_parts/state-panel";

const PLACES: readonly NavGroup[] = [
  {
    items: [
      { href: "/operator", label: "Overview", icon: <LayoutDashboard aria-hidden="true" />, isExact: true },
      { href: "/operator/health", label: "Health", icon: <HeartPulse aria-hidden="true" /> },
    ],
  },
  {
    label: "Catalogue",
    items: [
      { href: "/operator/models", label: "Models", icon: <Shapes aria-hidden="true" /> },
      { href: "/operator/providers", label: "Providers", icon: <Server aria-hidden="true" /> },
      { href: "/operator/prices", label: "Price proposals", icon: <Tags aria-hidden="true" /> },
      { href: "/operator/import", label: "Import", icon: <FileUp aria-hidden="true" /> },
    ],
  },
  {
    label: "Customers",
    items: [
      { href: "/operator/orders", label: "Orders", icon: <CircleDollarSign aria-hidden="true" /> },
      { href: "/operator/commitments", label: "Commitments", icon: <CalendarCheck aria-hidden="true" /> },
      { href: "/operator/promotions", label: "Promotions", icon: <TicketPercent aria-hidden="true" /> },
      { href: "/operator/partners", label: "Partners", icon: <Handshake aria-hidden="true" /> },
      { href: "/operator/payouts", label: "Payouts", icon: <HandCoins aria-hidden="true" /> },
      { href: "/operator/organizations", label: "Organizations", icon: <Building2 aria-hidden="true" /> },
      { href: "/operator/users", label: "Users", icon: <User aria-hidden="true" /> },
      { href: "/operator/tickets", label: "Tickets", icon: <LifeBuoy aria-hidden="true" /> },
    ],
  },
  {
    label: "Books",
    items: [
      { href: "/operator/reconciliation", label: "Reconciliation", icon: <Scale aria-hidden="true" /> },
      { href: "/operator/jobs", label: "Jobs", icon: <ListChecks aria-hidden="true" /> },
      { href: "/operator/audit", label: "Audit", icon: <ScrollText aria-hidden="true" /> },
      { href: "/dashboard", label: "Back to the dashboard", icon: <ArrowLeft aria-hidden="true" /> },
    ],
  },
];

interface OperatorFrameProps {
  readonly user: { readonly name: string; readonly email: string };
  readonly hasTwoFactor: boolean;
  readonly children: ReactNode;
}

/** The shell of the console; without a second factor it leads to the settings and nowhere else. */
export function OperatorFrame({ user, hasTwoFactor, children }: OperatorFrameProps) {
  return (
    <DashboardShell
      organization={<Home />}
      user={user}
      nav={hasTwoFactor ? PLACES : []}
      onSignOut={() => signOut()}
    >
      {hasTwoFactor ? <div className="grid gap-6">{children}</div> : <NoSecondFactor />}
    </DashboardShell>
  );
}

function Home() {
  return (
    <Link href="/operator" className="flex min-w-0 items-center gap-2.5 rounded-lg p-2 hover:bg-hover">
      <LogoMark className="shrink-0" />
      <span className="truncate font-medium text-sm">Operator console</span>
    </Link>
  );
}

function NoSecondFactor() {
  return (
    <>
      <h1 className="sr-only">Operator console</h1>
      <StatePanel
        icon="lock"
        title="The operator console requires two-factor sign-in"
        text="Set up a second factor in your account settings. The console opens once you have one."
        action={<ButtonLink href="/dashboard/settings">Set it up</ButtonLink>}
      />
    </>
  );
}
