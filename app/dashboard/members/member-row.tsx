"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { MoreHorizontal } from "lucide-react";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { IconButton } from "@/app/_ui/icon-button";
import { Menu, MenuItem, MenuSeparator } from "@/app/_ui/menu";
import { Select } from "@/app/_ui/select";
import { mayGrant, type Role } from "@/server/organizations/permissions";
import { useActor, useMay } from "../_parts/actor";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";
import { RemoveMemberDialog } from "./remove-member-dialog";
import { grantableRoles, toRoleName } from "./roles";
import { TransferDialog } from "./transfer-dialog";

export interface MemberItem {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly role: Role;
  readonly joinedAt: Date;
  readonly hasTwoFactor: boolean;
}

/** One member. What the reader's role may not change about them is shown, not offered. */
export function MemberRow({ member, isSelf }: { readonly member: MemberItem; readonly isSelf: boolean }) {
  const own = useActor().role;
  const mayChange = useMay("members.manage") && mayGrant(own, member.role);
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="wrap-anywhere font-medium">{member.name}</span>
          {isSelf && <Badge tone="accent">You</Badge>}
          {member.hasTwoFactor && <Badge tone="positive">Two-factor</Badge>}
        </p>
        <p className="flex flex-wrap gap-x-4 text-ink-2 text-sm">
          <span className="break-all">{member.email}</span>
          <span>
            Joined <Instant value={member.joinedAt} />
          </span>
        </p>
      </div>
      {mayChange ? <Changes member={member} isSelf={isSelf} /> : <Badge>{toRoleName(member.role)}</Badge>}
    </li>
  );
}

function Changes({ member, isSelf }: { readonly member: MemberItem; readonly isSelf: boolean }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const own = useActor().role;
  const isOwner = useMay("organization.manage");
  const [asks, setAsks] = useState<"remove" | "transfer" | null>(null);
  const change = useMutation(
    trpc.members.changeRole.mutationOptions({
      onSuccess: () => {
        // One's own role decides about the whole frame.
        if (isSelf) window.location.reload();
        else void cache.invalidateQueries({ queryKey: trpc.members.pathKey() });
      },
    }),
  );
  const close = () => setAsks(null);
  return (
    <div className="grid gap-2">
      <div className="flex items-center gap-1">
        <Select
          label={`Role of ${member.name}`}
          hideLabel
          value={member.role}
          options={grantableRoles(own)}
          disabled={change.isPending}
          onValueChange={(role) =>
            role && role !== member.role && change.mutate({ memberId: member.id, role: role as Role })
          }
        />
        {!isSelf && (
          <Menu
            trigger={
              <IconButton label={`More about ${member.name}`} icon={<MoreHorizontal aria-hidden="true" />} />
            }
          >
            {isOwner && member.role !== "owner" && (
              <>
                <MenuItem onClick={() => setAsks("transfer")}>Make owner in my place…</MenuItem>
                <MenuSeparator />
              </>
            )}
            <MenuItem tone="danger" onClick={() => setAsks("remove")}>
              Remove…
            </MenuItem>
          </Menu>
        )}
      </div>
      <MutationError error={change.error} />
      <RemoveMemberDialog member={member} open={asks === "remove"} onClose={close} />
      <TransferDialog member={member} open={asks === "transfer"} onClose={close} />
    </div>
  );
}
