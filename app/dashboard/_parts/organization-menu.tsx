"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { Check, ChevronsUpDown, Plus } from "lucide-react";
import { useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { LogoMark } from "@/app/_ui/logo";
import { Menu, MenuItem, MenuSeparator } from "@/app/_ui/menu";
import { useActor } from "./actor";
import { NameDialog } from "./name-dialog";

/** Whatever was loaded belonged to the other organization: a whole new page leaves nothing of it. */
function startOver(): void {
  window.location.assign("/dashboard");
}

/** Which organization one acts for, and the others one belongs to. */
export function OrganizationMenu() {
  const trpc = useTRPC();
  const actor = useActor();
  const [isFounding, setFounding] = useState(false);
  const mine = useQuery(trpc.organization.mine.queryOptions());
  const change = useMutation(trpc.organization.switch.mutationOptions({ onSuccess: startOver }));
  const found = useMutation(trpc.organization.create.mutationOptions({ onSuccess: startOver }));
  return (
    <>
      <Menu
        align="start"
        className="w-64"
        trigger={
          <button
            type="button"
            aria-label={`Organization ${actor.organizationName}. Switch or create one.`}
            className="flex min-w-0 max-w-full items-center gap-2.5 rounded-lg p-2 text-left transition-colors hover:bg-hover"
          >
            <LogoMark className="shrink-0" />
            <span className="min-w-0 flex-1 leading-5">
              <span className="block truncate font-medium text-sm">{actor.organizationName}</span>
              <span className="block truncate text-ink-2 text-xs capitalize">{actor.role}</span>
            </span>
            <ChevronsUpDown aria-hidden="true" className="size-4 shrink-0 text-ink-3" />
          </button>
        }
      >
        {(mine.data?.organizations ?? []).map((organization) => {
          const isCurrent = organization.organizationId === actor.organizationId;
          return (
            <MenuItem
              key={organization.organizationId}
              disabled={change.isPending}
              onClick={() => !isCurrent && change.mutate({ organization: organization.organizationId })}
            >
              <span className="min-w-0 flex-1">
                <span className="block truncate">{organization.organizationName}</span>
                <span className="block truncate text-ink-2 text-xs">
                  {organization.kind === "personal" ? "Personal" : "Team"} · {organization.role}
                </span>
              </span>
              {isCurrent && <Check aria-label="current" />}
            </MenuItem>
          );
        })}
        {(mine.error || change.error) && (
          <p role="alert" className="px-2.5 py-1 text-negative text-sm">
            {toApiError(change.error ?? mine.error).message}
          </p>
        )}
        <MenuSeparator />
        <MenuItem onClick={() => setFounding(true)}>
          <Plus aria-hidden="true" />
          Create a team
        </MenuItem>
      </Menu>
      <NameDialog
        open={isFounding}
        onClose={() => {
          found.reset();
          setFounding(false);
        }}
        title="Create a team"
        hint="A team has its own balance, keys, members and policies. You will be its owner."
        submit="Create team"
        isPending={found.isPending || found.isSuccess}
        error={found.error}
        onSubmit={(name) => found.mutate({ name })}
      />
    </>
  );
}
