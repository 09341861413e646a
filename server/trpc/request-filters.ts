import { z } from "zod";
import { REQUEST_OUTCOMES, type RequestFilters } from "@/server/logs";

const DAY_MS = 86_400_000;
const id = z.string().max(64).nullish();
const day = z.iso.date().nullish();

/** What the request log can be narrowed to, as the list and its export take it. Days are UTC, both included. */
export const requestFilterInput = {
  model: z.string().max(200).nullish(),
  provider: z.string().max(200).nullish(),
  project: id,
  member: id,
  key: id,
  outcome: z.enum(REQUEST_OUTCOMES).nullish(),
  /** A generation id, a request id or an error code. */
  search: z.string().trim().max(100).nullish(),
  from: day,
  to: day,
};

const shape = z.strictObject(requestFilterInput);

export function toRequestFilters(input: z.output<typeof shape>): RequestFilters {
  return {
    model: input.model,
    provider: input.provider,
    projectId: input.project,
    memberId: input.member,
    keyId: input.key,
    outcome: input.outcome,
    search: input.search || null,
    fromMs: input.from ? Date.parse(input.from) : null,
    toMs: input.to ? Date.parse(input.to) + DAY_MS : null,
  };
}
