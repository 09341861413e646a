"use client";

import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { type FieldSpec, FormDialog } from "../../_parts/form-dialog";
import { useAct } from "../../_parts/use-act";

export type OrganizationAct = "credit" | "debit" | "suspend" | "resume";

interface OrganizationDialogsProps {
  readonly organization: { readonly id: string; readonly name: string };
  readonly act: OrganizationAct | null;
  readonly onClose: () => void;
}

const AMOUNT: FieldSpec = { name: "amountUsd", label: "Amount in US dollars" };
const REASON: FieldSpec = {
  name: "reason",
  label: "Reason",
  kind: "long",
  hint: "Stands in the organization's own trail, which its members can read.",
};

/** Money and standing of an organization, each with a reason. */
export function OrganizationDialogs({ organization, act, onClose }: OrganizationDialogsProps) {
  const trpc = useTRPC();
  const after = useAct();
  const { id: organizationId, name } = organization;
  const attemptKey = useAttemptKey(act);
  const credit = useMutation(trpc.operator.people.credit.mutationOptions(after(onClose)));
  const debit = useMutation(trpc.operator.people.debit.mutationOptions(after(onClose)));
  const suspend = useMutation(trpc.operator.people.suspend.mutationOptions(after(onClose)));
  const resume = useMutation(trpc.operator.people.resume.mutationOptions(after(onClose)));
  const close = () => {
    for (const each of [credit, debit, suspend, resume]) each.reset();
    onClose();
  };
  return (
    <>
      <FormDialog
        open={act === "credit"}
        onClose={close}
        title={`Give credit to ${name}`}
        fields={[
          AMOUNT,
          {
            name: "expiresOn",
            label: "Ends on",
            kind: "date",
            hint: "End of that day, UTC. Leave it empty for credit that stays.",
          },
          REASON,
        ]}
        submit="Give credit"
        isPending={credit.isPending}
        error={credit.error}
        onSubmit={({ amountUsd = "", reason = "", expiresOn }) =>
          credit.mutate({
            ...{ organizationId, amountUsd, reason, attemptKey },
            expiresAt: expiresOn ? new Date(`${expiresOn}T23:59:59Z`) : null,
          })
        }
      >
        <p>Promotional credit: it is spent before paid money, and it cannot be refunded.</p>
      </FormDialog>
      <FormDialog
        open={act === "debit"}
        onClose={close}
        title={`Correct the balance of ${name}`}
        fields={[AMOUNT, REASON]}
        submit="Take it out"
        tone="danger"
        isPending={debit.isPending}
        error={debit.error}
        onSubmit={({ amountUsd = "", reason = "" }) =>
          debit.mutate({ organizationId, amountUsd, reason, attemptKey })
        }
      >
        <p>
          Takes paid money out of the balance to correct a mistake of ours. Never more than is there: it makes
          no debt.
        </p>
      </FormDialog>
      <FormDialog
        open={act === "suspend"}
        onClose={close}
        title={`Suspend ${name}?`}
        fields={[REASON]}
        submit="Suspend"
        tone="danger"
        isPending={suspend.isPending}
        error={suspend.error}
        onSubmit={({ reason = "" }) => suspend.mutate({ organizationId, reason })}
      >
        <p>
          All of its keys are refused from their next request on. Members may still sign in; data and money
          stay.
        </p>
      </FormDialog>
      <FormDialog
        open={act === "resume"}
        onClose={close}
        title={`Resume ${name}?`}
        fields={[REASON]}
        submit="Resume"
        isPending={resume.isPending}
        error={resume.error}
        onSubmit={({ reason = "" }) => resume.mutate({ organizationId, reason })}
      >
        <p>Its keys work again from their next request on, also where a dispute had stopped them.</p>
      </FormDialog>
    </>
  );
}

/** One key per intention: a second click is the same adjustment, a dialog that is opened again another one. */
function useAttemptKey(act: OrganizationAct | null): string {
  const [key, setKey] = useState("");
  useEffect(() => {
    if (act !== null) setKey(crypto.randomUUID());
  }, [act]);
  return key;
}
