import type { inferRouterOutputs } from "@trpc/server";
import type { Tone } from "@/app/_ui/badge";
import { SUPPORT_TOPICS } from "@/server/support/forms";
import type { AppRouter } from "@/server/trpc";

export type TicketItem = inferRouterOutputs<AppRouter>["support"]["tickets"]["tickets"][number];
export type TicketThread = inferRouterOutputs<AppRouter>["support"]["ticket"];

/** Whose turn it is, from the customer's side. */
export const STATUS_WORDS: Readonly<Record<TicketItem["status"], { label: string; tone: Tone }>> = {
  open: { label: "We owe you an answer", tone: "accent" },
  answered: { label: "Answered", tone: "positive" },
  closed: { label: "Closed", tone: "neutral" },
};

export function topicName(topic: TicketItem["topic"]): string {
  return topic === "commitment" ? "Commitment" : SUPPORT_TOPICS[topic];
}
