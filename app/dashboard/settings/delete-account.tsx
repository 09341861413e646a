"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import type { inferRouterOutputs } from "@trpc/server";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Checkbox } from "@/app/_ui/checkbox";
import { Dialog } from "@/app/_ui/dialog";
import { Money } from "@/app/_ui/money";
import type { AppRouter } from "@/server/trpc";
import { MutationError } from "../_parts/mutation-error";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";
import { NO_PROOF, ProofFields } from "./proof-fields";

type Plan = inferRouterOutputs<AppRouter>["ownData"]["farewell"];

interface DeleteAccountProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly hasPassword: boolean;
  readonly hasTwoFactor: boolean;
}

/** Says what becomes of every organization, and what is in the way, before anything can be pressed. */
export function DeleteAccount({ open, onClose, ...proofs }: DeleteAccountProps) {
  const trpc = useTRPC();
  const plan = useQuery({ ...trpc.ownData.farewell.queryOptions(), enabled: open, staleTime: 0 });
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title="Delete your account?"
      description="It cannot be undone. Your sessions end, your keys stop at once, and your name is taken out."
    >
      <QueryView query={plan} skeleton={<RowsSkeleton rows={3} />}>
        {(farewells) => <DeleteForm plan={farewells} onClose={onClose} {...proofs} />}
      </QueryView>
    </Dialog>
  );
}

interface DeleteFormProps extends Omit<DeleteAccountProps, "open"> {
  readonly plan: Plan;
}

function DeleteForm({ plan, onClose, hasPassword, hasTwoFactor }: DeleteFormProps) {
  const trpc = useTRPC();
  const [proof, setProof] = useState(NO_PROOF);
  const [givesUpBalance, setGivesUpBalance] = useState(false);
  const remove = useMutation(
    trpc.ownData.deleteAccount.mutationOptions({
      onSuccess: () => window.location.assign("/sign-in?deleted=yes"),
    }),
  );
  const left = plan.reduce((sum, { balanceNanoUsd }) => sum + balanceNanoUsd, 0n);
  const isBlocked = plan.some(({ obstacles }) => obstacles.length > 0);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    remove.mutate({ ...proof, givesUpBalance });
  };
  return (
    <form onSubmit={submit} className="grid gap-5" noValidate>
      <ul className="divide-y divide-line rounded-lg border border-line" aria-label="Your organizations">
        {plan.map((farewell) => (
          <FarewellRow key={farewell.organizationId} farewell={farewell} />
        ))}
      </ul>
      {!isBlocked && (
        <>
          {left > 0n && (
            <Checkbox
              label={
                <>
                  I give up the balance of <Money nanoUsd={left} />. A refund of unused balance has to be
                  asked for before.
                </>
              }
              checked={givesUpBalance}
              onCheckedChange={setGivesUpBalance}
            />
          )}
          <ProofFields proof={proof} onChange={setProof} asksPassword={hasPassword} asksCode={hasTwoFactor} />
        </>
      )}
      <MutationError error={remove.error} />
      <div className="flex flex-wrap justify-end gap-2">
        <Button variant="ghost" onClick={onClose}>
          Keep my account
        </Button>
        <Button
          type="submit"
          variant="danger"
          loading={remove.isPending || remove.isSuccess}
          disabled={isBlocked || (left > 0n && !givesUpBalance)}
        >
          Delete my account
        </Button>
      </div>
    </form>
  );
}

const OBSTACLES: Readonly<Record<Plan[number]["obstacles"][number], string>> = {
  sole_owner: "You are its only owner. Make somebody else one, or remove the others first.",
  requests_in_flight: "Requests are running. Wait until they have ended.",
  debt: "It owes money. Top up first.",
  open_money: "A payment, an invoice, a refund or a dispute has not ended.",
  commitment: "It has a yearly commitment. Ask us to end it first.",
};

function FarewellRow({ farewell }: { readonly farewell: Plan[number] }) {
  const { name, fate, balanceNanoUsd, obstacles } = farewell;
  return (
    <li className="grid gap-1 p-3 text-sm">
      <p className="wrap-anywhere font-medium">{name}</p>
      <p className="text-ink-2">
        {fate === "left" ? (
          "You leave it. Your own keys in it are revoked."
        ) : (
          <>
            It is closed: nobody else is in it. Balance <Money nanoUsd={balanceNanoUsd} />.
          </>
        )}
      </p>
      {obstacles.map((obstacle) => (
        <p key={obstacle} className="text-negative">
          {OBSTACLES[obstacle]}
        </p>
      ))}
    </li>
  );
}
