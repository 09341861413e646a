import { chooseStore, createGate } from "@/server/admission";
import { createAdmissionSteps } from "@/server/ledger";
import { aFinish, anIntent, type MoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { openDatabase } from "@/server/platform/database";
import { createLog } from "@/server/platform/log";

/** One process of the admission benchmark: a gate of its own on the shared Postgres and counters. Told by one message. */
export interface Task {
  readonly databaseUrl: string;
  readonly redisUrl: string | null;
  readonly upstash: { readonly url: string; readonly token: string } | null;
  readonly fixture: MoneyFixture;
  readonly memberId: string;
  readonly requests: number;
  readonly callers: number;
  readonly reservedTokens: number;
  readonly usedTokens: number;
  readonly holdMs: number;
  /** How often a request comes back that is told to; 0 in the benchmark. */
  readonly comesBack: number;
}

export interface Outcome {
  readonly paid: number;
  readonly refused: number;
  /** Told to come back, with every time that it came. */
  readonly failed: number;
  readonly admitMs: number[];
  /** From the first caller to the last answer, without the start of the process. */
  readonly durationMs: number;
  /** From before the first admission of all, which warms the process up, until after the last; as the clock says. */
  readonly fromMs: number;
  readonly toMs: number;
  /** How often each verdict was given. */
  readonly verdicts: Readonly<Record<string, number>>;
}

const COME_BACK_AFTER_MS = 300;

/** Nano-USD per output token at the fixture's price. */
const TOKEN = 1_600n;

process.once("message", (task: Task) => {
  void work(task).then((outcome) => process.send?.(outcome));
});

async function work(task: Task): Promise<Outcome> {
  const { db: _db, pool, close } = openDatabase(task.databaseUrl, { maxConnections: 8 });
  const settings = { redisUrl: task.redisUrl, upstash: task.upstash };
  const counters = chooseStore(settings, systemClock, createLog("warn"));
  const gate = createGate({ ...createAdmissionSteps(pool), store: counters.store, clock: systemClock });
  const outcome = { paid: 0, refused: 0, failed: 0, admitMs: [] as number[], durationMs: 0 };
  const verdicts: Record<string, number> = {};
  let left = task.requests;
  const one = async () => {
    const { leaseId: _none, ...intent } = anIntent(task.fixture, BigInt(task.reservedTokens) * TOKEN, {
      memberId: task.memberId,
      tokens: task.reservedTokens,
    });
    const beganMs = performance.now();
    const admission = { ...intent, receivedAtMs: systemClock.nowMs() };
    const verdict = await gate.admit(admission);
    outcome.admitMs.push(performance.now() - beganMs);
    verdicts[verdict.kind] = (verdicts[verdict.kind] ?? 0) + 1;
    if (verdict.kind !== "admitted") {
      outcome.refused += 1;
      return;
    }
    if (task.holdMs > 0) await new Promise((resolve) => setTimeout(resolve, task.holdMs));
    const { ending, ...finish } = aFinish(task.fixture, intent.id, BigInt(task.usedTokens));
    await gate.finish(task.fixture.organizationId, {
      ...finish,
      ending: { ...ending, outputTokens: task.usedTokens },
    });
    outcome.paid += 1;
  };
  const caller = async () => {
    while (left > 0) {
      left -= 1;
      for (let turn = 0; turn <= task.comesBack; turn += 1) {
        const isDone = await one().then(
          () => true,
          (reason: unknown) => {
            outcome.failed += 1;
            if (outcome.failed === 1 && task.comesBack === 0) console.error(String(reason));
            return false;
          },
        );
        if (isDone) break;
        if (turn < task.comesBack) await new Promise((resolve) => setTimeout(resolve, COME_BACK_AFTER_MS));
      }
    }
  };
  const fromMs = systemClock.nowMs();
  // Connections and scripts are there before everybody comes at once.
  await one().catch(() => undefined);
  left -= 1;
  outcome.admitMs.length = 0;
  const beganMs = performance.now();
  await Promise.all(Array.from({ length: task.callers }, caller));
  outcome.durationMs = performance.now() - beganMs;
  const toMs = systemClock.nowMs();
  await counters.close();
  await close();
  return { ...outcome, fromMs, toMs, verdicts };
}
