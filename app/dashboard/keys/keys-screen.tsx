"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { useMay } from "../_parts/actor";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { CreateKeyDialog } from "./create-key-dialog";
import { KeyLimitsDialog } from "./key-limits-dialog";
import { RevokeKeyDialog } from "./revoke-key-dialog";
import { RotateKeyDialog } from "./rotate-key-dialog";

interface KeyItem {
  readonly id: string;
  readonly name: string;
  readonly purpose: "program" | "playground";
  readonly secretTail: string;
  readonly status: keyof typeof STATUS;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
  readonly expiresAt: Date | null;
  readonly previousValidUntil: Date | null;
}

const STATUS = {
  active: { tone: "positive", label: "Active" },
  expired: { tone: "neutral", label: "Expired" },
  revoked: { tone: "neutral", label: "Revoked" },
} as const;

/** API keys: make one, see which exist, end one. */
export function KeysScreen() {
  const trpc = useTRPC();
  const keys = useQuery(trpc.keys.list.queryOptions());
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<KeyItem | null>(null);
  const [limiting, setLimiting] = useState<KeyItem | null>(null);
  const session = useQuery(trpc.account.session.queryOptions());
  const mayLimit = session.data?.permissions.includes("budgets.manage") ?? false;
  const [rotating, setRotating] = useState<KeyItem | null>(null);
  const mayCreate = useMay("keys.create");
  const mayRevoke = useMay("keys.revoke");
  const createButton = mayCreate && <Button onClick={() => setCreating(true)}>Create key</Button>;
  return (
    <>
      <PageHeader
        title="API keys"
        description="A key lets a program spend the balance of your organization. Its secret is shown once."
        actions={createButton}
      />
      <Card className="overflow-hidden p-0">
        <QueryView query={keys} skeleton={<RowsSkeleton rows={3} />}>
          {(list) =>
            list.length === 0 ? (
              <EmptyState
                title="No keys yet"
                description={
                  mayCreate
                    ? "Create one, put it into your program, and change the base URL."
                    : "Members whose role may create keys put them here."
                }
                action={createButton}
              />
            ) : (
              <ul className="divide-y divide-line">
                {list.map((key) => (
                  <KeyRow
                    key={key.id}
                    item={key}
                    onLimits={() => setLimiting(key)}
                    onRotate={mayCreate ? () => setRotating(key) : null}
                    onRevoke={mayRevoke ? () => setRevoking(key) : null}
                  />
                ))}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <CreateKeyDialog open={isCreating} onOpenChange={setCreating} />
      <KeyLimitsDialog target={limiting} isReadOnly={!mayLimit} onClose={() => setLimiting(null)} />
      <RotateKeyDialog target={rotating} onClose={() => setRotating(null)} />
      <RevokeKeyDialog target={revoking} onClose={() => setRevoking(null)} />
    </>
  );
}

interface KeyRowProps {
  readonly item: KeyItem;
  readonly onLimits: () => void;
  /** Null when the reader's role may not. */
  readonly onRotate: (() => void) | null;
  readonly onRevoke: (() => void) | null;
}

function KeyRow({ item, onLimits, onRotate, onRevoke }: KeyRowProps) {
  const isRevoked = item.status === "revoked";
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex min-w-0 items-center gap-2">
          <span className={`wrap-anywhere font-medium ${isRevoked ? "text-ink-2" : ""}`}>{item.name}</span>
          <Badge tone={STATUS[item.status].tone}>{STATUS[item.status].label}</Badge>
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          {item.purpose === "playground" ? (
            <span>No secret: only the playground calls with it</span>
          ) : (
            <code className="font-mono">dtk_…{item.secretTail}</code>
          )}
          <span>
            Created <Instant value={item.createdAt} />
          </span>
          {item.revokedAt && (
            <span>
              Revoked <Instant value={item.revokedAt} />
            </span>
          )}
          {item.previousValidUntil && !item.revokedAt && (
            <span>
              Old secret until <Instant value={item.previousValidUntil} />
            </span>
          )}
          {item.expiresAt && !item.revokedAt && (
            <span>
              {item.status === "expired" ? "Expired" : "Expires"} <Instant value={item.expiresAt} />
            </span>
          )}
        </p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <Link
          href={`/dashboard/usage?key=${item.id}`}
          className="px-2 py-1 text-sm underline underline-offset-4"
          aria-label={`Usage of ${item.name}`}
        >
          Usage
        </Link>
        <Link
          href={`/dashboard/requests?key=${item.id}`}
          className="px-2 py-1 text-sm underline underline-offset-4"
          aria-label={`Requests of ${item.name}`}
        >
          Requests
        </Link>
        {!isRevoked && (
          <Button variant="secondary" size="sm" onClick={onLimits} aria-label={`Rate limits of ${item.name}`}>
            Limits
          </Button>
        )}
        {item.status === "active" && item.purpose === "program" && onRotate && (
          <Button variant="secondary" size="sm" onClick={onRotate} aria-label={`Rotate ${item.name}`}>
            Rotate
          </Button>
        )}
        {!isRevoked && onRevoke && (
          <Button variant="secondary" size="sm" onClick={onRevoke} aria-label={`Revoke ${item.name}`}>
            Revoke
          </Button>
        )}
      </div>
    </li>
  );
}
