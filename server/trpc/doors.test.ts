import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { apiKey, auditEvent, requestLog } from "@/db/schema";
import { newId } from "@/server/platform/ids";
import { answerAuditDownload, answerRequestsDownload } from "./downloads";
import { type Person, type TrpcFixture, trpcFixture } from "./fixtures";
import { answerPlayground } from "./playground";
import { answerUsageDownload } from "./usage-download";

let site: TrpcFixture;
let owner: Person;
let stranger: Person;
const at = (path: string) => `http://site.example${path}`;

beforeAll(async () => {
  site = await trpcFixture();
  owner = await site.person();
  stranger = await site.person();
});
afterAll(() => site.database.close());

function rowOf(person: Person, overrides: Partial<typeof requestLog.$inferInsert> = {}) {
  return {
    id: newId("generation"),
    organizationId: person.organizationId,
    projectId: "prj_x",
    keyId: "key_x",
    requestId: newId("request"),
    api: "chat.completions",
    requestedModel: "a/b",
    modelSlug: "a/b",
    outcome: "succeeded" as const,
    httpStatus: 200,
    streamed: true,
    cost: 1_234_567n,
    inputTokens: 1,
    outputTokens: 2,
    attempts: [],
    createdAt: new Date(),
    ...overrides,
  };
}

async function logOf(person: Person, overrides: Partial<typeof requestLog.$inferInsert> = {}) {
  const row = rowOf(person, overrides);
  await site.database.db.insert(requestLog).values(row);
  return row.id;
}

const auditOf = (person: Person) =>
  site.database.db
    .select()
    .from(auditEvent)
    .where(eq(auditEvent.chain, person.organizationId))
    .then((rows) => rows.filter(({ action }) => action === "requests.exported"));

// Harm prevented: a customer's log in the hands of another, or taken out without a trace.
describe("the request log as a file", () => {
  const take = (body: unknown, headers: Headers) =>
    answerRequestsDownload(
      site.services,
      new Request(at("/api/downloads/requests"), { method: "POST", headers, body: JSON.stringify(body) }),
    );

  it("holds what the list shows, of the own organization only, and leaves an entry in the trail", async () => {
    const viewer = await site.person({ role: "viewer", organizationId: owner.organizationId });
    const bad = { outcome: "failed", httpStatus: 502, errorCode: "upstream_timeout", cost: 0n } as const;
    const failed = await logOf(owner, { ...bad, requestedModel: '=HYPERLINK("http://evil")' });
    const good = await logOf(owner);
    await logOf(stranger);
    const all = await take({ format: "ndjson" }, viewer.headers);
    expect(all.headers.get("x-expected-rows")).toBe("2");
    const lines = (await all.text()).trim().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { id: good, cost_usd: "0.001234567" },
      { id: failed, error_code: "upstream_timeout", cost_usd: "0.00" },
    ]);
    const csv = await take({ format: "csv", outcome: "failed" }, viewer.headers);
    expect(csv.headers.get("x-expected-rows")).toBeNull();
    expect(csv.headers.get("content-disposition")).toMatch(/^attachment; filename="requests-.*\.csv"$/);
    const text = await csv.text();
    expect(text.split("\n").filter((line) => line.startsWith("gen_"))).toHaveLength(1);
    // A spreadsheet that opens it runs nothing.
    expect(text).toContain(`"'=HYPERLINK(`);
    expect((await auditOf(viewer)).map(({ after, actorId }) => [after, actorId])).toEqual([
      [{ format: "ndjson" }, viewer.userId],
      [{ format: "csv", outcome: "failed" }, viewer.userId],
    ]);
  });

  it("goes beyond one portion without losing or repeating a line", async () => {
    const many = await site.person();
    await site.database.db.insert(requestLog).values(Array.from({ length: 2_101 }, () => rowOf(many)));
    const text = await (await take({ format: "ndjson" }, many.headers)).text();
    const ids = text
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { id: string }).id);
    expect(ids).toHaveLength(2_101);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
  });

  it("is refused to pages of others, to nobody, and for what is no filter; then nothing is noted", async () => {
    const lonely = await site.person();
    const foreign = new Headers(lonely.headers);
    foreign.set("origin", "https://evil.example");
    expect((await take({ format: "csv" }, foreign)).status).toBe(403);
    foreign.delete("origin");
    expect((await take({ format: "csv" }, foreign)).status).toBe(403);
    expect((await take({ format: "csv" }, new Headers({ origin: "http://site.example" }))).status).toBe(401);
    for (const body of [
      {},
      null,
      { format: "xlsx" },
      { format: "csv", organizationId: "org_x" },
      { format: "csv", from: "x" },
    ])
      expect((await take(body, lonely.headers)).status).toBe(400);
    expect(await auditOf(lonely)).toEqual([]);
  });
});

// Harm prevented: money spent by somebody who may not, or by a page of somebody else in their name.
describe("the playground's door", () => {
  const callAs = vi.fn(async () => new Response("{}", { headers: { "access-control-allow-origin": "*" } }));
  const play = (headers: Headers) =>
    answerPlayground(
      site.services,
      callAs,
      new Request(at("/api/playground/chat/completions"), { method: "POST", headers, body: "{}" }),
      () => {},
    );

  it("opens to roles that may spend, and only from our own pages", async () => {
    const foreign = new Headers(owner.headers);
    foreign.set("origin", "https://evil.example");
    expect((await play(foreign)).status).toBe(403);
    expect((await play(new Headers({ origin: "http://site.example" }))).status).toBe(401);
    for (const role of ["viewer", "billing"] as const) {
      const person = await site.person({ role, organizationId: owner.organizationId });
      expect((await play(person.headers)).status).toBe(403);
    }
    expect(callAs).not.toHaveBeenCalled();
    const developer = await site.person({ role: "developer", organizationId: owner.organizationId });
    const answer = await play(developer.headers);
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
    expect(answer.headers.get("cache-control")).toContain("no-transform");
    expect(callAs).toHaveBeenCalledTimes(1);
  });

  it("makes one key for each person, which no secret opens and nothing rotates", async () => {
    const person = await site.person();
    await Promise.all([play(person.headers), play(person.headers), play(person.headers)]);
    const keys = await site.database.db
      .select()
      .from(apiKey)
      .where(eq(apiKey.organizationId, person.organizationId));
    expect(keys).toMatchObject([{ name: "Playground", purpose: "playground" }]);
    const keyId = keys[0]?.id;
    expect(keys[0]?.secretHash).not.toMatch(/^[0-9a-f]{64}$/);
    const rotated = await site.call("keys.rotate", { keyId, overlapMinutes: 5 }, person.headers);
    expect(rotated.code).toBe("conflict");
  });
});

// Harm prevented: somebody who was let go and goes on spending through the page they had open.
it("a playground stops with its member, also when the member's keys go on under a service account", async () => {
  const team = await site.person();
  const leaver = await site.person({ role: "developer", organizationId: team.organizationId });
  await site.call("keys.create", { name: "Program" }, leaver.headers);
  const callAs = async () => new Response("{}");
  const play = () =>
    answerPlayground(
      site.services,
      callAs,
      new Request(at("/api/playground/chat/completions"), {
        method: "POST",
        headers: leaver.headers,
        body: "{}",
      }),
      () => {},
    );
  expect((await play()).status).toBe(200);
  const made = await site.call("organization.createServiceAccount", { name: "Jobs" }, team.headers);
  const { data } = await site.call("members.list", undefined, team.headers);
  const { members } = data as { members: { id: string; userId: string }[] };
  const memberId = members.find(({ userId }) => userId === leaver.userId)?.id;
  const keysToServiceAccountId = (made.data as { id: string }).id;
  const removed = await site.call("members.remove", { memberId, keysToServiceAccountId }, team.headers);
  expect(removed.code).toBe("ok");
  const keys = await site.call("keys.list", undefined, team.headers);
  expect(
    (keys.data as { name: string; status: string }[]).map(({ name, status }) => [name, status]).sort(),
  ).toEqual([
    ["Playground", "revoked"],
    ["Program", "active"],
  ]);
  expect((await play()).status).toBe(401);
});

describe("the audit trail as a file", () => {
  it("is for those who may read the trail", async () => {
    const get = (headers: Headers) =>
      answerAuditDownload(site.services, new Request(at("/api/downloads/audit?format=ndjson"), { headers }));
    const developer = await site.person({ role: "developer", organizationId: owner.organizationId });
    expect((await get(developer.headers)).status).toBe(403);
    const text = await (await get(owner.headers)).text();
    expect(text).toContain("requests.exported");
    expect(text).not.toContain(stranger.organizationId);
  });
});

// Harm prevented: a sheet of what a stranger used, or one that runs a formula.
describe("usage as a file", () => {
  const get = (query: string, headers: Headers) =>
    answerUsageDownload(site.services, new Request(at(`/api/downloads/usage?${query}`), { headers }));

  it("has a line per day and group, of the own organization", async () => {
    const day = new Date().toISOString().slice(0, 10);
    const person = await site.person();
    await logOf(person, { providerSlug: "=cmd", modelSlug: "own/model" });
    await logOf(stranger, { modelSlug: "their/model" });
    const answer = await get(`from=${day}&to=${day}&by=provider`, person.headers);
    expect(answer.headers.get("content-disposition")).toContain(`usage-provider-${day}-${day}.csv`);
    const [head, line, ...more] = (await answer.text()).trim().split("\n");
    expect(head).toMatch(/^day_utc,group,name,requests/);
    expect(line).toMatch(new RegExp(`^${day},'=cmd,'=cmd,1,0,`));
    expect(more).toEqual([]);
    const theirs = await get(`from=${day}&to=${day}&by=model&model=their%2Fmodel`, person.headers);
    expect((await theirs.text()).trim().split("\n")).toHaveLength(1);
  });

  it("is refused without a session, and for what is no query", async () => {
    expect((await get("from=2026-01-01&to=2026-01-02&by=model", new Headers())).status).toBe(401);
    for (const query of [
      "",
      "from=x&to=y&by=model",
      "from=2026-01-01&to=2026-01-02&by=secret",
      "from=2020-01-01&to=2026-01-02&by=model",
    ])
      expect((await get(query, owner.headers)).status, query).toBe(400);
  });
});

// Harm prevented: money put into, or a key made in, the organization of another tab than the one that was clicked in.
describe("a tab that shows another organization than its session acts for", () => {
  it("changes nothing, reads nothing and spends nothing until it is reloaded", async () => {
    const person = await site.person();
    const first = person.organizationId;
    const made = await site.call("organization.create", { name: "Analytical Engines" }, person.headers);
    expect(made.code).toBe("ok");
    const stale = new Headers(person.headers);
    stale.set("x-deeptoken-org", first);
    const refused = await site.call("keys.create", { name: "Program" }, stale);
    expect(refused).toMatchObject({ code: "conflict", metadata: { reason: "organization_switched" } });
    expect(refused.message).toContain("Analytical Engines");
    const order = { pack: "starter", attemptKey: "0123456789abcdef0123456789abcdef" };
    expect((await site.call("billing.createOrder", order, stale)).code).toBe("conflict");
    expect((await site.call("keys.list", undefined, stale)).code).toBe("conflict");
    const callAs = vi.fn(async () => new Response("{}"));
    const post = { method: "POST", headers: stale, body: "{}" };
    const play = new Request(at("/api/playground/chat/completions"), post);
    expect((await answerPlayground(site.services, callAs, play, () => {})).status).toBe(409);
    expect(callAs).not.toHaveBeenCalled();
    const wish = new Request(at("/api/downloads/requests"), { ...post, body: '{"format":"csv"}' });
    expect((await answerRequestsDownload(site.services, wish)).status).toBe(409);
    const link = (door: typeof answerAuditDownload, path: string) =>
      door(site.services, new Request(at(path), { headers: person.headers })).then(({ status }) => status);
    expect(await link(answerAuditDownload, `/api/downloads/audit?format=csv&organization=${first}`)).toBe(
      409,
    );
    const span = "/api/downloads/usage?from=2026-11-01&to=2026-11-02&by=model&organization=";
    expect(await link(answerUsageDownload, span + first)).toBe(409);
    // The way back is open, and the tab acts again for what it shows.
    expect((await site.call("organization.switch", { organization: first }, stale)).code).toBe("ok");
    expect((await site.call("keys.create", { name: "Program" }, stale)).code).toBe("ok");
    expect(await link(answerUsageDownload, span + first)).toBe(200);
  });
});
