"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { Field, Input } from "@/app/_ui/field";
import { Money } from "@/app/_ui/money";
import { Skeleton } from "@/app/_ui/skeleton";
import { Instant } from "../_parts/instant";
import { MutationError } from "../_parts/mutation-error";
import { QueryView } from "../_parts/query-view";

/** Where a promotion code is entered, and the credit that codes gave. */
export function PromotionCode() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const [code, setCode] = useState("");
  const redeemed = useQuery(trpc.promotions.redeemed.queryOptions());
  const redeem = useMutation(
    trpc.promotions.redeem.mutationOptions({
      onSuccess: async () => {
        setCode("");
        await Promise.all([
          cache.invalidateQueries({ queryKey: trpc.promotions.redeemed.queryKey() }),
          cache.invalidateQueries({ queryKey: trpc.billing.summary.queryKey() }),
        ]);
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() !== "") redeem.mutate({ code });
  };
  return (
    <Card className="grid gap-4 p-5 sm:p-6">
      <h2 className="font-medium text-lg">Promotion code</h2>
      <form onSubmit={submit} className="flex flex-wrap items-end gap-3" noValidate>
        <div className="w-full max-w-72">
          <Field label="Code">
            <Input
              value={code}
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              maxLength={100}
              onChange={(event) => setCode(event.target.value)}
            />
          </Field>
        </div>
        <Button type="submit" variant="secondary" disabled={code.trim() === ""} loading={redeem.isPending}>
          Redeem
        </Button>
      </form>
      <MutationError error={redeem.error} />
      {redeem.data && (
        <p role="status" className="text-positive">
          <Money nanoUsd={redeem.data.amountNanoUsd} precision="cents" /> was added to your balance.
        </p>
      )}
      <QueryView query={redeemed} skeleton={<Skeleton className="h-5 w-72" />}>
        {(list) =>
          list.length === 0 ? (
            <p className="text-ink-2 text-sm">
              A code gives promotional credit, which is spent before other money and ends on its day.
            </p>
          ) : (
            <ul className="grid gap-1 text-ink-2 text-sm" aria-label="Redeemed codes">
              {list.map((one) => (
                <li key={one.id}>
                  <Money nanoUsd={one.amountNanoUsd} precision="cents" /> redeemed{" "}
                  <Instant value={one.createdAt} />, what is unspent ends{" "}
                  <Instant value={one.expiresAt} isExact />
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}
