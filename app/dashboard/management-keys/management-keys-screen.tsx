"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { CreateManagementKeyDialog } from "./create-management-key-dialog";

interface KeyItem {
  readonly id: string;
  readonly name: string;
  readonly secretTail: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly lastUsedAt: Date | null;
}

/** Keys of the management API: make one with its scopes, see when it was used, end it. */
export function ManagementKeysScreen() {
  const trpc = useTRPC();
  const keys = useQuery(trpc.managementKeys.list.queryOptions());
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<KeyItem | null>(null);
  const create = <Button onClick={() => setCreating(true)}>Create management key</Button>;
  return (
    <>
      <PageHeader
        title="Management keys"
        description={
          <>
            A management key lets a program change this organization within its scopes. It cannot call models.{" "}
            <Link href="/docs/api" className="underline underline-offset-4">
              API reference
            </Link>
          </>
        }
        actions={create}
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={keys} skeleton={<RowsSkeleton rows={2} />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState
                title="No management keys yet"
                description="Create one to manage keys, projects, members, budgets and webhooks from a program."
                action={create}
              />
            ) : (
              <ul className="divide-y divide-line">
                {list.map((key) => (
                  <KeyRow key={key.id} item={key} onRevoke={() => setRevoking(key)} />
                ))}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <CreateManagementKeyDialog open={isCreating} onClose={() => setCreating(false)} />
      <RevokeDialog target={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

function KeyRow({ item, onRevoke }: { readonly item: KeyItem; readonly onRevoke: () => void }) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1.5">
        <p className="flex min-w-0 items-center gap-2">
          <span className={`wrap-anywhere font-medium ${item.revokedAt ? "text-ink-2" : ""}`}>
            {item.name}
          </span>
          <Badge tone={item.revokedAt ? "neutral" : "positive"}>
            {item.revokedAt ? "Revoked" : "Active"}
          </Badge>
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <code className="font-mono">dtm_…{item.secretTail}</code>
          <span>
            Created <Instant value={item.createdAt} />
          </span>
          <span>
            {item.lastUsedAt ? (
              <>
                Last used <Instant value={item.lastUsedAt} />
              </>
            ) : (
              "Never used"
            )}
          </span>
        </p>
        <p className="text-ink-2 text-sm">
          <code className="font-mono">{item.scopes.join(" ")}</code>
        </p>
      </div>
      {!item.revokedAt && (
        <Button variant="secondary" size="sm" onClick={onRevoke} aria-label={`Revoke ${item.name}`}>
          Revoke
        </Button>
      )}
    </li>
  );
}

function RevokeDialog({
  target,
  onClose,
}: {
  readonly target: KeyItem | null;
  readonly onClose: () => void;
}) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const revoke = useMutation(
    trpc.managementKeys.revoke.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.managementKeys.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <ConfirmDialog
      open={target !== null}
      title={`Revoke “${target?.name ?? ""}”?`}
      confirm="Revoke key"
      cancel="Keep the key"
      isPending={revoke.isPending}
      error={revoke.error}
      onConfirm={() => target && revoke.mutate({ managementKeyId: target.id })}
      onClose={onClose}
    >
      Every program that uses the key ending in {target?.secretTail} is refused from its next request on. What
      it has made stays. This cannot be undone.
    </ConfirmDialog>
  );
}
