"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Dialog } from "@/app/_ui/dialog";
import { Field, Input } from "@/app/_ui/field";
import { Select } from "@/app/_ui/select";
import type { Role } from "@/server/organizations/permissions";
import { useActor } from "../_parts/actor";
import { MutationError } from "../_parts/mutation-error";
import { grantableRoles, ROLE_NOTES } from "./roles";

export function InviteDialog({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Invite somebody"
      description="They get a mail with a link that works for 7 days, and only for this address."
    >
      <InviteForm onClose={onClose} />
    </Dialog>
  );
}

function InviteForm({ onClose }: { readonly onClose: () => void }) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const own = useActor().role;
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("developer");
  const invite = useMutation(
    trpc.members.invite.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.members.pathKey() });
        onClose();
      },
    }),
  );
  const emailError = invite.error ? toApiError(invite.error).fields.email : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ email, role });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <Field label="E-mail address" error={emailError}>
        <Input
          type="email"
          inputMode="email"
          autoComplete="off"
          value={email}
          onChange={(event) => setEmail(event.target.value)}
          autoFocus
        />
      </Field>
      <div className="grid gap-1.5">
        <Select
          label="Role"
          value={role}
          options={grantableRoles(own)}
          onValueChange={(next) => setRole(next as Role)}
        />
        <p className="text-ink-2 text-sm">{ROLE_NOTES[role]}</p>
      </div>
      {!emailError && <MutationError error={invite.error} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Cancel
        </Button>
        <Button type="submit" loading={invite.isPending}>
          Send invitation
        </Button>
      </div>
    </form>
  );
}
