"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { useMay } from "../_parts/actor";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { Instant } from "../_parts/instant";
import { activeKeysText, NamedListRow, NamedListScreen } from "../_parts/named-list-screen";

interface AccountItem {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly activeKeys: number;
}

/** Owners of keys that belong to no person, so that nobody's leaving stops a deployment. */
export function ServiceAccountsScreen() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const onSuccess = () =>
    void cache.invalidateQueries({ queryKey: trpc.organization.serviceAccounts.queryKey() });
  return (
    <NamedListScreen
      title="Service accounts"
      description="Own the keys of deployments and jobs. They cannot sign in, and their keys stay when people leave."
      query={useQuery(trpc.organization.serviceAccounts.queryOptions())}
      create={useMutation(trpc.organization.createServiceAccount.mutationOptions({ onSuccess }))}
      words={{
        create: "Create service account",
        dialogTitle: "Create a service account",
        hint: "The program it stands for, such as “nightly summaries”.",
        empty: {
          title: "No service accounts yet",
          description: "Make one for each program that should outlive the person who set it up.",
        },
      }}
      row={(account) => <AccountRow key={account.id} account={account} />}
    />
  );
}

function AccountRow({ account }: { readonly account: AccountItem }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const mayManage = useMay("projects.manage");
  const [isAsking, setAsking] = useState(false);
  const remove = useMutation(
    trpc.organization.removeServiceAccount.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.organization.serviceAccounts.queryKey() });
        void cache.invalidateQueries({ queryKey: trpc.keys.pathKey() });
      },
    }),
  );
  return (
    <>
      <NamedListRow
        name={<span className="wrap-anywhere font-medium">{account.name}</span>}
        facts={
          <>
            <span>{activeKeysText(account.activeKeys)}</span>
            <span>
              Created <Instant value={account.createdAt} />
            </span>
          </>
        }
        actions={
          mayManage && (
            <Button
              variant="secondary"
              size="sm"
              onClick={() => setAsking(true)}
              aria-label={`Remove ${account.name}`}
            >
              Remove
            </Button>
          )
        }
      />
      <ConfirmDialog
        open={isAsking}
        onClose={() => {
          remove.reset();
          setAsking(false);
        }}
        title={`Remove “${account.name}”?`}
        confirm="Remove service account"
        isPending={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate({ serviceAccountId: account.id })}
      >
        <p>
          {account.activeKeys === 0
            ? "It has no active keys, so nothing stops working."
            : `Its ${account.activeKeys === 1 ? "key is" : `${account.activeKeys} keys are`} refused from the next request on.`}{" "}
          This cannot be undone.
        </p>
      </ConfirmDialog>
    </>
  );
}
