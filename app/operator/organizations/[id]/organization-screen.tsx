"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Banner } from "@/app/_ui/banner";
import { Button } from "@/app/_ui/button";
import { ButtonLink } from "@/app/_ui/button-link";
import { Card } from "@/app/_ui/card";
import { CopyButton } from "@/app/_ui/copy-button";
import { Money } from "@/app/_ui/money";
import { PageHeader } from "@/app/_ui/page-header";
import { Stat } from "@/app/_ui/stat";
import { Instant } from "@/app/dashboard/_parts/instant";
import { QueryView } from "@/app/dashboard/_parts/query-view";
import { RowsSkeleton, TilesSkeleton } from "@/app/dashboard/_parts/skeletons";
import type { Outputs } from "../../_parts/outputs";
import { Standing } from "../organizations-screen";
import { type OrganizationAct, OrganizationDialogs } from "./organization-dialogs";

type Organization = Outputs["people"]["organization"];

/** One organization: its money, its people, and what an operator may do for it or against it. */
export function OrganizationScreen({ organizationId }: { readonly organizationId: string }) {
  const trpc = useTRPC();
  const found = useQuery(trpc.operator.people.organization.queryOptions({ organizationId }));
  const [act, setAct] = useState<OrganizationAct | null>(null);
  return (
    <>
      <PageHeader
        title={found.data?.name ?? "Organization"}
        description={
          <span className="flex flex-wrap items-center gap-1">
            <code className="break-all font-mono text-xs">{organizationId}</code>
            <CopyButton value={organizationId} label="Copy organization id" />
          </span>
        }
        actions={found.data && <Acts organization={found.data} onAct={setAct} />}
      />
      <QueryView
        query={found}
        skeleton={
          <div className="grid gap-6">
            <TilesSkeleton tiles={4} />
            <RowsSkeleton rows={3} />
          </div>
        }
      >
        {(organization) => (
          <>
            {organization.suspendedFor === "closed" && (
              <Banner tone="info">
                Its last owner closed it with their account: nobody is left in it, its keys are revoked, and
                it cannot be resumed. Balance that was given up stays on the books.
              </Banner>
            )}
            <Figures organization={organization} />
            {organization.members.length > 0 && <Members organization={organization} />}
            <OrganizationDialogs organization={organization} act={act} onClose={() => setAct(null)} />
          </>
        )}
      </QueryView>
    </>
  );
}

function Acts({
  organization,
  onAct,
}: {
  readonly organization: Organization;
  readonly onAct: (act: OrganizationAct) => void;
}) {
  const isActive = organization.status === "active";
  // What its owner closed stays closed.
  const isClosed = organization.suspendedFor === "closed";
  return (
    <>
      <ButtonLink variant="ghost" href={`/operator/orders?q=${organization.id}`}>
        Orders
      </ButtonLink>
      {!isClosed && (
        <>
          <ButtonLink variant="ghost" href={`/operator/commitments?quote=${organization.id}`}>
            Quote a commitment
          </ButtonLink>
          <Button variant="secondary" onClick={() => onAct("credit")}>
            Give credit
          </Button>
        </>
      )}
      <Button variant="secondary" onClick={() => onAct("debit")}>
        Correct the balance
      </Button>
      {!isClosed && (
        <Button
          variant={isActive ? "danger" : "primary"}
          onClick={() => onAct(isActive ? "suspend" : "resume")}
        >
          {isActive ? "Suspend" : "Resume"}
        </Button>
      )}
    </>
  );
}

function Figures({
  organization: { balance, keys, status, suspendedFor, createdAt },
}: {
  readonly organization: Organization;
}) {
  return (
    <div className="grid gap-3 sm:grid-cols-2 xl:grid-cols-4">
      <Stat
        label="Balance"
        value={<Money nanoUsd={balance.totalNanoUsd} precision="cents" />}
        note={
          balance.debtNanoUsd > 0n ? (
            <>
              <Money nanoUsd={balance.debtNanoUsd} precision="cents" /> owed
            </>
          ) : (
            "Nothing owed"
          )
        }
      />
      <Stat
        label="Reserved"
        value={<Money nanoUsd={balance.reservedNanoUsd} precision="cents" />}
        note="Held for requests in flight"
      />
      <Stat label="Live keys" value={keys.active} note={`${keys.all} ever made`} />
      <Stat
        label="State"
        value={<Standing status={status} suspendedFor={suspendedFor} />}
        note={
          <>
            Since <Instant value={createdAt} />
          </>
        }
      />
    </div>
  );
}

function Members({ organization }: { readonly organization: Organization }) {
  return (
    <section className="grid gap-3" aria-labelledby="members">
      <h2 id="members" className="font-semibold text-lg">
        Members
      </h2>
      <Card className="overflow-hidden p-0">
        <ul className="divide-y divide-line">
          {organization.members.map((member) => (
            <li
              key={member.userId}
              className="flex flex-wrap items-center justify-between gap-x-6 gap-y-1 p-4"
            >
              <div className="min-w-0">
                <p className="font-medium">{member.name}</p>
                <Link
                  href={`/operator/users?q=${encodeURIComponent(member.email)}`}
                  className="break-all text-ink-2 text-sm underline underline-offset-4"
                >
                  {member.email}
                </Link>
              </div>
              <span className="flex items-center gap-3 text-ink-2 text-sm">
                <Badge>{member.role}</Badge>
                <Instant value={member.since} />
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </section>
  );
}
