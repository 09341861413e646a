import { expect, it } from "vitest";
import { failingSinceMs, isGivenUp, nextDelayMs, RETRY_DELAYS_MS, retryAfterMs } from "./schedule";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

it("tries eight times over a day, each delay moved by a fifth at most", () => {
  expect(RETRY_DELAYS_MS.map((_, at) => nextDelayMs(at + 1, null, 0.5))).toEqual([
    5_000,
    300_000,
    1_800_000,
    2 * HOUR,
    5 * HOUR,
    10 * HOUR,
    10 * HOUR,
  ]);
  expect(nextDelayMs(1, null, 0)).toBe(4_000);
  expect(nextDelayMs(1, null, 0.999_999)).toBe(6_000);
  expect(nextDelayMs(8, null, 0.5)).toBeNull();
});

it("waits as long as the receiver asks, within reason", () => {
  expect(nextDelayMs(1, 60_000, 0.5)).toBe(60_000);
  expect(nextDelayMs(2, 60_000, 0.5)).toBe(300_000);
  expect(nextDelayMs(1, 30 * DAY, 0.5)).toBe(10 * HOUR);
  expect(retryAfterMs("120", 0)).toBe(120_000);
  expect(retryAfterMs("Thu, 01 Jan 1970 00:01:00 GMT", 10_000)).toBe(50_000);
  expect([retryAfterMs("soon", 0), retryAfterMs(undefined, 0)]).toEqual([null, null]);
});

it("counts days of failure, not a failure now and one last week", () => {
  expect(failingSinceMs({ sinceMs: null, lastMs: null }, 5 * DAY)).toBe(5 * DAY);
  expect(failingSinceMs({ sinceMs: 0, lastMs: 4 * DAY }, 5 * DAY)).toBe(0);
  expect(failingSinceMs({ sinceMs: 0, lastMs: 1 * DAY }, 5 * DAY)).toBe(5 * DAY);
  expect([isGivenUp(0, 5 * DAY - 1), isGivenUp(0, 5 * DAY)]).toEqual([false, true]);
});
