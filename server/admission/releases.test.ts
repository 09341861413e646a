// Harm prevented: a thousand requests that wait for money are all woken by each cent that comes free, and are refused late.
import { expect, it } from "vitest";
import { createReleases } from "./releases";

const LONG_MS = 60_000;
const WISH = { pot: "balance", amount: 5n };

function waiter(releases: ReturnType<typeof createReleases>, organizationId: string, timeoutMs: number) {
  const state = { isAwake: false };
  const woken = releases.wait(organizationId, timeoutMs, WISH).then(() => {
    state.isAwake = true;
  });
  return { state, woken };
}

it("wakes one waiter per release, the first that came first, and none of another organization", async () => {
  const releases = createReleases();
  const others = waiter(releases, "org_other", LONG_MS);
  const [first, second, third] = [1, 2, 3].map(() => waiter(releases, "org", LONG_MS)) as [
    ReturnType<typeof waiter>,
    ReturnType<typeof waiter>,
    ReturnType<typeof waiter>,
  ];
  releases.announce("org");
  await first.woken;
  expect([second, third, others].map(({ state }) => state.isAwake)).toEqual([false, false, false]);
  releases.announce("org");
  await second.woken;
  expect(third.state.isAwake).toBe(false);
  releases.announce("org");
  releases.announce("org");
  await third.woken;
  expect(others.state.isAwake).toBe(false);
  releases.announce("org_other");
  await others.woken;
});

it("lets nobody wait longer than asked, and a waiter that has left takes no release from the next", async () => {
  const releases = createReleases();
  await waiter(releases, "org", 1).woken;
  const next = waiter(releases, "org", LONG_MS);
  releases.announce("org");
  await next.woken;
  expect(next.state.isAwake).toBe(true);
});

it("knows what those who wait want of a pot, until they leave", async () => {
  const releases = createReleases();
  const first = waiter(releases, "org", LONG_MS);
  const second = waiter(releases, "org", LONG_MS);
  void releases.wait("org", 1, { pot: "bud_1", amount: 7n });
  expect(releases.wanted("org", "balance")).toBe(10n);
  expect(releases.wanted("org", "bud_1")).toBe(7n);
  expect(releases.wanted("org_other", "balance")).toBe(0n);
  releases.announce("org");
  await first.woken;
  expect(releases.wanted("org", "balance")).toBe(5n);
  releases.announce("org");
  await second.woken;
  expect(releases.wanted("org", "balance")).toBe(0n);
});

it("wakes everybody with news that are for all", async () => {
  const releases = createReleases();
  const waiters = [1, 2, 3].map(() => waiter(releases, "org", LONG_MS));
  releases.announceToAll("org");
  await Promise.all(waiters.map(({ woken }) => woken));
  expect(releases.wanted("org", "balance")).toBe(0n);
});
