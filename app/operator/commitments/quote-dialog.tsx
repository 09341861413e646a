"use client";

import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { SCHEDULES, type Schedule, SLA_TIERS, type SlaTier } from "@/server/billing/commitments/terms";
import { FormDialog } from "../_parts/form-dialog";
import { useAct } from "../_parts/use-act";

const SCHEDULE_NAMES = Object.keys(SCHEDULES) as Schedule[];
const TIER_NAMES = Object.keys(SLA_TIERS) as SlaTier[];
const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

interface QuoteDialogProps {
  /** Null while nobody writes a quote; empty when it is still to be named. */
  readonly organizationId: string | null;
  readonly onClose: () => void;
}

/** A yearly amount on terms. The customer reads and accepts exactly these. */
export function QuoteDialog({ organizationId, onClose }: QuoteDialogProps) {
  const trpc = useTRPC();
  const after = useAct();
  const quote = useMutation(trpc.operator.commitments.quote.mutationOptions(after(onClose)));
  return (
    <FormDialog
      open={organizationId !== null}
      onClose={() => {
        quote.reset();
        onClose();
      }}
      title="Write a quote"
      fields={[
        {
          name: "organizationId",
          label: "Organization",
          hint: "Its id, as it stands under Organizations.",
          initial: organizationId ?? "",
        },
        {
          name: "yearlyUsd",
          label: "Yearly amount in US dollars",
          hint: "What is credited in a year, before the discount. From 12000 on.",
        },
        { name: "discountPercent", label: "Discount in percent", initial: "0", hint: "0 to 50." },
        {
          name: "schedule",
          label: "Paid",
          kind: "select",
          initial: "annual",
          options: SCHEDULE_NAMES.map((value) => ({ value, label: capitalized(SCHEDULES[value].label) })),
        },
        {
          name: "slaTier",
          label: "Service level",
          kind: "select",
          initial: "standard",
          options: TIER_NAMES.map((value) => ({ value, label: SLA_TIERS[value].label })),
        },
        { name: "validDays", label: "Valid for days", initial: "30", hint: "1 to 90." },
        { name: "note", label: "Note", kind: "long", hint: "What else was agreed. The customer reads it." },
      ]}
      submit="Send the quote"
      isPending={quote.isPending}
      error={quote.error}
      onSubmit={({ schedule, slaTier, ...values }) =>
        quote.mutate({
          organizationId: values.organizationId ?? "",
          yearlyUsd: values.yearlyUsd ?? "",
          discountPercent: values.discountPercent ?? "",
          validDays: values.validDays ?? "",
          note: values.note ?? "",
          schedule: SCHEDULE_NAMES.find((name) => name === schedule) ?? "annual",
          slaTier: TIER_NAMES.find((name) => name === slaTier) ?? "standard",
        })
      }
    >
      <p>It appears on the organization's billing page. An open quote of the organization is replaced.</p>
    </FormDialog>
  );
}
