"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import type { Role } from "@/server/organizations/permissions";
import { useMay } from "../_parts/actor";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";
import { toRoleName } from "./roles";

interface InvitationItem {
  readonly id: string;
  readonly email: string;
  readonly role: Role;
  readonly invitedBy: string;
  readonly expiresAt: Date;
  readonly isExpired: boolean;
}

interface InvitationsProps {
  readonly invitations: readonly InvitationItem[];
  /** Null when the reader's role may not invite. */
  readonly onInvite: (() => void) | null;
}

/** Invitations that nobody has answered. */
export function Invitations({ invitations, onInvite }: InvitationsProps) {
  return (
    <section className="grid gap-3" aria-labelledby="invitations">
      <h2 id="invitations" className="font-medium text-lg">
        Open invitations
      </h2>
      <Card className="overflow-hidden p-0">
        {invitations.length === 0 ? (
          <div className="flex flex-wrap items-center justify-between gap-3 p-4 text-ink-2">
            <p>Nobody is invited at the moment.</p>
            {onInvite && (
              <Button variant="secondary" size="sm" onClick={onInvite}>
                Invite somebody
              </Button>
            )}
          </div>
        ) : (
          <ul className="divide-y divide-line">
            {invitations.map((invitation) => (
              <InvitationRow key={invitation.id} invitation={invitation} />
            ))}
          </ul>
        )}
      </Card>
    </section>
  );
}

function InvitationRow({ invitation }: { readonly invitation: InvitationItem }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const mayManage = useMay("members.manage");
  const refresh = { onSuccess: () => void cache.invalidateQueries({ queryKey: trpc.members.pathKey() }) };
  const resend = useMutation(trpc.members.resendInvitation.mutationOptions(refresh));
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions(refresh));
  const input = { invitationId: invitation.id };
  return (
    <li className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
      <div className="grid min-w-0 gap-1">
        <p className="flex min-w-0 flex-wrap items-center gap-2">
          <span className="min-w-0 break-all font-medium">{invitation.email}</span>
          <Badge>{toRoleName(invitation.role)}</Badge>
          {invitation.isExpired && <Badge tone="warning">Expired</Badge>}
        </p>
        <p className="text-ink-2 text-sm">
          Invited by {invitation.invitedBy} · {invitation.isExpired ? "link expired" : "link works until"}{" "}
          <Instant value={invitation.expiresAt} />
        </p>
        <p role="status" className="text-ink-2 text-sm empty:hidden">
          {resend.isSuccess ? "Sent again. Only the newest link works." : null}
        </p>
        <MutationError error={resend.error ?? revoke.error} />
      </div>
      {mayManage && (
        <div className="flex gap-2">
          <Button
            variant="secondary"
            size="sm"
            loading={resend.isPending}
            onClick={() => resend.mutate(input)}
            aria-label={`Send the invitation of ${invitation.email} again`}
          >
            Send again
          </Button>
          <Button
            variant="secondary"
            size="sm"
            loading={revoke.isPending}
            onClick={() => revoke.mutate(input)}
            aria-label={`Revoke the invitation of ${invitation.email}`}
          >
            Revoke
          </Button>
        </div>
      )}
    </li>
  );
}
