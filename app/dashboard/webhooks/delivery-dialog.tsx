"use client";

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { toApiError, useTRPC } from "@/app/_trpc/client";
import { Button } from "@/app/_ui/button";
import { CopyButton } from "@/app/_ui/copy-button";
import { Dialog } from "@/app/_ui/dialog";
import { Skeleton } from "@/app/_ui/skeleton";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { attemptWords } from "./words";

interface DeliveryDialogProps {
  /** The delivery to show, or null while it is closed. */
  readonly id: string | null;
  readonly isActive: boolean;
  readonly onClose: () => void;
}

/** What was sent, how each attempt went, and what was answered; and once more, by hand. */
export function DeliveryDialog({ id, isActive, onClose }: DeliveryDialogProps) {
  const trpc = useTRPC();
  const cache = useQueryClient();
  const delivery = useQuery(
    trpc.webhooks.delivery.queryOptions({ deliveryId: id ?? "" }, { enabled: id !== null, staleTime: 0 }),
  );
  const again = useMutation(
    trpc.webhooks.redeliver.mutationOptions({
      onSuccess: () => {
        void cache.invalidateQueries({ queryKey: trpc.webhooks.pathKey() });
        onClose();
      },
    }),
  );
  return (
    <Dialog
      open={id !== null}
      onOpenChange={(open) => {
        if (open) return;
        again.reset();
        onClose();
      }}
      title="Delivery"
      className="max-w-2xl"
    >
      <QueryView query={delivery} skeleton={<Skeleton className="h-80" />}>
        {(detail) => (
          <div className="grid gap-5">
            <div className="flex items-center gap-2">
              <code className="min-w-0 break-all font-mono text-sm">{detail.eventId}</code>
              <CopyButton value={detail.eventId} label="Copy webhook id" />
            </div>
            <Text title="Body, as sent" text={pretty(detail.body)} />
            <section className="grid gap-1.5">
              <h3 className="font-medium text-sm">Attempts</h3>
              {detail.log.length === 0 ? (
                <p className="text-ink-2 text-sm">None yet.</p>
              ) : (
                <ol className="grid gap-1 text-sm">
                  {detail.log.map((attempt) => (
                    <li key={attempt.at} className="flex flex-wrap gap-x-3 text-ink-2">
                      <Instant value={new Date(attempt.at)} />
                      <span>{attemptWords(attempt)}</span>
                    </li>
                  ))}
                </ol>
              )}
            </section>
            {detail.lastAnswer && <Text title="Beginning of the last answer" text={detail.lastAnswer} />}
            {again.error && (
              <p role="alert" className="text-negative">
                {toApiError(again.error).message}
              </p>
            )}
            <div className="flex flex-wrap items-center justify-end gap-2">
              {!isActive && (
                <p className="text-ink-2 text-sm">The endpoint is off. Switch it on to send this again.</p>
              )}
              <Button
                disabled={!isActive}
                loading={again.isPending}
                onClick={() => again.mutate({ deliveryId: detail.id })}
              >
                Send again, with the same id
              </Button>
            </div>
          </div>
        )}
      </QueryView>
    </Dialog>
  );
}

function Text({ title, text }: { readonly title: string; readonly text: string }) {
  return (
    <section className="grid min-w-0 gap-1.5">
      <h3 className="font-medium text-sm">{title}</h3>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls has to be reachable by keyboard
        tabIndex={0}
        className="max-h-56 overflow-auto whitespace-pre-wrap break-all rounded-lg border border-line bg-sunken p-3 font-mono text-xs"
      >
        {text}
      </pre>
    </section>
  );
}

function pretty(body: string): string {
  return JSON.stringify(JSON.parse(body), null, 2);
}
