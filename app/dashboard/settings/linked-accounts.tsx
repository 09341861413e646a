"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { Card } from "@/app/_ui/card";
import { ConfirmDialog } from "../_parts/confirm-dialog";
import { Instant } from "../_parts/instant";

const NAMES = { github: "GitHub", google: "Google" } as const;
type Provider = keyof typeof NAMES;

/** Accounts elsewhere that sign the person in. Nothing while there is none and none can be had. */
export function LinkedAccounts() {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const linked = useQuery(trpc.account.linked.queryOptions());
  const offered = useQuery(trpc.account.providers.queryOptions());
  const [asked, setAsked] = useState<Provider | null>(null);
  const unlink = useMutation(
    trpc.account.unlink.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.account.linked.queryKey() });
        setAsked(null);
      },
    }),
  );
  const list = linked.data ?? [];
  if (list.length === 0 && (offered.data ?? []).length === 0) return null;
  return (
    <section className="grid gap-3" aria-labelledby="linked">
      <h2 id="linked" className="font-medium text-lg">
        Other ways to sign in
      </h2>
      <Card className="overflow-hidden p-0">
        {list.length === 0 ? (
          <p className="p-4 text-ink-2 text-sm">
            Sign in with {(offered.data ?? []).map((name) => NAMES[name]).join(" or ")} once, by the same
            verified address, to link it.
          </p>
        ) : (
          <ul className="divide-y divide-line" aria-label="Other ways to sign in">
            {list.map(({ provider, email, createdAt }) => (
              <li
                key={`${provider} ${email}`}
                className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4"
              >
                <div className="grid min-w-0 gap-1">
                  <p className="font-medium">{NAMES[provider]}</p>
                  <p className="break-all text-ink-2 text-sm">
                    {email}, since <Instant value={createdAt} />
                  </p>
                </div>
                <Button variant="secondary" size="sm" onClick={() => setAsked(provider)}>
                  Remove…
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Card>
      <ConfirmDialog
        open={asked !== null}
        onClose={() => {
          unlink.reset();
          setAsked(null);
        }}
        title={`Remove ${asked ? NAMES[asked] : ""} as a way to sign in?`}
        confirm="Remove"
        cancel="Keep it"
        isPending={unlink.isPending}
        error={unlink.error}
        onConfirm={() => asked && unlink.mutate({ provider: asked })}
      >
        <p>It does not sign you in any more. Signing in there by the same verified address links it again.</p>
      </ConfirmDialog>
    </section>
  );
}
