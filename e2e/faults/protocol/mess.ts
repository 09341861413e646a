import { setTimeout as pause } from "node:timers/promises";
import { createGate } from "@/server/admission";
import { anAdmission } from "@/server/admission/fixtures";
import { putSettlement } from "@/server/admission/outbox";
import { createAdmissionSteps } from "@/server/ledger";
import { aFinish } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import type { DeathGround } from "./deaths";
import { RESERVED } from "./victim";

/**
 * What processes leave behind that die in the middle of requests, one of each kind, with its time over: a hold that never became
 * an intent, an intent with a checkpoint, a settled one that the counters did not hear of, and settlements in the outbox: of one
 * that runs, of one that Postgres settled without being heard, and of one that it has ended at its checkpoint meanwhile.
 */
export async function leaveMess({ world, fixture, store, called }: DeathGround): Promise<void> {
  const { pool } = world.database;
  const { organizationId } = fixture;
  const steps = createAdmissionSteps(pool);
  const gate = createGate({ ...steps, store, clock: systemClock });
  const begin = async (ttlMs: number): Promise<string | null> => {
    const admission = anAdmission(fixture, RESERVED, { ttlMs });
    if ((await gate.admit(admission)).kind !== "admitted") return null;
    called.add(admission.id);
    const half = aFinish(fixture, admission.id, 100n).charge;
    if (half) await steps.intents.checkpoint(admission.id, half);
    return admission.id;
  };
  const finish = (id: string) => aFinish(fixture, id, 200n);
  const put = (id: string) => {
    if (store.outbox) return putSettlement(store.outbox, { organizationId, finish: finish(id) });
  };

  await begin(1);
  const settled = await begin(60_000);
  if (settled) await steps.intents.finish(finish(settled));
  const running = await begin(60_000);
  if (running) await put(running);
  const unheard = await begin(60_000);
  if (unheard) await Promise.all([steps.intents.finish(finish(unheard)), put(unheard)]);
  const late = await begin(1);
  await pause(5);
  await pool.query("SELECT id FROM expire_intents(500)");
  if (late) await put(late);

  const { id, projectId, memberId, keyId } = anAdmission(fixture, RESERVED);
  const who = { organizationId, projectId, memberId, keyId };
  const hold = { requestId: id, amount: RESERVED, tokens: 1, holdTtlMs: 1, lock: id, isAgain: false };
  const { kind } = await store.admit({ ...who, ...hold });
  if (kind !== "ok") await store.unlock(organizationId, id);
}
