// Harm prevented: money that is given back or taken away while requests spend it, and is there twice or not at all.
import { afterAll, beforeAll, expect, it } from "vitest";
import { createGate } from "@/server/admission";
import { compareCounters } from "@/server/admission/compare";
import { anAdmission } from "@/server/admission/fixtures";
import { checkInvariants, createAdmissionSteps, readBalance } from "@/server/ledger";
import { aFinish } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { AppError } from "@/server/platform/errors";
import { recordFigures, size } from "../figures";
import { readAudit } from "../ground";
import { createEvents } from "./events";
import { seededRandom } from "./random";
import { createCustomer, startWorld, TOKEN, type World } from "./world";

const ROUNDS = size("ROUNDS", 2, 20);
const REQUESTS = 200;
const CREDIT = 60_000n * TOKEN;
let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it("T17: refunds, disputes, top-ups and 200 requests at once: every nano-dollar is in one place", async (context) => {
  const total = { injected: 0, requests: 0, lost: 0, doubled: 0, overspentNanoUsd: 0n };
  const ends = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round += 1) {
    await world.flush();
    const clock = systemClock;
    const budget = { scope: "organization", window: "total", amountNanoUsd: 50_000n * TOKEN } as const;
    const fixture = await createCustomer(world, clock, CREDIT, [budget]);
    const { organizationId } = fixture;
    const store = world.store(clock);
    const random = seededRandom(round);
    const events = createEvents({ world, fixture, store, clock, random });
    const gates = [1, 2, 3].map(() =>
      createGate({ ...createAdmissionSteps(world.database.pool), store, clock }),
    );
    const request = async () => {
      await pause(random.between(0, 300));
      const reserved = random.between(200, 600);
      const admission = { ...anAdmission(fixture, BigInt(reserved) * TOKEN), receivedAtMs: clock.nowMs() };
      const gate = random.pick(gates);
      const kind = await gate.admit(admission).then(
        (verdict) => verdict.kind,
        // Told to come back, because another process was refilling for too long.
        (reason: unknown) => {
          if (AppError.is(reason) && reason.code === "service_unavailable") return "sent away";
          throw reason;
        },
      );
      ends.set(kind, (ends.get(kind) ?? 0) + 1);
      if (kind !== "admitted") return;
      await pause(random.between(1, 60));
      await gate.finish(organizationId, aFinish(fixture, admission.id, BigInt(random.between(0, reserved))));
    };
    const outside = [events.topUp, events.refund, events.dispute].flatMap((happens) =>
      Array.from({ length: 8 }, async () => {
        await pause(random.between(0, 300));
        await happens();
      }),
    );
    await Promise.all([...outside, ...Array.from({ length: REQUESTS }, request)]);

    expect(await checkInvariants(world.database.pool)).toEqual([]);
    expect(await compareCounters(store, world.database.pool, organizationId)).toEqual([]);
    const { creditedNanoUsd, takenNanoUsd, owedNanoUsd } = events.happened;
    const creditNanoUsd = CREDIT + creditedNanoUsd - takenNanoUsd;
    const { lost, doubled, overspentNanoUsd, spentNanoUsd } = await readAudit(world.database, {
      organizationId,
      creditNanoUsd,
    });
    expect({ lost, doubled, overspentNanoUsd }).toEqual({ lost: 0, doubled: 0, overspentNanoUsd: 0n });
    expect(await readBalance(world.database.db, organizationId)).toMatchObject({
      totalNanoUsd: creditNanoUsd - owedNanoUsd - spentNanoUsd,
      reservedNanoUsd: 0n,
    });
    total.injected += outside.length;
    total.requests += REQUESTS;
  }
  expect(ends.get("admitted")).toBeGreaterThan(0);
  recordFigures(context, {
    name: "T17 refund, dispute, top-up and requests at once",
    ...total,
    note: [...ends].map(([kind, times]) => `${times} ${kind}`).join(", "),
  });
});

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
