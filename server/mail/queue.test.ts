// Harm prevented: a mail about money that nobody gets, that is sent twice, or that holds up the others.
import { afterAll, beforeAll, expect, it } from "vitest";
import { mailOutbox } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createOwnerFixture } from "@/server/keys/fixtures";
import { manualClock } from "@/server/platform/clock";
import { createLog } from "@/server/platform/log";
import { type Mail, queueNotice, sendQueuedMails } from ".";
import { NOTICES, type NoticeKind, noticeMail } from "./notices";
import { renderHtml } from "./render";

let database: TestDatabase;
const clock = manualClock(Date.parse("2026-11-25T12:00:00Z"));
const sent: Mail[] = [];
/** Addresses whose mail server refuses. */
const refusing = new Set<string>();
const deps = () => ({
  db: database.db,
  clock,
  log: createLog("silent"),
  appUrl: "http://site.example",
  mailer: {
    canSend: true,
    async send(mail: Mail) {
      if (refusing.has(mail.to)) throw new Error("refused");
      sent.push(mail);
    },
  },
});

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 10 });
});
afterAll(() => database.close());

const DATA = { orderId: "ord_1", amountUsd: "50.00", receiptUrl: "", isRecharge: "no" };
const waiting = async () => (await database.db.select().from(mailOutbox)).length;

it("exists exactly if the fact does, and is sent once by any number of processes", async () => {
  const { organizationId, userId } = await createOwnerFixture(database.db);
  await expect(
    database.db.transaction(async (tx) => {
      await queueNotice(tx, clock, { organizationId, kind: "order_paid", data: DATA });
      throw new Error("not paid after all");
    }),
  ).rejects.toThrow();
  expect(await waiting()).toBe(0);
  await queueNotice(database.db, clock, { organizationId, kind: "order_paid", data: DATA });
  const counts = await Promise.all(Array.from({ length: 5 }, () => sendQueuedMails(deps())));
  expect(counts.reduce((sum, each) => sum + each, 0)).toBe(1);
  expect(sent).toMatchObject([
    { to: `${userId}@test.invalid`, subject: "Your top-up of $50.00 is credited" },
  ]);
  expect(sent[0]?.text).toContain("Order: ord_1\nAmount: $50.00 USD");
  expect(await waiting()).toBe(0);
});

it("that is refused waits longer and longer, holds up no other, and is given up after a week", async () => {
  const [deaf, other] = [await createOwnerFixture(database.db), await createOwnerFixture(database.db)];
  refusing.add(`${deaf.userId}@test.invalid`);
  for (const { organizationId } of [deaf, other])
    await queueNotice(database.db, clock, { organizationId, kind: "order_paid", data: DATA });
  expect(await sendQueuedMails(deps())).toBe(1);
  expect(await waiting()).toBe(1);
  clock.advance(59_000);
  refusing.clear();
  expect(await sendQueuedMails(deps())).toBe(0);
  refusing.add(`${deaf.userId}@test.invalid`);
  clock.advance(8 * 24 * 60 * 60 * 1_000);
  await sendQueuedMails(deps());
  expect(await waiting()).toBe(0);
});

it.each(Object.keys(NOTICES) as NoticeKind[])("%s says the same in text and HTML, inert", async (kind) => {
  const url = "https://stripe.example/<b>";
  const period = { periodStart: "2026-11-01", periodEnd: "2026-12-01", creditUsd: "2.00", priceUsd: "1.00" };
  const contract = { commitmentId: "com_1", yearlyUsd: "24.00", payoutId: "pay_1", ...period };
  const data = {
    ...{ ...DATA, ...contract, refundUsd: "1.00", outcome: "won", reason: "gone", url, endpointId: "whe_1" },
  };
  const mail = noticeMail("a@example.com", kind, data, "http://site.example");
  const html = await renderHtml(mail.letter);
  expect(html).not.toContain("<b>");
  const plain = html
    .replace(/<[^>]+>/g, " ")
    .replaceAll("&#x27;", "'")
    .replaceAll("&lt;", "<");
  for (const line of mail.letter.lines) expect(plain).toContain(line);
  for (const line of mail.letter.lines) expect(mail.text).toContain(line);
  expect(mail.text).not.toContain("undefined");
  expect(mail.letter.action.url).toMatch(/^https?:\/\//);
});
