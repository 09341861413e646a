"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { Instant } from "@/app/dashboard/_parts/instant";
import { type FieldSpec, FormDialog } from "../_parts/form-dialog";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { useAct } from "../_parts/use-act";

type UserItem = Outputs["people"]["users"][number];

type Act = "signOut" | "suspend" | "unsuspend";
interface Asked {
  readonly row: UserItem;
  readonly act: Act;
}

/** People who sign in, by name, id or address; at most fifty at a time. */
export function UsersScreen() {
  const trpc = useTRPC();
  const [text, search] = useSearch();
  const [asked, setAsked] = useState<Asked | null>(null);
  const found = useQuery(trpc.operator.people.users.queryOptions({ text }));
  const rows = found.data ?? [];
  return (
    <>
      <PageHeader
        title="Users"
        description="The newest fifty that match. What they may do is decided in their organizations."
      />
      <SearchField label="Name, id or address" value={text} onSearch={(next) => void search(next)} />
      <ListCard
        list={found}
        isEmpty={rows.length === 0}
        empty={<EmptyState title="Nobody matches" description="Try a part of the name or address." />}
      >
        <Table caption="Users" hideCaption phone="stack">
          <TableHead>
            <tr>
              <HeaderCell>User</HeaderCell>
              <HeaderCell>Account</HeaderCell>
              <HeaderCell align="right">Organizations</HeaderCell>
              <HeaderCell align="right">Sessions</HeaderCell>
              <HeaderCell>Since</HeaderCell>
              <HeaderCell>
                <span className="sr-only">Acts</span>
              </HeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <UserRow key={row.id} row={row} onAct={(act) => setAsked({ row, act })} />
            ))}
          </TableBody>
        </Table>
      </ListCard>
      <UserDialogs asked={asked} onClose={() => setAsked(null)} />
    </>
  );
}

const REASON: readonly FieldSpec[] = [{ name: "reason", label: "Reason", kind: "long" }];

/** What happens to a person, each with a reason. */
function UserDialogs({ asked, onClose }: { readonly asked: Asked | null; readonly onClose: () => void }) {
  const trpc = useTRPC();
  const after = useAct();
  const signOut = useMutation(trpc.operator.people.signOut.mutationOptions(after(onClose)));
  const suspend = useMutation(trpc.operator.people.suspendUser.mutationOptions(after(onClose)));
  const unsuspend = useMutation(trpc.operator.people.unsuspendUser.mutationOptions(after(onClose)));
  const email = asked?.row.email ?? "";
  const userId = asked?.row.id ?? "";
  const close = () => {
    for (const each of [signOut, suspend, unsuspend]) each.reset();
    onClose();
  };
  return (
    <>
      <FormDialog
        open={asked?.act === "signOut"}
        onClose={close}
        title={`Sign out ${email}?`}
        fields={REASON}
        submit="Sign out everywhere"
        tone="danger"
        isPending={signOut.isPending}
        error={signOut.error}
        onSubmit={({ reason = "" }) => signOut.mutate({ userId, reason })}
      >
        <p>Every session ends at its next click. API keys go on, and the person may sign in again.</p>
      </FormDialog>
      <FormDialog
        open={asked?.act === "suspend"}
        onClose={close}
        title={`Suspend ${email}?`}
        fields={REASON}
        submit="Suspend"
        tone="danger"
        isPending={suspend.isPending}
        error={suspend.error}
        onSubmit={({ reason = "" }) => suspend.mutate({ userId, reason })}
      >
        <p>
          Every session ends at its next click, and no sign-in opens one. The person's own API keys are
          revoked in every organization, for good; management keys that they made are refused meanwhile.
        </p>
        <p>Organizations and keys of service accounts go on. Suspend an organization on its own page.</p>
      </FormDialog>
      <FormDialog
        open={asked?.act === "unsuspend"}
        onClose={close}
        title={`Let ${email} sign in again?`}
        fields={REASON}
        submit="Let them in"
        isPending={unsuspend.isPending}
        error={unsuspend.error}
        onSubmit={({ reason = "" }) => unsuspend.mutate({ userId, reason })}
      >
        <p>The person may sign in again. API keys that were revoked stay so: they make new ones.</p>
      </FormDialog>
    </>
  );
}

function UserRow({ row, onAct }: { readonly row: UserItem; readonly onAct: (act: Act) => void }) {
  const isSuspended = row.suspendedAt !== null;
  return (
    <tr>
      <RowHeader>
        <span className="block font-medium">{row.name}</span>
        <span className="block break-all text-ink-2">{row.email}</span>
      </RowHeader>
      <Cell label="Account">
        <span className="flex flex-wrap gap-1">
          {isSuspended && <Badge tone="negative">Suspended</Badge>}
          {row.deletedAt !== null ? (
            <Badge>Deleted</Badge>
          ) : (
            <>
              {row.emailVerifiedAt === null && <Badge tone="warning">Address not confirmed</Badge>}
              {row.isOperator && <Badge tone="accent">Operator</Badge>}
              <Badge>{row.hasTwoFactor ? "Two factors" : "Password only"}</Badge>
            </>
          )}
        </span>
      </Cell>
      <Cell align="right" label="Organizations">
        {row.organizations}
      </Cell>
      <Cell align="right" label="Sessions">
        {row.sessions}
      </Cell>
      <Cell label="Since">
        <Instant value={row.createdAt} />
      </Cell>
      <Cell align="right">
        {row.deletedAt === null && (
          <span className="flex flex-wrap justify-end gap-2">
            <Button
              variant="secondary"
              size="sm"
              disabled={row.sessions === 0}
              onClick={() => onAct("signOut")}
              aria-label={`Sign out ${row.email}`}
            >
              Sign out
            </Button>
            <Button
              variant="secondary"
              size="sm"
              onClick={() => onAct(isSuspended ? "unsuspend" : "suspend")}
              aria-label={`${isSuspended ? "Let in" : "Suspend"} ${row.email}`}
            >
              {isSuspended ? "Let in" : "Suspend"}
            </Button>
          </span>
        )}
      </Cell>
    </tr>
  );
}
