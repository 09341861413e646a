"use client";

import { useMutation, useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";
import { Textarea } from "@/app/_ui/textarea";
import { MutationError } from "@/app/dashboard/_parts/mutation-error";
import { ImpactPanel } from "../../_parts/impact-panel";
import type { Outputs } from "../../_parts/outputs";
import { useAct } from "../../_parts/use-act";
import { type DraftPrice, PriceRows, toDraft, toWire } from "./price-rows";

type Endpoint = Outputs["catalog"]["endpoint"];

/** Writes a price list down for another operator, with what the last 30 days would have cost. */
export function ProposeForm({
  endpoint,
  onClose,
}: {
  readonly endpoint: Endpoint;
  readonly onClose: () => void;
}) {
  const trpc = useTRPC();
  const after = useAct();
  const router = useRouter();
  const [rows, setRows] = useState<readonly DraftPrice[]>(() => toDraft(endpoint.inEffect?.prices ?? []));
  const [terms, setTerms] = useState({ source: endpoint.inEffect?.source ?? "", note: "", from: "" });
  const [previewed, setPreviewed] = useState<readonly object[] | null>(null);
  const impact = useQuery(
    trpc.operator.prices.impact.queryOptions(
      { endpointId: endpoint.id, prices: [...(previewed ?? [])] },
      { enabled: previewed !== null, retry: false },
    ),
  );
  const propose = useMutation(
    trpc.operator.prices.propose.mutationOptions(
      after(() => {
        onClose();
        router.push("/operator/prices");
      }),
    ),
  );
  const fields = propose.error ? toApiError(propose.error).fields : {};
  const send = (event: FormEvent) => {
    event.preventDefault();
    propose.mutate({
      endpointId: endpoint.id,
      effectiveFrom: terms.from ? new Date(`${terms.from}:00Z`) : null,
      source: terms.source,
      sourceDate: new Date().toISOString().slice(0, 10),
      note: terms.note,
      prices: toWire(rows),
    });
  };
  const set = (name: keyof typeof terms) => (event: { target: { value: string } }) =>
    setTerms((before) => ({ ...before, [name]: event.target.value }));
  return (
    <Card className="p-5">
      <form onSubmit={send} className="grid gap-5" noValidate aria-label="Propose prices">
        <h2 className="font-semibold text-lg">Propose prices</h2>
        <PriceRows rows={rows} onChange={setRows} />
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Source" hint="Where the supplier's price was read." error={fields.source}>
            <Input value={terms.source} onChange={set("source")} maxLength={500} autoComplete="off" />
          </Field>
          <Field
            label="In effect from (UTC)"
            hint="Empty: from the moment it is published."
            error={fields.effectiveFrom}
          >
            <Input type="datetime-local" value={terms.from} onChange={set("from")} />
          </Field>
        </div>
        <Field label="Why" hint="For the operator who publishes it, and for the trail." error={fields.note}>
          <Textarea rows={2} value={terms.note} onChange={set("note")} />
        </Field>
        {previewed && <ImpactPanel impact={impact} />}
        {Object.keys(fields).every((name) => !["source", "effectiveFrom", "note"].includes(name)) && (
          <MutationError error={propose.error} />
        )}
        <div className="flex flex-wrap justify-end gap-2">
          <Button variant="ghost" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="secondary" onClick={() => setPreviewed(toWire(rows))}>
            Preview the impact
          </Button>
          <Button type="submit" loading={propose.isPending}>
            Propose
          </Button>
        </div>
      </form>
    </Card>
  );
}
