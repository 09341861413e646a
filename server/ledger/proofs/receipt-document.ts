import { sql } from "drizzle-orm";
import type { AttemptRecord } from "@/db/schema";
import type { Executor } from "@/server/platform/database";
import { roundPriceSum } from "@/server/platform/money";
import { readUsageForms, type UsageForm } from "./record-form";

/** An amount by the bucket that paid it, nano-USD. */
export interface Buckets {
  readonly promotional: bigint;
  readonly committed: bigint;
  readonly paid: bigint;
}

/**
 * What a receipt says and its signature covers, `receipt.v1`. Amounts are decimal strings: nano-USD, and millionths of a
 * nano-USD where a price per million units is not divided yet. Never changed: a change is a new version.
 */
export type ReceiptDocument = ReturnType<typeof toDocument>;

/** Receipts of requests that have a usage record, by request id. */
export async function readReceiptDocuments(
  db: Executor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ReceiptDocument>> {
  if (ids.length === 0) return new Map();
  const records = await readUsageForms(db, ids);
  const corrections = await readCorrections(
    db,
    records.filter(({ basis }) => basis === "checkpoint").map(({ id }) => id),
  );
  const calls = await readCalls(db, ids);
  return new Map(
    records.map((record) => [
      record.id,
      toDocument(record, corrections.get(record.id) ?? NOTHING, calls.get(record.id)),
    ]),
  );
}

const NOTHING: Buckets = { promotional: 0n, committed: 0n, paid: 0n };

interface Call {
  readonly request_id: string;
  readonly attempts: readonly AttemptRecord[];
}

function toDocument(record: UsageForm, corrected: Buckets, call: Call | undefined) {
  const lines = record.lines.map((line) => ({
    unit: line.unit,
    priced_as: line.pricedAs,
    quantity: line.quantity,
    price_nano_usd_per_million: line.priceNanoUsdPerMillion,
    above_context_tokens: line.aboveContextTokens,
    amount_millionth_nano_usd: (BigInt(line.quantity) * BigInt(line.priceNanoUsdPerMillion)).toString(),
  }));
  const sum = lines.reduce((total, line) => total + BigInt(line.amount_millionth_nano_usd), 0n);
  const correction = corrected.promotional + corrected.committed + corrected.paid;
  return {
    type: "receipt.v1",
    id: record.id,
    request_id: call?.request_id ?? null,
    organization_id: record.organization_id,
    project_id: record.project_id,
    key_id: record.key_id,
    member_id: record.member_id,
    model: record.model,
    provider: record.provider,
    endpoint_id: record.endpoint_id,
    price_version: record.price_version,
    basis: record.basis,
    lines,
    sum_millionth_nano_usd: sum.toString(),
    /** The sum rounded up, once. It is the cost and what the platform bears above the hold. */
    rounded_nano_usd: roundPriceSum(sum).toString(),
    cost_nano_usd: record.cost,
    overrun_nano_usd: record.overrun,
    corrected_nano_usd: correction.toString(),
    charged_nano_usd: (BigInt(record.cost) + correction).toString(),
    /** Of the charge. */
    paid_from_nano_usd: {
      promotional: (BigInt(record.from_promotional) + corrected.promotional).toString(),
      committed: (BigInt(record.from_committed) + corrected.committed).toString(),
      paid: (BigInt(record.from_paid) + corrected.paid).toString(),
    },
    attempts: (call?.attempts ?? []).map(({ provider, endpointId, status, durationMs, reason }) => ({
      provider,
      endpoint_id: endpointId,
      status,
      duration_ms: durationMs,
      reason,
    })),
    created_at: record.created_at,
    settled_at: record.settled_at,
  };
}

/** What was charged after the settlement, by request and bucket. Requests without a correction are missing. */
export async function readCorrections(
  db: Executor,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Buckets>> {
  if (ids.length === 0) return new Map();
  const sources = ids.flatMap((id) => Object.keys(NOTHING).map((bucket) => `${id}:${bucket}`));
  const { rows } = await db.execute<{ source: string; amount: bigint }>(sql`
    SELECT source, amount FROM transfer WHERE kind = 'correction' AND source = ANY(${sql.param(sources)}::text[])`);
  const found = new Map<string, Buckets>();
  for (const { source, amount } of rows) {
    const [id = "", bucket = ""] = source.split(":");
    found.set(id, { ...(found.get(id) ?? NOTHING), [bucket]: amount });
  }
  return found;
}

async function readCalls(db: Executor, ids: readonly string[]): Promise<ReadonlyMap<string, Call>> {
  const { rows } = await db.execute<Call & { id: string } & Record<string, unknown>>(sql`
    SELECT id, request_id, attempts FROM request_log WHERE id = ANY(${sql.param([...ids])}::text[])`);
  return new Map(rows.map((row) => [row.id, row]));
}
