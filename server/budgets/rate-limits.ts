import { and, eq } from "drizzle-orm";
import { apiKey, organization } from "@/db/schema";
import { type AuditActor, recordAudit } from "@/server/audit";
import type { Clock } from "@/server/platform/clock";
import type { Executor } from "@/server/platform/database";
import { AppError } from "@/server/platform/errors";

/** Null: the platform's own limit. */
export interface RateLimitTerms {
  readonly requestsPerMinute: number | null;
  readonly tokensPerMinute: number | null;
  readonly maxConcurrent: number | null;
}

/** The largest that may be set: what the platform allows anyway. */
const MOST: { readonly [name in keyof RateLimitTerms]: number } = {
  requestsPerMinute: 600_000,
  tokensPerMinute: 1_000_000_000,
  maxConcurrent: 5_000,
};

const TERMS = {
  requestsPerMinute: true,
  tokensPerMinute: true,
  maxConcurrent: true,
} as const;

interface Place {
  readonly organizationId: string;
  /** Null: the limits of the organization as a whole. */
  readonly keyId: string | null;
}

/** @throws AppError not_found */
export async function readRateLimits(
  db: Executor,
  { organizationId, keyId }: Place,
): Promise<RateLimitTerms> {
  const [row] =
    keyId === null
      ? await db.select(columnsOf(organization)).from(organization).where(eq(organization.id, organizationId))
      : await db
          .select(columnsOf(apiKey))
          .from(apiKey)
          .where(and(eq(apiKey.id, keyId), eq(apiKey.organizationId, organizationId)));
  if (!row) throw new AppError("not_found", { message: "There is no such key." });
  return row;
}

/** Sets what the next request is judged by. @throws AppError invalid_request (names the field), not_found */
export async function setRateLimits(
  tx: Executor,
  clock: Clock,
  input: Place & { readonly terms: RateLimitTerms; readonly by: AuditActor },
): Promise<void> {
  const { organizationId, keyId, terms } = input;
  for (const name of Object.keys(TERMS) as (keyof RateLimitTerms)[]) check(name, terms[name]);
  const before = await readRateLimits(tx, input);
  if (keyId === null) await tx.update(organization).set(terms).where(eq(organization.id, organizationId));
  else await tx.update(apiKey).set(terms).where(eq(apiKey.id, keyId));
  await recordAudit(tx, clock, {
    organizationId,
    actor: input.by,
    action: "rate_limit.changed",
    target: {
      kind: keyId === null ? "organization" : "key",
      id: keyId ?? organizationId,
      label: "rate limits",
    },
    before,
    after: terms,
  });
}

function check(param: keyof RateLimitTerms, value: number | null): void {
  if (value === null || (Number.isSafeInteger(value) && value >= 1 && value <= MOST[param])) return;
  throw new AppError("invalid_request", {
    message: `This limit is a whole number from 1 to ${MOST[param]}.`,
    param,
  });
}

function columnsOf(table: typeof organization | typeof apiKey) {
  const { requestsPerMinute, tokensPerMinute, maxConcurrent } = table;
  return { requestsPerMinute, tokensPerMinute, maxConcurrent };
}
