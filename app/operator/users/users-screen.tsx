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
import { FormDialog } from "../_parts/form-dialog";
import { ListCard } from "../_parts/list-card";
import type { Outputs } from "../_parts/outputs";
import { SearchField, useSearch } from "../_parts/search-field";
import { useAct } from "../_parts/use-act";

type UserItem = Outputs["people"]["users"][number];

/** People who sign in, by name, id or address; at most fifty at a time. */
export function UsersScreen() {
  const trpc = useTRPC();
  const after = useAct();
  const [text, search] = useSearch();
  const [target, setTarget] = useState<UserItem | null>(null);
  const found = useQuery(trpc.operator.people.users.queryOptions({ text }));
  const signOut = useMutation(trpc.operator.people.signOut.mutationOptions(after(() => setTarget(null))));
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
              <UserRow key={row.id} row={row} onSignOut={() => setTarget(row)} />
            ))}
          </TableBody>
        </Table>
      </ListCard>
      <FormDialog
        open={target !== null}
        onClose={() => {
          signOut.reset();
          setTarget(null);
        }}
        title={`Sign out ${target?.email ?? ""}?`}
        fields={[{ name: "reason", label: "Reason", kind: "long" }]}
        submit="Sign out everywhere"
        tone="danger"
        isPending={signOut.isPending}
        error={signOut.error}
        onSubmit={({ reason = "" }) => target && signOut.mutate({ userId: target.id, reason })}
      >
        <p>Every session ends at its next click. API keys go on, and the person may sign in again.</p>
      </FormDialog>
    </>
  );
}

function UserRow({ row, onSignOut }: { readonly row: UserItem; readonly onSignOut: () => void }) {
  return (
    <tr>
      <RowHeader>
        <span className="block font-medium">{row.name}</span>
        <span className="block break-all text-ink-2">{row.email}</span>
      </RowHeader>
      <Cell label="Account">
        <span className="flex flex-wrap gap-1">
          {row.emailVerifiedAt === null && <Badge tone="warning">Address not confirmed</Badge>}
          {row.isOperator && <Badge tone="accent">Operator</Badge>}
          <Badge>{row.hasTwoFactor ? "Two factors" : "Password only"}</Badge>
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
        <Button
          variant="secondary"
          size="sm"
          disabled={row.sessions === 0}
          onClick={onSignOut}
          aria-label={`Sign out ${row.email}`}
        >
          Sign out
        </Button>
      </Cell>
    </tr>
  );
}
