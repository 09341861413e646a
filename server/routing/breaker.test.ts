// Harm prevented: traffic that keeps going to a dead provider, or a healthy one that is never asked again.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BREAKER,
  type Breaker,
  isReady,
  NEW_BREAKER,
  type Outcome,
  onOutcome,
  onSend,
  stateOf,
} from "./breaker";

function seen(outcomes: readonly Outcome[], from: Breaker = NEW_BREAKER, nowMs = 0): Breaker {
  return outcomes.reduce((breaker, outcome) => onOutcome(breaker, outcome, nowMs), from);
}
const fails = (n: number) => Array.from({ length: n }, () => "failure" as const);

describe("a breaker", () => {
  it("opens after five failures in a row, and a success in between forgets them", () => {
    expect(stateOf(seen(fails(4)), 0)).toBe("closed");
    expect(stateOf(seen(fails(5)), 0)).toBe("open");
    expect(stateOf(seen([...fails(4), "success", ...fails(4)]), 0)).toBe("closed");
  });

  it("opens when half of at least twenty requests fail", () => {
    const mixed = Array.from({ length: 20 }, (_, n) => (n % 2 ? "failure" : "success") as Outcome);
    expect(stateOf(seen(mixed.slice(0, 19)), 0)).toBe("closed");
    expect(stateOf(seen(mixed), 0)).toBe("open");
  });

  it("lets one trial through, closes on its success, and doubles the time out on its failure", () => {
    const open = seen(fails(5));
    const readyMs = BREAKER.firstEjectionMs;
    expect(isReady(open, readyMs - 1)).toBe(false);
    expect(isReady(open, readyMs)).toBe(true);
    const trial = onSend(open, readyMs);
    expect(isReady(trial, readyMs)).toBe(false);
    expect(isReady(trial, readyMs + BREAKER.trialTimeoutMs + 1)).toBe(true);
    expect(stateOf(onOutcome(trial, "success", readyMs + 10), readyMs + 10)).toBe("closed");
    const again = onOutcome(trial, "failure", readyMs);
    expect(again.openUntilMs).toBe(readyMs + 2 * BREAKER.firstEjectionMs);
  });

  it("is not closed by a late success while it is open", () => {
    const open = seen(fails(5));
    expect(stateOf(onOutcome(open, "success", 10), 10)).toBe("open");
  });

  it("cools down for as long as the provider asked, within bounds, and counts it as no fault", () => {
    const cool = onOutcome(NEW_BREAKER, "rate_limited", 0, 3_000);
    expect([isReady(cool, 2_999), isReady(cool, 3_000), stateOf(cool, 0)]).toEqual([false, true, "closed"]);
    expect(onOutcome(NEW_BREAKER, "rate_limited", 0, 1e12).coolUntilMs).toBe(BREAKER.longestCooldownMs);
    expect(onOutcome(NEW_BREAKER, "rate_limited", 0, -5).coolUntilMs).toBe(BREAKER.shortestCooldownMs);
  });

  it("obeys the operator", () => {
    expect(isReady({ ...NEW_BREAKER, forced: "open" }, 0)).toBe(false);
    expect(isReady({ ...seen(fails(5)), forced: "closed" }, 0)).toBe(true);
  });

  it("is never out for longer than five minutes, whatever happens", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom<Outcome>("success", "failure", "rate_limited"), fc.nat(60_000))),
        (steps) => {
          let nowMs = 0;
          let breaker = NEW_BREAKER;
          for (const [outcome, pauseMs] of steps) {
            nowMs += pauseMs;
            breaker = onOutcome(onSend(breaker, nowMs), outcome, nowMs, pauseMs);
          }
          expect(isReady(breaker, nowMs + BREAKER.longestEjectionMs)).toBe(true);
        },
      ),
    );
  });
});
