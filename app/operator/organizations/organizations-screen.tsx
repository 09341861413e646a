"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { Cell, HeaderCell, RowHeader, Table, TableBody, TableHead } from "@/app/_ui/table";
import { Instant } from "@/app/dashboard/_parts/instant";
import { ListCard } from "../_parts/list-card";
import { SearchField, useSearch } from "../_parts/search-field";

/** Organizations of everybody, by name, id or a member's address; at most fifty at a time. */
export function OrganizationsScreen() {
  const trpc = useTRPC();
  const [text, search] = useSearch();
  const found = useQuery(trpc.operator.people.organizations.queryOptions({ text }));
  const rows = found.data ?? [];
  return (
    <>
      <PageHeader title="Organizations" description="The newest fifty that match. Search for the others." />
      <SearchField
        label="Name, id or a member's address"
        value={text}
        onSearch={(next) => void search(next)}
      />
      <ListCard
        list={found}
        isEmpty={rows.length === 0}
        empty={
          <EmptyState title="No organization matches" description="Try a part of the name or address." />
        }
      >
        <Table caption="Organizations" hideCaption phone="stack">
          <TableHead>
            <tr>
              <HeaderCell>Organization</HeaderCell>
              <HeaderCell>State</HeaderCell>
              <HeaderCell>Kind</HeaderCell>
              <HeaderCell align="right">Members</HeaderCell>
              <HeaderCell>Since</HeaderCell>
            </tr>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <tr key={row.id}>
                <RowHeader>
                  <Link
                    href={`/operator/organizations/${row.id}`}
                    className="wrap-anywhere font-medium underline-offset-4 hover:underline"
                  >
                    {row.name}
                  </Link>
                  <code className="block break-all font-mono text-ink-2 text-xs">{row.id}</code>
                </RowHeader>
                <Cell label="State">
                  <Standing {...row} />
                </Cell>
                <Cell label="Kind">{row.kind === "team" ? "Team" : "Personal"}</Cell>
                <Cell align="right" label="Members">
                  {row.members}
                </Cell>
                <Cell label="Since">
                  <Instant value={row.createdAt} />
                </Cell>
              </tr>
            ))}
          </TableBody>
        </Table>
      </ListCard>
    </>
  );
}

interface StandingProps {
  readonly status: "active" | "suspended";
  readonly suspendedFor: "operator" | "dispute" | "closed" | null;
}

/** Whether its keys work, and why not. */
export function Standing({ status, suspendedFor }: StandingProps) {
  if (status === "active") return <Badge tone="positive">Active</Badge>;
  if (suspendedFor === "closed") return <Badge>Closed by its owner</Badge>;
  return <Badge tone="negative">{suspendedFor === "dispute" ? "Stopped by a dispute" : "Suspended"}</Badge>;
}
