import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { organizationPolicy } from "@/db/schema";
import { rotateKey } from "@/server/keys";
import { listRequests } from "@/server/logs";
import { organizationPolicySchema } from "@/server/organizations";
import { systemClock } from "@/server/platform/clock";
import { deleteExpiredPrompts, readPrompt } from "@/server/prompts";
import { type AdapterName, type GatewayFixture, startGatewayFixture, USD } from "./fixtures";

const chat = { model: "test/single", messages: [{ role: "user", content: "Tell nobody: xyzzy" }] };
/** A policy acts within a second. */
const POLICY_MS = 1_100;
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

// Harm prevented: a stolen key that works from anywhere, or for another team than the one it belongs to; prompts that
// are kept although nobody asked for it.
describe.each(["node", "web"] as AdapterName[])("who may use a key, behind the %s adapter", (adapter) => {
  let fixture: GatewayFixture;
  beforeAll(async () => {
    fixture = await startGatewayFixture(adapter);
  });
  afterAll(() => fixture.close());
  beforeEach(() => fixture.simulator.reset());

  const post = (secret: string, headers: Record<string, string> = {}, body: object = chat) =>
    fixture.fetch(`${fixture.baseUrl}/chat/completions`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        "content-type": "application/json",
        "x-forwarded-for": "198.51.100.9, 127.0.0.1",
        ...headers,
      },
      body: JSON.stringify(body),
    });
  const errorOf = async (response: Response) =>
    ((await response.json()) as { error: Record<string, unknown> }).error;

  async function setPolicy(organizationId: string, policy: Record<string, unknown>) {
    const value = { organizationId, policy: organizationPolicySchema.parse(policy), updatedAt: new Date(0) };
    await fixture.database.db
      .insert(organizationPolicy)
      .values(value)
      .onConflictDoUpdate({ target: organizationPolicy.organizationId, set: { policy: value.policy } });
    await sleep(POLICY_MS);
  }

  it("names a request as its client did, in the answer, in a refusal and in the log; what is no id is replaced", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const own = { "x-request-id": "trace-1/7f.2" };
    const answer = await post(secret, own);
    expect(answer.headers.get("x-request-id")).toBe("trace-1/7f.2");
    await fixture.settled();
    const id = answer.headers.get("x-generation-id") ?? "";
    expect(await fixture.request(organizationId, id)).toMatchObject({ requestId: "trace-1/7f.2" });
    const found = await listRequests(fixture.database.db, {
      ...{ organizationId, limit: 10, filters: { search: "trace-1/7f.2" } },
    });
    expect(found.requests.map((request) => request.id)).toEqual([id]);
    const refused = await post(secret, own, { ...chat, model: "test/none" });
    expect(refused.headers.get("x-request-id")).toBe("trace-1/7f.2");
    expect(await errorOf(refused)).toMatchObject({ metadata: { request_id: "trace-1/7f.2" } });
    for (const bad of ["", "a b", "=1+1", "x".repeat(129), '"><script>'])
      expect((await post(secret, { "x-request-id": bad })).headers.get("x-request-id")).toMatch(/^req_/);
  });

  it("refuses an address that the organization does not list, and spends nothing", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    // What the client wrote itself into the header counts for nothing: the end of the list is the peer we saw.
    await setPolicy(organizationId, { ipAllowlist: ["198.51.100.0/24", "203.0.113.7"] });
    const refused = await post(secret);
    expect(refused.status).toBe(403);
    expect(await errorOf(refused)).toMatchObject({ code: "ip_not_allowed" });
    await fixture.settled();
    expect(fixture.simulator.requests()).toEqual([]);
    expect(await fixture.balance(organizationId)).toMatchObject({ totalNanoUsd: USD, reservedNanoUsd: 0n });
    const read = await fixture.fetch(`${fixture.baseUrl}/key`, {
      headers: { authorization: `Bearer ${secret}`, "x-forwarded-for": "127.0.0.1" },
    });
    expect(read.status).toBe(403);
    await setPolicy(organizationId, { ipAllowlist: ["127.0.0.0/8"] });
    expect((await post(secret)).status).toBe(200);
  });

  it("refuses a request that means another organization or project than its key's", async () => {
    const { secret, organizationId, projectId } = await fixture.customer(USD);
    const own = { "x-deeptoken-org": organizationId, "x-deeptoken-project": projectId };
    expect((await post(secret, own)).status).toBe(200);
    for (const wrong of [
      { ...own, "x-deeptoken-org": "org_x" },
      { ...own, "x-deeptoken-project": "prj_x" },
    ]) {
      const refused = await post(secret, wrong);
      expect(refused.status).toBe(403);
      expect(await errorOf(refused)).toMatchObject({ code: "permission_denied" });
    }
  });

  it("takes the old secret of a rotated key until its time is over, and the new one at once", async () => {
    const { secret, organizationId, keyId } = await fixture.customer(USD);
    expect((await post(secret)).status).toBe(200);
    const input = { organizationId, keyId, overlapMinutes: 5 };
    const rotated = await fixture.database.db.transaction((tx) => rotateKey(tx, systemClock, input));
    await sleep(POLICY_MS);
    expect((await post(rotated.secret)).status).toBe(200);
    expect((await post(secret)).status).toBe(200);
    // A second rotation ends the first secret: two work at a time, never three.
    const again = await fixture.database.db.transaction((tx) => rotateKey(tx, systemClock, input));
    await sleep(POLICY_MS);
    expect((await post(again.secret)).status).toBe(200);
    expect((await post(secret)).status).toBe(401);
    expect((await post(rotated.secret)).status).toBe(200);
  });

  it("keeps prompts only when the policy says so, and no longer than it says", async () => {
    const { secret, organizationId } = await fixture.customer(USD);
    const { db } = fixture.database;
    const ask = async (body: object) => {
      const response = await post(secret, {}, body);
      await response.text();
      await fixture.settled();
      const id = response.headers.get("x-generation-id") ?? "";
      return { id, kept: await readPrompt(db, systemClock, { organizationId, id }) };
    };
    expect((await ask(chat)).kept).toBeNull();
    await setPolicy(organizationId, { promptLogging: { enabled: true, retentionDays: 2 } });
    const whole = await ask(chat);
    expect(whole.kept?.prompt).toContain("xyzzy");
    expect(whole.kept?.answer).toContain("choices");
    const streamed = await ask({ ...chat, stream: true });
    expect(streamed.kept?.answer).toContain("[DONE]");
    expect(await readPrompt(db, systemClock, { organizationId: "org_other", id: whole.id })).toBeNull();
    const later = systemClock.nowMs() + 2 * 86_400_000 + 1;
    expect(await readPrompt(db, { nowMs: () => later }, { organizationId, id: whole.id })).toBeNull();
    expect(await deleteExpiredPrompts(db, later)).toBe(2);
  });

  it("tells a key what it used itself, and nothing of its neighbours", async () => {
    const { secret } = await fixture.customer(USD);
    await (await post(secret)).text();
    await fixture.settled();
    const ask = async (query: string, key = secret) => {
      const response = await fixture.fetch(`${fixture.baseUrl}/usage${query}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      return { status: response.status, body: (await response.json()) as Record<string, never> };
    };
    const { body } = await ask("?group_by=day,model&time_zone=Europe/Berlin");
    expect(body).toMatchObject({ data: [{ model: "test/single", requests: 1 }], time_zone: "Europe/Berlin" });
    const other = await fixture.customer(USD);
    expect((await ask("", other.secret)).body).toMatchObject({ data: [] });
    for (const wrong of ["?group_by=member", "?time_zone=Mars", "?from=yesterday", "?from=2020-01-01"])
      expect((await ask(wrong)).status).toBe(400);
  });
});
