// Harm prevented: a deleted person whose keys still spend, whose name is still there, or whose team is left without an owner;
// books that lose an order; an export that shows somebody else's data, or that stops half way for ever.
import { and, eq } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  autoRecharge,
  dataExport,
  dataExportPart,
  member,
  order,
  organization,
  requestLog,
  user,
} from "@/db/schema";
import { listKeys } from "@/server/keys";
import { creditBalance } from "@/server/ledger";
import { newId } from "@/server/platform/ids";
import { answerAccountDownload } from "@/server/trpc";
import { type Person, type TrpcFixture, trpcFixture } from "@/server/trpc/fixtures";
import { makeExports } from ".";

const USD = 1_000_000_000n;
const PASSWORD = "correct horse battery";
let site: TrpcFixture;
let ada: Person;
beforeAll(async () => {
  site = await trpcFixture();
});
afterAll(() => site.database.close());
beforeEach(async () => {
  ada = await site.person();
});

const call = (path: string, input: unknown, by: Person) => site.call(path, input, by.headers);
const remove = (by: Person, change: object = {}) =>
  call("ownData.deleteAccount", { password: PASSWORD, code: "", givesUpBalance: false, ...change }, by);
const userOf = async ({ userId }: Person) => {
  const [row] = await site.database.db.select().from(user).where(eq(user.id, userId));
  return row;
};
const credit = (person: Person, usd: bigint) =>
  creditBalance(site.database.db, {
    organizationId: person.organizationId,
    kind: "grant",
    bucket: "paid",
    source: newId("order"),
    amountNanoUsd: usd * USD,
  });
const statusOf = async (organizationId: string) => {
  const [row] = await site.database.db
    .select({ status: organization.status, for: organization.suspendedFor })
    .from(organization)
    .where(eq(organization.id, organizationId));
  return row;
};

describe("deleting an account", () => {
  it("takes the person out of everything, and keeps what the books need", async () => {
    await call("keys.create", { name: "Mine" }, ada);
    const bought = await call("billing.createOrder", { pack: "starter", attemptKey: "a".repeat(32) }, ada);
    await site.database.db.insert(autoRecharge).values({
      organizationId: ada.organizationId,
      isEnabled: true,
      thresholdNanoUsd: USD,
      amountNanoUsd: 10n * USD,
      monthlyCapNanoUsd: 10n * USD,
      consentText: "yes",
      consentByUserId: ada.userId,
      consentAt: new Date(0),
    });
    await call("support.open", { topic: "api", subject: "Help", body: "A question of mine." }, ada);
    expect((await remove(ada)).code).toBe("ok");
    await site.settle();
    const { rows: tickets } = await site.database.pool.query(
      "SELECT t.email, t.name, m.author_name FROM ticket t JOIN ticket_message m ON m.ticket_id = t.id WHERE t.user_id = $1",
      [ada.userId],
    );
    expect(tickets).toEqual([
      {
        email: `deleted-${ada.userId}@deleted.invalid`,
        name: "Deleted account",
        author_name: "Deleted account",
      },
    ]);
    expect(await userOf(ada)).toMatchObject({
      email: `deleted-${ada.userId}@deleted.invalid`,
      name: "Deleted account",
      passwordHash: null,
    });
    expect((await listKeys(site.database.db, ada.organizationId)).map(({ status }) => status)).toEqual([
      "revoked",
    ]);
    expect(await statusOf(ada.organizationId)).toEqual({ status: "suspended", for: "closed" });
    const [recharge] = await site.database.db
      .select()
      .from(autoRecharge)
      .where(eq(autoRecharge.organizationId, ada.organizationId));
    expect(recharge?.isEnabled).toBe(false);
    const [kept] = await site.database.db
      .select()
      .from(order)
      .where(eq(order.id, (bought.data as { id: string }).id));
    expect(kept?.createdByUserId).toBe(ada.userId);
    expect((await call("overview.summary", undefined, ada)).code).toBe("unauthenticated");
    expect(site.sent.at(-1)).toMatchObject({
      to: `${ada.userId}@example.com`,
      subject: "Your account is deleted",
    });
  });

  it("stops the keys in a team that goes on, and leaves the team's own things alone", async () => {
    const team = await site.person();
    const guest = await site.person({ role: "admin", organizationId: team.organizationId });
    await call("keys.create", { name: "Guest's" }, guest);
    await call("keys.create", { name: "Owner's" }, team);
    expect((await remove(guest)).code).toBe("ok");
    const keys = await listKeys(site.database.db, team.organizationId);
    expect(Object.fromEntries(keys.map(({ name, status }) => [name, status]))).toEqual({
      "Guest's": "revoked",
      "Owner's": "active",
    });
    expect((await statusOf(team.organizationId))?.status).toBe("active");
    const { data } = await call("members.list", undefined, team);
    expect((data as { members: unknown[] }).members).toHaveLength(1);
  });

  it("waits for another owner where others would be left without one", async () => {
    const guest = await site.person({ role: "developer", organizationId: ada.organizationId });
    const refused = await remove(ada);
    expect(refused).toMatchObject({
      code: "conflict",
      metadata: { reason: "obstacles", obstacles: [{ obstacle: "sole_owner" }] },
    });
    expect((await userOf(ada))?.deletedAt).toBeNull();
    await site.database.db.update(member).set({ role: "owner" }).where(eq(member.userId, guest.userId));
    expect((await remove(ada)).code).toBe("ok");
  });

  it("asks about balance that is left, and waits for money that is on its way or owed", async () => {
    await credit(ada, 7n);
    expect((await call("ownData.farewell", undefined, ada)).data).toMatchObject([
      { fate: "closed", balanceNanoUsd: 7n * USD, obstacles: [] },
    ]);
    expect(await remove(ada)).toMatchObject({ code: "conflict", metadata: { reason: "balance_left" } });
    const { data } = await call("billing.createOrder", { pack: "starter", attemptKey: "b".repeat(32) }, ada);
    const { id } = data as { id: string };
    for (const status of ["pending", "approved"] as const) {
      await site.database.db.update(order).set({ status, createdAt: new Date() }).where(eq(order.id, id));
      expect(await remove(ada, { givesUpBalance: true })).toMatchObject({
        metadata: { obstacles: [{ obstacle: "open_money" }] },
      });
    }
    await site.database.db.update(order).set({ status: "canceled" }).where(eq(order.id, id));
    await site.database.pool.query("UPDATE balance SET debt = 1 WHERE organization_id = $1", [
      ada.organizationId,
    ]);
    expect(await remove(ada, { givesUpBalance: true })).toMatchObject({
      metadata: { obstacles: [{ obstacle: "debt" }] },
    });
    await site.database.pool.query("UPDATE balance SET debt = 0 WHERE organization_id = $1", [
      ada.organizationId,
    ]);
    expect((await remove(ada, { givesUpBalance: true })).code).toBe("ok");
    const { rows } = await site.database.pool.query("SELECT paid FROM balance WHERE organization_id = $1", [
      ada.organizationId,
    ]);
    expect(rows).toEqual([{ paid: 7n * USD }]);
  });

  it("takes the password, and is not for operators", async () => {
    expect((await remove(ada, { password: "wrong" })).code).toBe("permission_denied");
    await site.database.db.update(user).set({ isOperator: true }).where(eq(user.id, ada.userId));
    expect((await remove(ada)).code).toBe("permission_denied");
    expect((await userOf(ada))?.deletedAt).toBeNull();
  });

  it("takes a sign-in of the last quarter of an hour from people without a password", async () => {
    await site.database.db.update(user).set({ passwordHash: null }).where(eq(user.id, ada.userId));
    site.clock.advance(16 * 60_000);
    expect(await remove(ada, { password: "" })).toMatchObject({
      code: "conflict",
      metadata: { reason: "sign_in_again" },
    });
    const fresh = await site.person();
    await site.database.db.update(user).set({ passwordHash: null }).where(eq(user.id, fresh.userId));
    expect((await remove(fresh, { password: "" })).code).toBe("ok");
  });

  it("frees the address for a new account, which has nothing of the old one", async () => {
    await remove(ada);
    const email = `${ada.userId}@example.com`;
    expect(
      (
        await site.call(
          "account.signUp",
          { name: "New", email, password: "another long one" },
          new Headers(ada.headers),
        )
      ).code,
    ).toBe("ok");
    const [row] = await site.database.db.select().from(user).where(eq(user.email, email));
    expect(row?.id).not.toBe(ada.userId);
  });
});

describe("an export", () => {
  const begin = async (by: Person) =>
    (await call("ownData.beginExport", {}, by)).data as { id: string; state: string };
  const download = (by: Person, id: string) =>
    answerAccountDownload(
      site.services,
      new Request(`http://site.example/api/downloads/account?export=${id}`, { headers: by.headers }),
    );
  const memberOf = async ({ userId }: Person) => {
    const [row] = await site.database.db.select().from(member).where(eq(member.userId, userId));
    return row?.id ?? "";
  };
  const request = async (person: Person, n: number) => {
    const memberId = await memberOf(person);
    await site.database.db.insert(requestLog).values(
      Array.from({ length: n }, () => ({
        id: newId("generation"),
        organizationId: person.organizationId,
        projectId: "prj_x",
        keyId: "key_x",
        memberId,
        requestId: newId("request"),
        api: "chat_completions",
        requestedModel: "m",
        modelSlug: "m",
        outcome: "succeeded" as const,
        httpStatus: 200,
        streamed: false,
        cost: 1_500_000n,
        inputTokens: 1,
        outputTokens: 1,
        attempts: [],
        createdAt: new Date(site.clock.nowMs()),
      })),
    );
  };

  it("is one JSON file of everything about the person, and of nobody else", async () => {
    const other = await site.person();
    await request(ada, 1_203);
    await request(other, 1);
    await call("keys.create", { name: "Mine" }, ada);
    const { id, state } = await begin(ada);
    expect(state).toBe("running");
    await site.settle();
    const answer = await download(ada, id);
    expect(answer.headers.get("content-disposition")).toMatch(/^attachment; filename="account-.*\.json"$/);
    const file = JSON.parse(await answer.text());
    expect(file.profile).toMatchObject({ id: ada.userId, email: `${ada.userId}@example.com` });
    expect(file.memberships).toHaveLength(1);
    expect(file.keys).toMatchObject([{ name: "Mine" }]);
    expect(file.requests).toHaveLength(1_203);
    expect(file.requests[0].cost_usd).toBe("0.0015");
    expect(file.actions.map(({ action }: { action: string }) => action)).toContain("key.created");
    const text = JSON.stringify(file);
    expect(text).not.toContain(other.userId);
    const [row] = await site.database.db.select().from(user).where(eq(user.id, ada.userId));
    expect(text).not.toContain(row?.passwordHash ?? "none");
    expect((await call("ownData.exports", undefined, ada)).data).toMatchObject([{ id, state: "ready" }]);
    expect((await download(other, id)).status).toBe(404);
    expect((await download({ ...ada, headers: new Headers() }, id)).status).toBe(401);
    site.clock.advance(8 * 86_400_000);
    expect((await download(ada, id)).status).toBe(404);
  });

  it("is begun once at a time, and three times a day", async () => {
    const [one, two] = await Promise.all([begin(ada), begin(ada)]);
    expect(two?.id).toBe(one?.id);
    await site.settle();
    expect((await begin(ada)).id).not.toBe(one?.id);
    await site.settle();
    expect((await call("ownData.beginExport", {}, ada)).code).toBe("rate_limit_exceeded");
  });

  it("is begun anew when its maker died, by one of many", async () => {
    const { id } = await begin(ada);
    await site.settle();
    const died = { state: "running" as const, done: 3, claimedUntil: new Date(site.clock.nowMs() - 1) };
    await site.database.db.update(dataExport).set(died).where(eq(dataExport.id, id));
    const ready = await Promise.all(
      Array.from({ length: 5 }, () => makeExports(site.database.db, site.clock)),
    );
    expect(ready.reduce((sum, n) => sum + n, 0)).toBe(1);
    expect(JSON.parse(await (await download(ada, id)).text()).profile.id).toBe(ada.userId);
  });

  it("goes with the account", async () => {
    const { id } = await begin(ada);
    await site.settle();
    await remove(ada);
    const parts = await site.database.db
      .select()
      .from(dataExportPart)
      .where(and(eq(dataExportPart.exportId, id)));
    expect(parts).toEqual([]);
  });
});
