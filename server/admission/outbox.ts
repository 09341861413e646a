import type { FinishVerdict, IntentFinish, Intents } from "@/server/ledger";
import type { CounterStore, Outbox } from "./contract";

/**
 * Settlements that Postgres could not take when their request ended. They wait beside the counters, by the id of the request,
 * and leave only after Postgres has answered: what is put twice or drained twice settles once.
 */
interface Waiting {
  readonly organizationId: string;
  readonly finish: IntentFinish;
}

export async function putSettlement(outbox: Outbox, waiting: Waiting): Promise<void> {
  await outbox.put(waiting.finish.id, toText(waiting));
}

const BATCH = 200;

/** Settles what waits. Any number at once, and late. @returns how many left the outbox */
export async function drainOutbox(
  store: CounterStore,
  intents: Pick<Intents, "finish" | "correct">,
): Promise<number> {
  const { outbox } = store;
  if (!outbox) return 0;
  let drained = 0;
  for (const { id, text } of await outbox.list(BATCH)) {
    const { organizationId, finish } = fromText(text);
    const verdict = await intents.finish(finish);
    await correctIfLate(intents, finish, verdict);
    await store.finish(organizationId, id, { spent: verdict.chargedNanoUsd, tokens: null });
    await outbox.remove(id);
    drained += 1;
  }
  return drained;
}

/** The true cost of a request that the database had ended at its checkpoint. */
async function correctIfLate(
  intents: Pick<Intents, "correct">,
  { id, charge }: IntentFinish,
  { verdict }: FinishVerdict,
): Promise<void> {
  if (verdict === "late" && charge) await intents.correct(id, charge.costNanoUsd);
}

/** Bigints as `{"$n":"…"}`: JSON has no exact integers of this size. */
function toText(waiting: Waiting): string {
  return JSON.stringify(waiting, (_key, value: unknown) =>
    typeof value === "bigint" ? { $n: value.toString() } : value,
  );
}

function fromText(text: string): Waiting {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === "object" && value !== null && "$n" in value ? BigInt(String(value.$n)) : value,
  ) as Waiting;
}
