"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "@/app/_trpc/client";
import { Badge } from "@/app/_ui/badge";
import { Card } from "@/app/_ui/card";
import { EmptyState } from "@/app/_ui/empty-state";
import { Instant } from "../_parts/instant";
import { QueryView } from "../_parts/query-view";
import { RowsSkeleton } from "../_parts/skeletons";

const TONES = { sent: "positive", pending: "neutral", failed: "negative" } as const;
const STATES = { sent: "Sent", pending: "Being sent", failed: "Not delivered" } as const;

const REASONS: Readonly<Record<string, string>> = {
  mail_not_configured: "This site cannot send mail yet.",
  mail_server_refused: "The mail server did not take it.",
  no_slack_url: "The Slack URL was removed meanwhile.",
  address_not_public: "The name does not lead to a public address.",
  url_not_allowed: "The URL is not allowed any more.",
  timeout: "No answer within ten seconds.",
  connection_failed: "The connection failed.",
};

/** A word of the server's as a sentence. */
export function reasonWords(reason: string): string {
  const status = /^status_(\d{3})$/.exec(reason)?.[1];
  return REASONS[reason] ?? (status ? `It answered with status ${status}.` : reason);
}

/** What was told lately, to whom, and whether it arrived. */
export function RecentAlerts() {
  const trpc = useTRPC();
  const recent = useQuery(trpc.alerts.recent.queryOptions(undefined, { refetchInterval: 15_000 }));
  return (
    <Card className="overflow-hidden p-0">
      <h3 className="border-line border-b p-4 font-medium sm:px-5">Recent alerts</h3>
      <QueryView query={recent} skeleton={<RowsSkeleton rows={2} />}>
        {(list) =>
          list.length === 0 ? (
            <EmptyState
              title="No alerts yet"
              description="The last twenty are listed here, with who was told and whether it arrived."
            />
          ) : (
            <ul className="divide-y divide-line" aria-label="Recent alerts">
              {list.map((alert) => (
                <li key={alert.eventId} className="grid gap-2 p-4 sm:px-5">
                  <p className="flex flex-wrap justify-between gap-x-6 gap-y-1">
                    <span className="min-w-0 wrap-anywhere font-medium">{alert.subject}</span>
                    <span className="text-ink-2 text-sm">
                      <Instant value={alert.at} />
                    </span>
                  </p>
                  <ul className="flex flex-wrap gap-x-5 gap-y-1 text-sm">
                    {alert.readers.map(({ channel, recipient, state, lastError }) => (
                      <li
                        key={`${channel} ${recipient}`}
                        className="flex min-w-0 flex-wrap items-center gap-2"
                      >
                        <span className="min-w-0 break-all text-ink-2">
                          {channel === "slack" ? "Slack" : recipient}
                        </span>
                        <Badge tone={TONES[state]}>{STATES[state]}</Badge>
                        {state !== "sent" && lastError && (
                          <span className="text-ink-2">{reasonWords(lastError)}</span>
                        )}
                      </li>
                    ))}
                  </ul>
                </li>
              ))}
            </ul>
          )
        }
      </QueryView>
    </Card>
  );
}
