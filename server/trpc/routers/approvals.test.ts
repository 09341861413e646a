// Harm prevented: a member who spends more of the team's money than the team has said, by asking twice, by waiting, by
// deciding for themselves, or by letting it happen automatically.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { consentText } from "@/server/billing";
import { readBalance } from "@/server/ledger";
import { organizationPolicySchema } from "@/server/organizations";
import { newId } from "@/server/platform/ids";
import { type Person, type TrpcFixture, trpcFixture } from "../fixtures";

const DAY = 86_400_000;
let site: TrpcFixture;
let owner: Person;
let admin: Person;
let billing: Person;

beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());
beforeEach(async () => {
  owner = await site.person();
  const { organizationId } = owner;
  admin = await site.person({ role: "admin", organizationId });
  billing = await site.person({ role: "billing", organizationId });
  await limitTo("100");
});

const limitTo = (topUpApprovalAboveUsd: string | null) =>
  site.call(
    "organization.writePolicy",
    { policy: organizationPolicySchema.parse({ topUpApprovalAboveUsd }) },
    owner.headers,
  );
interface Ordered {
  readonly id: string;
  readonly status: string;
}
async function order(by: Person, amountUsd: string, attemptKey = newId("request").replace("_", "-")) {
  const { code, data } = await site.call(
    "billing.createOrder",
    { pack: "custom", amountUsd, attemptKey },
    by.headers,
  );
  expect(code).toBe("ok");
  return data as Ordered;
}
const decide = (by: Person, { id }: Ordered, isApproved: boolean) =>
  site.call("billing.decide", { orderId: id, isApproved }, by.headers);
const pay = async (by: Person, { id }: Ordered) =>
  (await site.call("billing.paySandbox", { orderId: id }, by.headers)).code;
const balance = async () =>
  (await readBalance(site.database.db, owner.organizationId)).totalNanoUsd / 1_000_000_000n;

describe("a top-up above the policy's amount", () => {
  it("waits, is told to those who decide, cannot be paid, and can be paid once it is approved", async () => {
    const waiting = await order(billing, "100.01");
    expect(waiting.status).toBe("awaiting_approval");
    await site.settle();
    const asked = site.sent.filter(({ subject }) => subject.includes("asks to top up $100.01"));
    expect(asked.map(({ to }) => to).sort()).toEqual(
      [`${owner.userId}@example.com`, `${admin.userId}@example.com`].sort(),
    );
    expect(asked[0]?.text).toContain("http://site.example/dashboard/billing#approvals");
    expect(await pay(billing, waiting)).toBe("conflict");
    expect(await balance()).toBe(0n);
    expect((await decide(admin, waiting, true)).data).toMatchObject({ status: "created", closedAt: null });
    await site.settle();
    expect(site.sent.at(-1)).toMatchObject({
      to: `${billing.userId}@example.com`,
      subject: "Your top-up of $100.01 was approved",
    });
    expect(await pay(billing, waiting)).toBe("ok");
    expect(await balance()).toBe(100n);
  });

  it("is not every top-up: the amount itself, a smaller one, and an owner's go on at once", async () => {
    expect((await order(billing, "100")).status).toBe("created");
    expect((await order(owner, "5000")).status).toBe("created");
    await limitTo("0");
    expect((await order(admin, "10")).status).toBe("awaiting_approval");
    await limitTo(null);
    expect((await order(admin, "5000")).status).toBe("created");
  });

  it("is the same order when it is asked for again", async () => {
    const attempt = newId("request").replace("_", "-");
    const first = await order(billing, "200", attempt);
    expect(await order(billing, "200", attempt)).toMatchObject({ id: first.id, status: "awaiting_approval" });
  });

  it("is not decided by whoever asked, by a lower role, or by somebody elsewhere", async () => {
    const own = await order(admin, "200");
    expect(await decide(admin, own, true)).toMatchObject({
      code: "permission_denied",
      metadata: { reason: "own_order" },
    });
    expect((await decide(billing, own, true)).code).toBe("permission_denied");
    expect((await decide(await site.person(), own, true)).code).toBe("not_found");
    expect(await pay(admin, own)).toBe("conflict");
    expect((await decide(owner, own, true)).code).toBe("ok");
  });

  it("is decided once, whatever the others say at the same moment", async () => {
    const waiting = await order(billing, "200");
    const answers = await Promise.all([true, false, true, false].map((yes) => decide(admin, waiting, yes)));
    expect(answers.filter(({ code }) => code === "ok")).toHaveLength(1);
    expect(answers.filter(({ code }) => code === "conflict")).toHaveLength(3);
  });

  it("is canceled by a no, and stays so", async () => {
    const waiting = await order(billing, "200");
    expect((await decide(owner, waiting, false)).data).toMatchObject({ status: "canceled" });
    expect((await decide(owner, waiting, true)).code).toBe("conflict");
    expect(await pay(billing, waiting)).toBe("conflict");
  });

  it("lapses after two weeks, and has its day to be paid from the approval on", async () => {
    const early = await order(billing, "200");
    const late = await order(billing, "300");
    site.clock.advance(13 * DAY);
    // Sessions and policies are older, but alive.
    expect((await decide(owner, early, true)).code).toBe("ok");
    site.clock.advance(0.9 * DAY);
    expect(await pay(billing, early)).toBe("ok");
    site.clock.advance(0.2 * DAY);
    expect((await decide(owner, late, true)).code).toBe("conflict");
    expect((await site.call("billing.order", { orderId: late.id }, owner.headers)).data).toMatchObject({
      status: "expired",
    });
    const { data } = await site.call("billing.awaiting", undefined, owner.headers);
    expect((data as { orders: unknown[] }).orders).toEqual([]);
  });

  it("goes on to our own review when it is one for that", async () => {
    const waiting = await order(billing, "6000");
    expect(waiting.status).toBe("awaiting_approval");
    expect((await decide(admin, waiting, true)).data).toMatchObject({ status: "in_review" });
  });
});

describe("an auto-recharge above the policy's amount", () => {
  const terms = { thresholdNanoUsd: 10_000_000_000n, amountNanoUsd: 200_000_000_000n };
  const enable = (by: Person) =>
    site.call(
      "billing.enableAutoRecharge",
      {
        thresholdUsd: "10",
        amountUsd: "200",
        monthlyCapUsd: "1000",
        consent: consentText({ ...terms, monthlyCapNanoUsd: 1_000_000_000_000n }),
      },
      by.headers,
    );

  it("is switched on by an owner only", async () => {
    for (const who of [admin, billing])
      expect(await enable(who)).toMatchObject({
        code: "permission_denied",
        metadata: { reason: "top_up_approval" },
      });
    expect((await enable(owner)).code).toBe("ok");
    expect((await site.call("billing.resumeAutoRecharge", undefined, billing.headers)).code).toBe(
      "permission_denied",
    );
    await limitTo("200");
    expect((await enable(billing)).code).toBe("ok");
  });
});
