"use client";

import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Select } from "@/app/_ui/select";
import { isAuditAction, toActionName } from "@/app/dashboard/audit/action-names";
import { type AuditItem, AuditRows } from "@/app/dashboard/audit/audit-rows";
import { ChangeDialog } from "@/app/dashboard/audit/change-dialog";
import { AUDIT_ACTIONS } from "@/server/audit/actions";
import { ListCard } from "../_parts/list-card";

const OPTIONS = [
  { value: "", label: "Every act" },
  ...AUDIT_ACTIONS.map((value) => ({ value, label: toActionName(value) })),
];

/** What operators did, here and on the command line, in every chain. */
export function AuditScreen() {
  const trpc = useTRPC();
  const [action, setAction] = useState("");
  const [shown, setShown] = useState<AuditItem | null>(null);
  const list = useInfiniteQuery(
    trpc.operator.checks.audit.infiniteQueryOptions(
      { action: isAuditAction(action) ? action : null },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <PageHeader
        title="Audit of operators"
        description="Every act of an operator, in the trail of the platform or of the organization that it concerned. Nothing here can be altered."
      />
      <Select
        label="Act"
        value={action}
        options={OPTIONS}
        onValueChange={setAction}
        className="w-full sm:w-72"
      />
      <ListCard
        list={list}
        isEmpty={rows.length === 0}
        empty={
          <EmptyState
            title={action ? "No act of this kind" : "No operator has done anything yet"}
            description="Prices, health, orders, refunds, credit and suspensions leave a line here."
          />
        }
      >
        <AuditRows rows={rows} onShow={setShown} />
      </ListCard>
      <ChangeDialog change={shown} onClose={() => setShown(null)} />
    </>
  );
}
