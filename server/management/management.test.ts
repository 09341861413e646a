// Harm prevented: a key that manages what it may not, reads what belongs to another organization, calls models, or makes
// the same thing twice; a secret that can be read a second time by somebody else.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestDatabase } from "@/server/dev/test-database";
import { createKey, createManagementKey, MANAGEMENT_SCOPES } from "@/server/keys";
import { createOwnerFixture, type OwnerFixture } from "@/server/keys/fixtures";
import { newId } from "@/server/platform/ids";
import { BY, type ManagementFixture, managementFixture } from "./fixtures";
import { openApiDocument } from "./openapi";
import type { Route } from "./route";
import { ROUTES } from "./routes";

let site: ManagementFixture;
let database: TestDatabase;
let clock: ManagementFixture["clock"];
let mine: OwnerFixture & { secret: string };
let theirs: OwnerFixture & { secret: string };
const call: ManagementFixture["call"] = (...asked) => site.call(...asked);
const keyOf: ManagementFixture["keyOf"] = (...named) => site.keyOf(...named);
/** Ids of the other organization, by the name that routes give them. */
const foreign: Record<string, string> = {};
/** What a route's id looks like when it names nothing. */
const nobodys: Record<string, string> = {
  key_id: newId("apiKey"),
  project_id: newId("project"),
  member_id: newId("member"),
  invitation_id: newId("invitation"),
  budget_id: newId("budget"),
  order_id: newId("order"),
  commitment_id: newId("commitment"),
  payout_id: newId("payout"),
  endpoint_id: newId("webhookEndpoint"),
  delivery_id: newId("webhookDelivery"),
};

beforeAll(async () => {
  site = await managementFixture();
  ({ database, clock } = site);
  const make = async () => {
    const owner = await createOwnerFixture(database.db);
    return { ...owner, secret: await keyOf(owner, MANAGEMENT_SCOPES) };
  };
  mine = await make();
  theirs = await make();
  const made = async (path: string, body: object) => (await call(theirs.secret, "POST", path, body)).body.id;
  foreign.key_id = await made("/organization/keys", { name: "Theirs" });
  foreign.project_id = await made("/organization/projects", { name: "Theirs" });
  foreign.member_id = theirs.memberId;
  foreign.invitation_id = await made("/organization/invitations", { email: "b@example.com", role: "viewer" });
  foreign.budget_id = await made("/organization/budgets", exampleOf("/organization/budgets"));
  foreign.endpoint_id = await made("/organization/webhooks", { url: "https://example.com/theirs" });
  const test = `/organization/webhooks/${foreign.endpoint_id}/test`;
  foreign.delivery_id = (await call(theirs.secret, "POST", test, { type: "key.created" })).body.delivery_id;
  foreign.order_id = newId("order");
  await database.pool.query(
    `INSERT INTO "order" (id, organization_id, pack, amount_nano_usd, status, payment_method, attempt_key, created_by_user_id)
     VALUES ($1, $2, 'starter', 10000000000, 'created', 'sandbox', 'a', $3)`,
    [foreign.order_id, theirs.organizationId, theirs.userId],
  );
  foreign.commitment_id = (await site.quoteFor(theirs)).id;
  foreign.payout_id = newId("payout");
  await site.makePartner(theirs);
  await database.pool.query(
    `INSERT INTO payout (id, organization_id, amount_nano_usd, status, requested_by_user_id)
     VALUES ($1, $2, 60000000000, 'failed', $3)`,
    [foreign.payout_id, theirs.organizationId, theirs.userId],
  );
});
afterAll(() => database.close());

function exampleOf(path: string): object {
  return ROUTES.find((route) => route.path === path && route.method === "POST")?.example ?? {};
}

const nameOf = (route: Route) => `${route.method} ${route.path}`;
const fill = (route: Route, ids: Record<string, string>) =>
  route.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? "") +
  (route.path.endsWith("/usage") ? "?from=2026-11-01&to=2026-11-25" : "");
const ask = (route: Route, secret: string | null, ids = nobodys, headers = {}) =>
  call(secret, route.method, fill(route, ids), route.example, headers);

describe.each(ROUTES.map((route) => [nameOf(route), route] as const))("%s", (_, route) => {
  it("answers nobody without a key, nor one that calls models, nor one that is revoked or made up", async () => {
    const { db, pool } = database;
    const inference = await createKey(db, { ...mine, memberId: null, name: "inference" });
    const revoked = await keyOf(await createOwnerFixture(db), MANAGEMENT_SCOPES);
    await pool.query("UPDATE management_key SET revoked_at = now() WHERE secret_tail = $1", [
      revoked.slice(-4),
    ]);
    for (const secret of [null, inference.secret, revoked, `${mine.secret.slice(0, -1)}!`, "x"]) {
      const { status, body } = await ask(route, secret);
      expect([status, body.error.code]).toEqual([401, "invalid_api_key"]);
    }
  });

  it("takes its own scope and no other", async () => {
    const owner = await createOwnerFixture(database.db);
    const others = await keyOf(
      owner,
      MANAGEMENT_SCOPES.filter((scope) => scope !== route.scope),
    );
    const { status, body } = await ask(route, others);
    expect([status, body.error.code]).toEqual([403, "permission_denied"]);
    expect(body.error.message).toContain(route.scope);
    expect((await ask(route, await keyOf(owner, [route.scope]))).status).not.toBe(403);
  });

  it("says nothing of another organization", async () => {
    const { status, body } = await ask(route, mine.secret, foreign);
    expect(JSON.stringify(body).replaceAll(fill(route, foreign), "")).not.toContain("Theirs");
    if (!route.path.includes("{")) {
      for (const id of Object.values(foreign)) expect(JSON.stringify(body)).not.toContain(id);
      return;
    }
    const none = await ask(route, mine.secret, nobodys);
    expect([status, body.error.code]).toEqual([404, "not_found"]);
    expect(body.error.message).toBe(none.body.error.message);
  });

  it("refuses fields and parameters that it does not have", async () => {
    const path = fill(route, nobodys);
    const strange = `${path}${path.includes("?") ? "&" : "?"}organization_id=${theirs.organizationId}`;
    expect((await call(mine.secret, route.method, strange, route.example)).body.error).toMatchObject({
      code: "invalid_request",
      param: "organization_id",
    });
    if (!route.body) return;
    const body = { ...route.example, organization_id: theirs.organizationId };
    expect((await call(mine.secret, route.method, path, body)).body.error).toMatchObject({
      code: "invalid_request",
      param: "organization_id",
    });
    expect((await call(mine.secret, route.method, path, "{")).body.error.code).toBe("invalid_json");
  });
});

describe("the API", () => {
  it("makes, reads, changes and ends a key, and names the management key in the trail", async () => {
    const made = await call(mine.secret, "POST", "/organization/keys", { name: "One" });
    expect(made.status).toBe(201);
    expect(made.body.secret).toMatch(/^dtk_/);
    const path = `/organization/keys/${made.body.id}`;
    expect((await call(mine.secret, "PATCH", path, { name: "Two" })).body.name).toBe("Two");
    const terms = {
      expires_at: "2027-01-01T00:00:00.000Z",
      policy: {
        allowed_models: ["openai/*"],
        timeouts: { "*": { total_ms: 5_000 } },
        ip_allowlist: ["192.0.2.0/24"],
      },
      rate_limits: { requests_per_minute: 60, tokens_per_minute: null, max_concurrent: 2 },
    };
    expect((await call(mine.secret, "PATCH", path, terms)).body).toMatchObject({
      name: "Two",
      expires_at: terms.expires_at,
    });
    const { rows: kept } = await database.pool.query("SELECT * FROM api_key WHERE id = $1", [
      path.split("/").at(-1),
    ]);
    expect(kept[0]).toMatchObject({ requests_per_minute: 60, tokens_per_minute: null, max_concurrent: 2 });
    expect(kept[0].policy).toMatchObject({
      ipAllowlist: ["192.0.2.0/24"],
      routing: { allowedModels: ["openai/*"], timeouts: { "*": { totalMs: 5_000 } }, allowFallbacks: true },
    });
    for (const wrong of [
      { expires_at: "2020-01-01T00:00:00.000Z" },
      { policy: { allowedModels: [] } },
      { policy: { ip_allowlist: ["nonsense"] } },
      { rate_limits: { requests_per_minute: 0, tokens_per_minute: null, max_concurrent: null } },
    ])
      expect((await call(mine.secret, "PATCH", path, wrong)).status).toBe(400);
    const { body } = await call(mine.secret, "GET", path);
    expect(body).toMatchObject({ name: "Two", status: "active", member_id: null });
    expect(JSON.stringify(body)).not.toContain(made.body.secret);
    expect((await call(mine.secret, "DELETE", path)).body.status).toBe("revoked");
    const { rows } = await database.pool.query(
      "SELECT actor_kind, action, ip FROM audit_event WHERE target_id = $1 ORDER BY sequence",
      [made.body.id],
    );
    // The trail says from where, as it does of people.
    expect(new Set(rows.map(({ ip }) => ip))).toEqual(new Set(["192.0.2.7"]));
    expect(rows.map(({ actor_kind, action }) => `${actor_kind} ${action}`)).toEqual([
      "key key.created",
      "key key.updated",
      "key key.updated",
      "key rate_limit.changed",
      "key key.revoked",
    ]);
  });

  it("does a write once per Idempotency-Key, ten at once, and says the same again", async () => {
    const headers = { "idempotency-key": "abc" };
    const write = () => call(mine.secret, "POST", "/organization/keys", { name: "Once" }, headers);
    const all = await Promise.all(Array.from({ length: 10 }, write));
    const again = await write();
    const done = [...all, again].filter(({ status }) => status === 201);
    expect(new Set(done.map(({ body }) => body.secret)).size).toBe(1);
    expect(all.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
    expect(again.headers.get("x-idempotent-replayed")).toBe("true");
    const { rows } = await database.pool.query("SELECT id FROM api_key WHERE name = 'Once'");
    expect(rows).toHaveLength(1);
    const other = await call(mine.secret, "POST", "/organization/keys", { name: "Else" }, headers);
    expect(other.body.error.code).toBe("idempotency_conflict");
    const kept = await database.pool.query("SELECT body FROM idempotent_answer WHERE body IS NOT NULL");
    for (const row of kept.rows) expect(row.body.toString()).not.toContain("dtk_");
  });

  it("gives an Idempotency-Key free when the write was refused", async () => {
    const headers = { "idempotency-key": "refused" };
    const wrong = await call(mine.secret, "POST", "/organization/keys", { name: " " }, headers);
    expect(wrong.status).toBe(400);
    const { rows } = await database.pool.query(
      "SELECT 1 FROM idempotent_answer WHERE idempotency_key = 'refused'",
    );
    expect(rows).toEqual([]);
  });

  it("pages through a list without a gap or a repeat", async () => {
    for (let at = 0; at < 5; at += 1)
      await call(mine.secret, "POST", "/organization/projects", { name: `P${at}` });
    const all = (await call(mine.secret, "GET", "/organization/projects")).body.data;
    const seen: string[] = [];
    let cursor: string | null = "";
    while (cursor !== null) {
      const query: string = cursor ? `?limit=2&cursor=${cursor}` : "?limit=2";
      const { body } = await call(mine.secret, "GET", `/organization/projects${query}`);
      seen.push(...body.data.map(({ id }: { id: string }) => id));
      cursor = body.next_cursor;
    }
    expect(seen).toEqual(all.map(({ id }: { id: string }) => id));
    const lost = await call(mine.secret, "GET", `/organization/projects?cursor=${newId("project")}`);
    expect(lost.body.error.param).toBe("cursor");
    expect((await call(mine.secret, "GET", "/organization/projects?limit=0")).status).toBe(400);
  });

  it("lets a key be an admin and no more: no owner is made, unmade or removed, not even its maker", async () => {
    const path = `/organization/members/${mine.memberId}`;
    expect((await call(mine.secret, "PATCH", path, { role: "viewer" })).status).toBe(403);
    expect((await call(mine.secret, "DELETE", path)).status).toBe(403);
    const invited = { email: "c@example.com", role: "owner" };
    expect((await call(mine.secret, "POST", "/organization/invitations", invited)).status).toBe(403);
    const before = site.mails.length;
    const fine = await call(mine.secret, "POST", "/organization/invitations", { ...invited, role: "admin" });
    expect(fine.status).toBe(201);
    expect(JSON.stringify(fine.body)).not.toContain("token");
    expect(site.mails.length).toBe(before + 1);
  });

  it("stops with its organization, and at the next request after its expiry", async () => {
    const owner = await createOwnerFixture(database.db);
    const expiresAt = new Date(clock.nowMs() + 1_000);
    const input = { ...owner, name: "short", scopes: MANAGEMENT_SCOPES, expiresAt };
    const { secret } = await createManagementKey(database.db, clock, BY, input);
    const read = () => call(secret, "GET", "/organization/keys");
    expect((await read()).status).toBe(200);
    await database.pool.query("UPDATE organization SET status = 'suspended' WHERE id = $1", [
      owner.organizationId,
    ]);
    expect((await read()).body.error.code).toBe("permission_denied");
    clock.advance(1_000);
    expect((await read()).body.error.code).toBe("invalid_api_key");
  });

  it("is refused while whoever made its key is suspended", async () => {
    const owner = await createOwnerFixture(database.db);
    const secret = await keyOf(owner, ["keys:read"]);
    const read = async () => (await call(secret, "GET", "/organization/keys")).status;
    const set = (at: string) =>
      database.pool.query(`UPDATE "user" SET suspended_at = ${at} WHERE id = $1`, [owner.userId]);
    expect(await read()).toBe(200);
    await set("now()");
    expect(await read()).toBe(403);
    await set("NULL");
    expect(await read()).toBe(200);
  });

  it("answers in its envelope what it does not have", async () => {
    const unknown = await call(mine.secret, "GET", "/organization/nothing");
    expect([unknown.status, unknown.body.error.code]).toEqual([404, "not_found"]);
    const method = await call(mine.secret, "DELETE", "/organization/keys");
    expect([method.status, method.headers.get("allow")]).toEqual([405, "GET, POST"]);
    expect(method.headers.get("x-request-id")).toMatch(/^req_/);
  });
});

it("is described by an OpenAPI document that names every route, scope and error code", () => {
  const document = JSON.parse(JSON.stringify(openApiDocument("https://api.example/v1")));
  expect(document.openapi).toBe("3.1.0");
  for (const route of ROUTES) {
    const operation = document.paths[route.path]?.[route.method.toLowerCase()];
    expect(operation, nameOf(route)).toMatchObject({ "x-scope": route.scope, summary: route.summary });
    if (route.body) {
      expect(operation.requestBody.content["application/json"].schema.properties).toBeTruthy();
      expect(route.body.safeParse(route.example).success, nameOf(route)).toBe(true);
    }
  }
  expect(document.paths["/chat/completions"].post.security).toEqual([{ inferenceKey: [] }]);
  expect(document.components.schemas.Error.properties.error.properties.code.enum).toContain(
    "budget_exceeded",
  );
  expect(document["x-error-codes"].length).toBeGreaterThan(20);
});
