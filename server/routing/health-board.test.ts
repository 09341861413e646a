// Harm prevented: every process finding out on its own, with its customers' requests, that a provider is down.
import { describe, expect, it } from "vitest";
import { createCredentialRotation } from "@/server/catalog/credential-rotation";
import { manualClock } from "@/server/platform/clock";
import { isReady, stateOf } from "./breaker";
import { createHealthBoard, type ShareHealth } from "./health-board";
import { createRetryBudget } from "./retry-budget";
import { createSessionMemory } from "./session-memory";
import { createMemoryShare } from "./share-memory";

function boards(n: number, share: ShareHealth = createMemoryShare()) {
  const clock = manualClock();
  const transitions: string[] = [];
  const all = Array.from({ length: n }, (_, at) =>
    createHealthBoard({
      clock,
      share,
      onTransition: (id, state) => transitions.push(`${at} ${id} ${state}`),
    }),
  );
  const meet = async () => {
    for (const board of [...all, ...all]) await board.exchange();
  };
  return { clock, all, meet, transitions };
}
const failure = { outcome: "failure" } as const;

describe("a health board", () => {
  it("tells the other processes of an open breaker, and of its recovery", async () => {
    const { clock, all, meet, transitions } = boards(3);
    const [a, b, c] = all;
    if (!a || !b || !c) throw new Error("three boards");
    for (let n = 0; n < 5; n += 1) a.report("ep", failure);
    await meet();
    for (const board of all)
      expect(stateOf(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("open");
    clock.advance(5_000);
    b.sent("ep");
    expect(isReady(b.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe(false);
    b.report("ep", { outcome: "success", firstTokenMs: 80, durationMs: 400, outputTokens: 32 });
    await meet();
    for (const board of all)
      expect(stateOf(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("closed");
    expect(transitions).toEqual(["0 ep open", "1 ep closed"]);
  });

  it("leaves the trial to the process that saw the ejection, and tries itself when nothing is heard of it", async () => {
    const { clock, all, meet } = boards(3);
    const [a, b, c] = all;
    if (!a || !b || !c) throw new Error("three boards");
    const ready = () => all.map((board) => isReady(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs()));
    for (let n = 0; n < 5; n += 1) a.report("ep", failure);
    await meet();
    clock.advance(5_000);
    expect(ready()).toEqual([true, false, false]);
    a.sent("ep");
    await meet();
    clock.advance(3_000);
    // The trial takes its time: the others know that it is under way.
    expect(ready()).toEqual([false, false, false]);
    a.report("ep", failure);
    await meet();
    clock.advance(10_000);
    expect(ready()).toEqual([true, false, false]);
    // The one whose turn it is has gone.
    clock.advance(2_500);
    expect(ready()).toEqual([true, true, true]);
    b.sent("ep");
    b.report("ep", { outcome: "success" });
    await meet();
    expect(all.map((board) => stateOf(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs()))).toEqual([
      "closed",
      "closed",
      "closed",
    ]);
  });

  it("has one trial when several processes see the ejection at once: the last one's", async () => {
    const { clock, all, meet } = boards(3);
    for (const board of [...all].reverse()) {
      for (let n = 0; n < 5; n += 1) board.report("ep", failure);
      clock.advance(100);
    }
    await meet();
    clock.advance(5_000);
    const ready = all.map((board) => isReady(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs()));
    expect(ready).toEqual([true, false, false]);
  });

  it("names an ejection for a probe once, just before its trial, where the trial is due; nobody there is a failed trial", async () => {
    const { clock, all, meet, transitions } = boards(2);
    const [a, b] = all;
    if (!a || !b) throw new Error("two boards");
    for (let n = 0; n < 5; n += 1) a.report("ep", failure);
    await meet();
    clock.advance(2_900);
    expect(a.takeProbes()).toEqual([]);
    clock.advance(100);
    expect([b.takeProbes(), a.takeProbes(), a.takeProbes()]).toEqual([[], ["ep"], []]);
    a.unreachable("ep");
    clock.advance(9_999);
    expect(stateOf(a.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("open");
    clock.advance(1);
    expect(stateOf(a.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("half_open");
    expect(a.takeProbes()).toEqual(["ep"]);
    // A request was quicker, and was answered.
    a.sent("ep");
    a.report("ep", { outcome: "success" });
    a.unreachable("ep");
    expect(stateOf(a.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("closed");
    expect(transitions).toEqual(["0 ep open", "0 ep closed"]);
  });

  it("tells the others which keys rest", async () => {
    const clock = manualClock();
    const share = createMemoryShare();
    const processes = [0, 1].map(() => {
      const keyRests = createCredentialRotation(clock);
      return { keyRests, board: createHealthBoard({ clock, share, keyRests }) };
    });
    const [a, b] = processes;
    if (!a || !b) throw new Error("two processes");
    a.keyRests.rest("key-a", ["key-a", "key-b"], 60_000);
    for (const { board } of processes) await board.exchange();
    const turns = () => Array.from({ length: 4 }, () => b.keyRests.next("provider", ["key-a", "key-b"]));
    expect(turns()).toEqual(["key-b", "key-b", "key-b", "key-b"]);
    b.keyRests.rest("key-b", ["key-b"], 120_000);
    clock.advance(61_000);
    for (const { board } of processes) await board.exchange();
    expect(turns()).toEqual(["key-a", "key-a", "key-a", "key-a"]);
    clock.advance(60_000);
    expect(new Set(turns())).toEqual(new Set(["key-a", "key-b"]));
  });

  it("takes out who breaks off every answer that it begins, and for longer when the trial breaks too", () => {
    const { clock, all, transitions } = boards(1);
    const [board] = all;
    if (!board) throw new Error("a board");
    const brokenAnswer = () => {
      board.sent("ep");
      board.answered("ep");
      board.report("ep", failure);
    };
    for (let n = 0; n < 5; n += 1) brokenAnswer();
    expect(transitions).toEqual(["0 ep open"]);
    clock.advance(5_000);
    brokenAnswer();
    expect(transitions).toEqual(["0 ep open", "0 ep closed", "0 ep open"]);
    clock.advance(9_000);
    expect(stateOf(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("open");
    clock.advance(1_000);
    board.answered("ep");
    board.report("ep", { outcome: "success" });
    for (let n = 0; n < 4; n += 1) board.report("ep", failure);
    expect(stateOf(board.healthOf("ep")?.breaker ?? fail(), clock.nowMs())).toBe("closed");
  });

  it("sums what all processes have seen, once", async () => {
    const { all, meet } = boards(3);
    for (const board of all)
      for (let n = 0; n < 10; n += 1)
        board.report(
          "ep",
          n === 0 ? failure : { outcome: "success", firstTokenMs: 100, durationMs: 1_100, outputTokens: 50 },
        );
    await meet();
    await meet();
    for (const board of all) {
      const summary = board.summaryOf("ep");
      expect(summary).toMatchObject({ requests: 30, successShare: 0.9 });
      expect(summary.firstTokenMsP50).toBeGreaterThan(85);
      expect(summary.firstTokenMsP50).toBeLessThan(115);
      expect(summary.tokensPerSecondP50).toBeGreaterThan(43);
      expect(summary.tokensPerSecondP50).toBeLessThan(57);
    }
  });

  it("goes on alone while the store is away, and loses nothing of its own", async () => {
    const { all, meet } = boards(1, () => Promise.reject(new Error("away")));
    for (let n = 0; n < 12; n += 1) {
      all[0]?.report("ep", { outcome: "success", firstTokenMs: 10 });
      await meet();
    }
    expect(all[0]?.summaryOf("ep").requests).toBe(12);
  });

  it("forgets what is older than five minutes", async () => {
    const { clock, all, meet } = boards(1);
    all[0]?.report("ep", failure);
    await meet();
    expect(all[0]?.summaryOf("ep").requests).toBe(1);
    clock.advance(310_000);
    await meet();
    expect(all[0]?.summaryOf("ep").requests).toBe(0);
  });

  it("hands every count to the history once", () => {
    const { all } = boards(1);
    all[0]?.report("ep", failure);
    expect(all[0]?.drain().get("ep")).toMatchObject({ requests: 1, failures: 1 });
    expect(all[0]?.drain().size).toBe(0);
  });
});

it("a retry budget lets a quiet service fall back, and a storm only for a fifth", () => {
  const budget = createRetryBudget();
  let retries = 0;
  for (let n = 0; n < 1_000; n += 1) {
    budget.noteRequest("dead");
    if (budget.takeRetry("dead")) retries += 1;
  }
  expect(retries).toBeGreaterThanOrEqual(200);
  expect(retries).toBeLessThanOrEqual(220);
  expect(budget.takeRetry("other")).toBe(true);
});

it("a session is remembered for minutes, and per organization", () => {
  const clock = manualClock();
  const memory = createSessionMemory(clock);
  memory.remember("org_a", "s", "m", "ep");
  expect(memory.recall("org_a", "s", "m")).toBe("ep");
  expect(memory.recall("org_b", "s", "m")).toBeNull();
  clock.advance(600_000);
  expect(memory.recall("org_a", "s", "m")).toBeNull();
});

function fail(): never {
  throw new Error("no health known");
}
