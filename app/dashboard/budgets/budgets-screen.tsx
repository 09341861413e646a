"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { useMay } from "../_parts/actor";
import { QueryView } from "../_parts/query-view";
import { RateLimitsForm } from "../_parts/rate-limits-form";
import { RowsSkeleton } from "../_parts/skeletons";
import { AlertsSection } from "./alerts-section";
import { BudgetDialog } from "./budget-dialog";
import { BudgetRow } from "./budget-row";
import { RemoveBudgetDialog } from "./remove-budget-dialog";
import type { BudgetItem } from "./words";

/** Spending limits and where they stand; who is told of them; and how fast the organization as a whole may call. */
export function BudgetsScreen() {
  const trpc = useTRPC();
  const budgets = useQuery(trpc.budgets.list.queryOptions(undefined, { refetchInterval: 15_000 }));
  const alerts = useQuery(trpc.alerts.settings.queryOptions());
  const mayManage = useMay("budgets.manage");
  const [editing, setEditing] = useState<BudgetItem | "new" | null>(null);
  const [removing, setRemoving] = useState<BudgetItem | null>(null);
  const createButton = mayManage ? (
    <Button onClick={() => setEditing("new")}>Set a budget</Button>
  ) : undefined;
  return (
    <>
      <PageHeader
        title="Budgets & alerts"
        description="How much the organization, a project, a member or a key may spend. A hard budget refuses the request that would pass it; a soft one only alerts. Changes bind the next request."
        actions={createButton}
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={budgets} skeleton={<RowsSkeleton rows={3} />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState
                title="No budgets yet"
                description={
                  mayManage
                    ? "Until there is one, the balance is the only limit. It cannot be overspent."
                    : "The balance is the only limit. An owner, admin or billing member can set budgets."
                }
                action={createButton}
              />
            ) : (
              <ul className="divide-y divide-line">
                {list.map((item) => (
                  <BudgetRow
                    key={item.id}
                    item={item}
                    actions={
                      mayManage ? { edit: () => setEditing(item), remove: () => setRemoving(item) } : null
                    }
                  />
                ))}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <AlertsSection settings={alerts} isReadOnly={!mayManage} />
      <section aria-labelledby="rates" className="grid gap-3">
        <h2 id="rates" className="font-semibold text-lg">
          Rate limits of the organization
        </h2>
        <Card className="p-5">
          <RateLimitsForm keyId={null} isReadOnly={!mayManage} />
        </Card>
      </section>
      <BudgetDialog
        target={editing}
        defaultThresholds={alerts.data?.defaultThresholds ?? [50, 80, 100]}
        onClose={() => setEditing(null)}
      />
      <RemoveBudgetDialog target={removing} onClose={() => setRemoving(null)} />
    </>
  );
}
