// Harm prevented: money that arrived and stays uncredited after its order was put right, or that a second try credits twice.
import { afterAll, beforeAll, expect, it } from "vitest";
import { systemClock } from "@/server/platform/clock";
import { type StripeFixture, stripeFixture } from "./fixtures";
import { replayStripeEvent } from "./replay";

let site: StripeFixture;
beforeAll(async () => {
  site = await stripeFixture();
});
afterAll(() => site.close());

const by = { kind: "operator" as const, id: "usr_1", label: "Ada", ip: null };
const replay = (eventId: string) =>
  replayStripeEvent(site.database.db, { clock: systemClock, stripe: site.stripe }, { eventId, by });

it("credits once what was rejected, leaves a trail, and does not touch what was applied", async () => {
  const owner = await site.owner();
  const { id, session } = await site.order(owner);
  const { pool } = site.database;
  await pool.query('UPDATE "order" SET amount_nano_usd = amount_nano_usd + 1000000000 WHERE id = $1', [id]);
  site.local.paySession(session);
  for (const body of site.fresh()) expect(await site.deliver(body)).toBe(200);
  const rejected = await pool.query(
    "SELECT id FROM stripe_event WHERE outcome = 'rejected' ORDER BY received_at",
  );
  expect(rejected.rows.length).toBeGreaterThan(0);
  const [first] = rejected.rows as { id: string }[];
  // Not put right yet: it is rejected again.
  expect(await replay(first?.id ?? "")).toMatchObject({ outcome: "rejected" });
  await pool.query('UPDATE "order" SET amount_nano_usd = amount_nano_usd - 1000000000 WHERE id = $1', [id]);
  const outcomes = await Promise.allSettled(
    [...rejected.rows, ...rejected.rows].map((row) => replay((row as { id: string }).id)),
  );
  expect(outcomes.some((each) => each.status === "fulfilled" && each.value.outcome === "applied")).toBe(true);
  expect(await site.total(owner.organizationId)).toBe(50_000_000_000n);
  const left = await pool.query("SELECT 1 FROM stripe_event WHERE outcome = 'rejected'");
  expect(left.rowCount).toBe(0);
  await expect(replay(first?.id ?? "")).rejects.toMatchObject({ code: "conflict" });
  await expect(replay("evt_of_nobody")).rejects.toMatchObject({ code: "not_found" });
  const trail = await pool.query("SELECT 1 FROM audit_event WHERE action = 'stripe_event.replayed'");
  expect(trail.rowCount).toBeGreaterThan(1);
});
