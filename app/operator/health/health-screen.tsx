"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { Menu, MenuItem, MenuSeparator } from "@/app/_ui/menu";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { ConfirmDialog } from "@/app/dashboard/_parts/confirm-dialog";
import { Instant } from "@/app/dashboard/_parts/instant";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { useAct } from "../_parts/use-act";

const REFRESH_MS = 10_000;
type Row = Outputs["health"]["board"][number];
type Act = "open" | "closed" | "auto" | "drain" | "undrain";

const ACTS: Readonly<
  Record<Act, { readonly label: string; readonly what: string; readonly isDanger: boolean }>
> = {
  open: {
    label: "Force open",
    what: "It is asked for nothing while any other endpoint of the model is left, whatever traffic shows.",
    isDanger: true,
  },
  closed: {
    label: "Force closed",
    what: "It stays in whatever traffic shows: failing requests do not take it out.",
    isDanger: true,
  },
  auto: { label: "Leave to traffic", what: "Its breaker decides again.", isDanger: false },
  drain: {
    label: "Drain",
    what: "No new request reaches it. What runs there ends by itself.",
    isDanger: true,
  },
  undrain: { label: "Offer again", what: "New requests may reach it.", isDanger: false },
};

/** Every endpoint with its traffic, and an operator's word above what traffic shows. */
export function HealthScreen() {
  const trpc = useTRPC();
  const [text, search] = useSearch();
  const [asked, setAsked] = useState<{ readonly row: Row; readonly act: Act } | null>(null);
  const board = useQuery(trpc.operator.health.board.queryOptions({ text }, { refetchInterval: REFRESH_MS }));
  const rows = board.data ?? [];
  return (
    <>
      <PageHeader
        title="Health"
        description="Traffic over all processes: the last half hour, and the last day. A word given here acts when processes read the catalogue again, within seconds."
      />
      <SearchField label="Model or provider" value={text} onSearch={(next) => void search(next)} />
      <ListCard
        list={board}
        isEmpty={rows.length === 0}
        empty={<EmptyState title={text ? "No endpoint matches" : "The catalogue has no endpoint"} />}
        skeletonRows={8}
      >
        <Table caption="Endpoints" hideCaption phone="stack">
          <TableHead>
            <tr>
              <HeaderCell>Endpoint</HeaderCell>
              <HeaderCell>State</HeaderCell>
              <HeaderCell align="right">Requests, 30 min</HeaderCell>
              <HeaderCell align="right">Answered, 30 min</HeaderCell>
              <HeaderCell align="right">Answered, 1 day</HeaderCell>
              <HeaderCell align="right">First token, p50</HeaderCell>
              <HeaderCell>
                <span className="sr-only">Acts</span>
              </HeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <BoardRow key={row.endpointId} row={row} onAsk={(act) => setAsked({ row, act })} />
            ))}
          </TableBody>
        </Table>
      </ListCard>
      <ActDialog asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

const percent = (share: number | null | undefined) => (share == null ? "–" : `${(share * 100).toFixed(1)} %`);
const nameOf = (row: Row) => `${row.model} at ${row.provider}`;

function BoardRow({ row, onAsk }: { readonly row: Row; readonly onAsk: (act: Act) => void }) {
  const firstToken = row.last30m?.firstTokenMsP50;
  return (
    <tr>
      <RowHeader>
        <Link
          href={`/operator/models/${row.endpointId}`}
          className="break-all font-medium underline-offset-4 hover:underline"
        >
          {row.model}
        </Link>
        <span className="block text-ink-2">
          {row.provider} {row.isSimulated && <Badge>Simulated</Badge>}
        </span>
      </RowHeader>
      <Cell label="State">
        <StateWords row={row} />
      </Cell>
      <Cell align="right" label="Requests, 30 min">
        {row.last30m?.requests ?? 0}
      </Cell>
      <Cell align="right" label="Answered, 30 min">
        {percent(row.last30m?.successShare)}
      </Cell>
      <Cell align="right" label="Answered, 1 day">
        {percent(row.last1d?.successShare)}
      </Cell>
      <Cell align="right" label="First token, p50">
        {firstToken == null ? "–" : `${Math.round(firstToken)} ms`}
      </Cell>
      <Cell align="right">
        <Menu
          trigger={
            <Button variant="secondary" size="sm" aria-label={`Acts for ${nameOf(row)}`}>
              Acts
            </Button>
          }
        >
          {(["open", "closed", "auto"] as const)
            .filter((act) => act !== (row.forced ?? "auto"))
            .map((act) => (
              <MenuItem key={act} onClick={() => onAsk(act)}>
                {ACTS[act].label}
              </MenuItem>
            ))}
          <MenuSeparator />
          <MenuItem onClick={() => onAsk(row.status === "active" ? "drain" : "undrain")}>
            {ACTS[row.status === "active" ? "drain" : "undrain"].label}
          </MenuItem>
        </Menu>
      </Cell>
    </tr>
  );
}

function StateWords({ row }: { readonly row: Row }) {
  const words = [
    row.providerStatus === "disabled" && (
      <Badge key="provider" tone="neutral">
        Provider off
      </Badge>
    ),
    row.status === "disabled" && (
      <Badge key="drained" tone="warning">
        Drained
      </Badge>
    ),
    row.forced && (
      <Badge key="forced" tone="warning">
        Forced {row.forced}
      </Badge>
    ),
    row.outage && (
      <Badge key="outage" tone="negative">
        {row.outage.isRecovering ? "Recovering" : "Out"}
      </Badge>
    ),
  ].filter(Boolean);
  return (
    <div className="grid justify-items-start gap-1 max-md:justify-items-end">
      <div className="flex flex-wrap gap-1">
        {words.length > 0 ? words : <Badge tone="positive">In use</Badge>}
      </div>
      {row.outage && (
        <span className="text-ink-2 text-xs">
          {row.outage.reason} since <Instant value={row.outage.since} />
        </span>
      )}
    </div>
  );
}

interface ActDialogProps {
  readonly asked: { readonly row: Row; readonly act: Act } | null;
  readonly onClose: () => void;
}

function ActDialog({ asked, onClose }: ActDialogProps) {
  const trpc = useTRPC();
  const after = useAct();
  const force = useMutation(trpc.operator.health.force.mutationOptions(after(onClose)));
  const drain = useMutation(trpc.operator.health.drain.mutationOptions(after(onClose)));
  const confirm = () => {
    if (!asked) return;
    const { endpointId } = asked.row;
    if (asked.act === "drain" || asked.act === "undrain")
      drain.mutate({ endpointId, isDrained: asked.act === "drain" });
    else force.mutate({ endpointId, state: asked.act });
  };
  const act = asked && ACTS[asked.act];
  return (
    <ConfirmDialog
      open={asked !== null}
      onClose={onClose}
      title={asked && act ? `${act.label}: ${nameOf(asked.row)}?` : ""}
      confirm={act?.label ?? ""}
      tone={act?.isDanger ? "danger" : "primary"}
      isPending={force.isPending || drain.isPending}
      error={force.error ?? drain.error}
      onConfirm={confirm}
    >
      <p>{act?.what}</p>
    </ConfirmDialog>
  );
}
