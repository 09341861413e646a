import { newId } from "@/server/platform/ids";
import { createBatcher } from "./batcher";
import { type IntentStart, toStartRow } from "./intents";
import type { Cap, RateRefusal, RateUse } from "./limits";
import { callFunction, type StatementRunner, toJsonb } from "./statement";

/** A budget that refused, with what requests in flight hold of it. Amounts in nano-USD. */
export type CapFigures = Omit<Cap, "endsAtMs"> & { readonly reserved: bigint };

export type StrictVerdict = StrictJudgement & {
  /** Of key and organization, this request included when it was admitted. */
  readonly rateUse: readonly RateUse[];
};

type StrictJudgement =
  | { readonly kind: "ok" | "duplicate" | "key" | "suspended" }
  | { readonly kind: "rate"; readonly rate: RateRefusal }
  | { readonly kind: "insufficient"; readonly availableNanoUsd: bigint; readonly reservedNanoUsd: bigint }
  | { readonly kind: "cap"; readonly cap: CapFigures };

/** Admission by Postgres alone: key, rates, budgets, money and intent in one function under the organization's lock. */
export type StrictStart = (intent: Omit<IntentStart, "leaseId">) => Promise<StrictVerdict>;

const START = "SELECT id, verdict, detail, rates FROM strict_admit_intents($1::jsonb)";

interface StrictRow {
  readonly id: string;
  readonly verdict: StrictVerdict["kind"];
  readonly detail: Readonly<Record<string, string | number | null>> | null;
  readonly rates: readonly RateUse[];
}

/** The path for when counters give no verdict. Slow on purpose of being exact: callers bound how much goes through it. */
export function createStrictStart(pool: StatementRunner): StrictStart {
  const starts = createBatcher<Omit<IntentStart, "leaseId">, StrictVerdict>({
    maxItems: 32,
    maxConcurrent: 1,
    run: async (items) => {
      const rows = items.map((item) => toStartRow({ ...item, leaseId: newId("lease") }));
      const answer = await callFunction<StrictRow>(pool, START, [toJsonb(rows)]);
      const byId = new Map(answer.rows.map((row) => [row.id, row]));
      return items.map((item) => {
        const row = byId.get(item.id);
        return { ...toJudgement(row, answer.repeated), rateUse: row?.rates ?? [] };
      });
    },
  });
  return (intent) => starts.add(intent);
}

function toJudgement(row: StrictRow | undefined, repeated: boolean): StrictJudgement {
  if (!row) return { kind: "key" };
  const detail = row.detail ?? {};
  if (row.verdict === "insufficient") {
    return {
      kind: "insufficient",
      availableNanoUsd: BigInt(detail.available ?? 0),
      reservedNanoUsd: BigInt(detail.reserved ?? 0),
    };
  }
  if (row.verdict === "rate") return { kind: "rate", rate: detail as unknown as RateRefusal };
  if (row.verdict === "cap") {
    const { limit, spent, reserved, ...rest } = detail;
    const figures = {
      limit: BigInt(limit ?? 0),
      spent: BigInt(spent ?? 0),
      reserved: BigInt(reserved ?? 0),
    };
    return { kind: "cap", cap: { ...(rest as unknown as CapFigures), ...figures } };
  }
  // Ids are ours and new: after a repeated statement a duplicate is the first try having arrived.
  return { kind: repeated && row.verdict === "duplicate" ? "ok" : row.verdict };
}
