"use client";

import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { PageHeader } from "@/app/_ui/page-header";
import { useMay } from "./actor";
import { NameDialog } from "./name-dialog";
import { QueryView } from "./query-view";
import { RowsSkeleton } from "./skeletons";

/** What a mutation that makes one thing from its name has to offer. */
interface Create {
  readonly mutate: (input: { readonly name: string }, options: { readonly onSuccess: () => void }) => void;
  readonly reset: () => void;
  readonly isPending: boolean;
  readonly error: unknown;
}

interface NamedListScreenProps<Item> {
  readonly title: string;
  readonly description: string;
  readonly query: UseQueryResult<readonly Item[], unknown>;
  readonly create: Create;
  readonly words: {
    /** On the button that opens the dialog, and on the one that ends it. */
    readonly create: string;
    readonly dialogTitle: string;
    readonly hint: string;
    /** For a list that can be empty. */
    readonly empty?: { readonly title: string; readonly description: string };
  };
  readonly row: (item: Item) => ReactNode;
}

/** Things of the organization that are little more than their names: a list, and a dialog that makes another one. */
export function NamedListScreen<Item>(props: NamedListScreenProps<Item>) {
  const { title, description, query, create, words, row } = props;
  const mayManage = useMay("projects.manage");
  const [isCreating, setCreating] = useState(false);
  const close = () => {
    create.reset();
    setCreating(false);
  };
  const button = mayManage && <Button onClick={() => setCreating(true)}>{words.create}</Button>;
  return (
    <>
      <PageHeader title={title} description={description} actions={button} />
      <Card className="overflow-hidden p-0">
        <QueryView query={query} skeleton={<RowsSkeleton rows={2} />}>
          {(list) =>
            list.length === 0 && words.empty ? (
              <EmptyState {...words.empty} action={button} />
            ) : (
              <ul className="divide-y divide-line" aria-label={title}>
                {list.map(row)}
              </ul>
            )
          }
        </QueryView>
      </Card>
      <NameDialog
        open={isCreating}
        onClose={close}
        title={words.dialogTitle}
        hint={words.hint}
        submit={words.create}
        isPending={create.isPending}
        error={create.error}
        onSubmit={(name) => create.mutate({ name }, { onSuccess: close })}
      />
    </>
  );
}

/** One of them: what it is on the left, what can be done with it on the right. */
export function NamedListRow({
  name,
  facts,
  actions,
}: {
  readonly name: ReactNode;
  readonly facts: ReactNode;
  readonly actions?: ReactNode;
}) {
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex min-w-0 items-center gap-2">{name}</p>
        <p className="flex flex-wrap items-center gap-x-4 text-ink-2 text-sm">{facts}</p>
      </div>
      {actions}
    </li>
  );
}

export function activeKeysText(count: number): string {
  return count === 1 ? "1 active key" : `${count} active keys`;
}
