import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { requestLog } from "@/db/schema";
import { quoteCommitment } from "@/server/billing";
import { createKey } from "@/server/keys";
import { isAllowed, ROLES, type Role } from "@/server/organizations";
import { newId } from "@/server/platform/ids";
import { ACCESS, BUDGET_TERMS, ID_KIND, type Thing } from "./access.fixtures";
import { type Person, type TrpcFixture, trpcFixture } from "./fixtures";
import { appRouter } from "./root";

/**
 * Harm: a procedure that somebody may call who must not, or that shows one customer what belongs to another.
 *
 * Who may call what, for every procedure there is. `names` gives the input field that names a thing of the organization.
 * A procedure without a line here fails the build.
 */
/** Ids that belong to nobody in particular. */
const PUBLIC_IDS = ["mailbox.read"];

const procedures = appRouter._def.procedures as unknown as Record<
  string,
  { _def: { type: "query" | "mutation"; inputs: readonly unknown[] } }
>;
const paths = Object.keys(procedures).sort();
const isMutation = (path: string) => procedures[path]?._def.type === "mutation";

/** Foreign, sibling, sandboxed, and none at all. */
const ORIGINS = [
  "http://evil.example",
  "http://site.example.evil.example",
  "https://site.example",
  "null",
  null,
];

/** Every procedure that names a thing of an organization, as every role, with the thing of another organization. */
const NAMING = paths
  .filter((path) => ACCESS[path]?.names)
  .flatMap((path) => ROLES.map((role) => [path, role] as const));

let site: TrpcFixture;
let owner: Person;
let stranger: Person;
/** Of the platform, with a second factor; a plain member of an organization of their own. */
let operator: Person;
const members = new Map<Role, Person>();
const foreign = { request: newId("generation") } as Record<Thing, string>;

beforeAll(async () => {
  site = await trpcFixture();
  owner = await site.person();
  stranger = await site.person();
  operator = await site.person();
  await makeOperator(operator, true);
  members.set("owner", owner);
  for (const role of ROLES.filter((name) => name !== "owner"))
    members.set(role, await site.person({ role, organizationId: owner.organizationId }));
  foreign.key = await keyOf(stranger);
  const order = await site.call(
    "billing.createOrder",
    { pack: "starter", attemptKey: "a".repeat(32) },
    stranger.headers,
  );
  foreign.order = (order.data as { id: string }).id;
  foreign.commitment = await quoteFor(stranger);
  await logRequestOf(stranger, foreign.request);
  const made = async (path: string, input: unknown) =>
    ((await site.call(path, input, stranger.headers)).data as { id: string }).id;
  foreign.invitation = await made("members.invite", { email: "guest@example.com", role: "viewer" });
  foreign.budget = await made("budgets.create", { scope: "organization", scopeId: null, ...BUDGET_TERMS });
  foreign.project = await made("organization.createProject", { name: "Theirs" });
  foreign.serviceAccount = await made("organization.createServiceAccount", { name: "Theirs" });
  const did = async (path: string, input: unknown) =>
    (await site.call(path, input, stranger.headers)).data as Record<string, unknown>;
  const scopes = ["keys:read"];
  const { key } = await did("managementKeys.create", { name: "Theirs", scopes });
  foreign.managementKey = (key as { id: string }).id;
  const terms = { url: "https://example.com/", description: "", eventTypes: [] };
  foreign.webhookEndpoint = ((await did("webhooks.create", terms)).endpoint as { id: string }).id;
  const test = { endpointId: foreign.webhookEndpoint, type: "key.created" };
  foreign.webhookDelivery = (await did("webhooks.sendTest", test)).deliveryId as string;
  const question = { topic: "api", subject: "Theirs", body: "A question of the stranger." };
  foreign.ticket = await made("support.open", question);
  const { data } = await site.call("members.list", undefined, stranger.headers);
  foreign.member = (data as { selfId: string }).selfId;
});
afterAll(async () => {
  process.stdout.write(
    `authority: ${paths.length} procedures, ${paths.length * ROLES.length} calls by role, ${NAMING.length} with a thing of a foreign organization\n`,
  );
  await site.database.close();
});

describe("every procedure", () => {
  it("has a line in the table", () => {
    expect(Object.keys(ACCESS).sort()).toEqual(paths);
  });

  it.each(paths)("%s: no session", async (path) => {
    const { code } = await site.call(path, undefined, new Headers({ origin: site.services.appUrl }));
    if (ACCESS[path]?.may === "everybody") expect(code).not.toBe("unauthenticated");
    else expect(code).toBe("unauthenticated");
  });

  it.each(paths.flatMap((path) => ROLES.map((role) => [path, role] as const)))(
    "%s: %s",
    async (path, role) => {
      const may = ACCESS[path]?.may;
      const { code } = await site.call(path, undefined, members.get(role)?.headers ?? new Headers());
      if (may === "operator") return expect(code).toBe("permission_denied");
      const isExpected =
        may === "everybody" || may === "signed-in" || (may !== undefined && isAllowed(role, may));
      if (isExpected) expect(["unauthenticated", "permission_denied"]).not.toContain(code);
      else expect(code).toBe("permission_denied");
    },
  );

  it.each(paths.filter(isMutation).flatMap((path) => ORIGINS.map((origin) => [path, origin] as const)))(
    "%s: from a page at %s",
    async (path, origin) => {
      const headers = new Headers(owner.headers);
      if (origin === null) headers.delete("origin");
      else headers.set("origin", origin);
      expect((await site.call(path, undefined, headers)).code).toBe("permission_denied");
    },
  );

  it.each(paths.filter((path) => fieldsOf(path).length > 0))(
    "%s: fields that it does not have",
    async (path) => {
      const extra = { organizationId: stranger.organizationId, role: "owner", balance: 1n, isOperator: true };
      const caller = ACCESS[path]?.may === "operator" ? operator : owner;
      const { code, metadata } = await site.call(path, extra, caller.headers);
      expect(code).toBe("invalid_request");
      const named = (metadata.fields as { path: string }[]).map((field) => field.path).join();
      const own = fieldsOf(path);
      for (const field of Object.keys(extra).filter((name) => !own.includes(name)))
        expect(named).toContain(field);
    },
  );

  it("names a thing of an organization only where the table says so", () => {
    const naming = paths.filter(
      (path) =>
        !PUBLIC_IDS.includes(path) &&
        ACCESS[path]?.may !== "operator" &&
        fieldsOf(path).some((field) => /^id$|Id$|^cursor$/.test(field)),
    );
    expect(naming).toEqual(paths.filter((path) => ACCESS[path]?.names));
  });

  it.each(NAMING)("%s, %s: a thing of somebody else", async (path, role) => {
    const { names, isFilter, may } = ACCESS[path] ?? {};
    if (!names) return;
    const headers = members.get(role)?.headers ?? new Headers();
    const ask = (id: string) => site.call(path, { ...names.beside, [names.field]: id }, headers);
    const theirs = await ask(foreign[names.thing]);
    const nobodys = await ask(newId(ID_KIND[names.thing]));
    // The same answer for "not yours" and "not there": whether it exists is nobody's business.
    expect(theirs).toEqual(nobodys);
    const isOpen = may === undefined || may === "everybody" || may === "signed-in";
    const isKeptOut = may === "operator" || !(isOpen || isAllowed(role, may));
    if (isKeptOut) expect(theirs.code).toBe("permission_denied");
    else if (!isFilter) expect(theirs.code).toBe("not_found");
    expect(JSON.stringify(theirs.data, bigintAsText) ?? "").not.toContain(foreign[names.thing]);
  });
});

describe("the operator console", () => {
  const ofOperators = paths.filter((path) => ACCESS[path]?.may === "operator");

  it.each(ofOperators)("%s: an operator without a second factor", async (path) => {
    const careless = await site.person();
    await makeOperator(careless, false);
    expect(await site.call(path, undefined, careless.headers)).toMatchObject({
      code: "permission_denied",
      metadata: { reason: "two_factor_required" },
    });
  });

  it.each(ofOperators)("%s: an operator", async (path) => {
    const { code } = await site.call(path, undefined, operator.headers);
    expect(["unauthenticated", "permission_denied"]).not.toContain(code);
  });

  it("ends with the role, at the next call", async () => {
    const former = await site.person();
    await makeOperator(former, true);
    expect((await site.call("operator.checks.jobs", undefined, former.headers)).code).toBe("ok");
    await site.database.pool.query('UPDATE "user" SET is_operator = false WHERE id = $1', [former.userId]);
    expect((await site.call("operator.checks.jobs", undefined, former.headers)).code).toBe(
      "permission_denied",
    );
  });
});

it("left the stranger's things as they were", async () => {
  const keys = await site.call("keys.list", undefined, stranger.headers);
  expect(keys.data).toMatchObject([{ id: foreign.key, status: "active" }]);
  const order = await site.call("billing.order", { orderId: foreign.order }, stranger.headers);
  expect(order).toMatchObject({ code: "ok", data: { status: "created" } });
  expect((await site.call("requests.get", { id: foreign.request }, stranger.headers)).code).toBe("ok");
});

it("forgets a removed member at the next call", async () => {
  const viewer = await site.person({ role: "viewer", organizationId: owner.organizationId });
  expect((await site.call("keys.list", undefined, viewer.headers)).code).toBe("ok");
  await site.database.pool.query("UPDATE member SET role = 'billing' WHERE user_id = $1", [viewer.userId]);
  expect((await site.call("billing.summary", undefined, viewer.headers)).code).toBe("ok");
  await site.database.pool.query("DELETE FROM member WHERE user_id = $1", [viewer.userId]);
  expect((await site.call("keys.list", undefined, viewer.headers)).code).toBe("unauthenticated");
});

/** Names of the input's fields, read from its schema. */
function fieldsOf(path: string): string[] {
  interface Schema {
    readonly _zod: { readonly def: { readonly shape?: object; readonly innerType?: Schema } };
  }
  const shapeOf = (schema: Schema): object =>
    schema._zod.def.shape ?? (schema._zod.def.innerType ? shapeOf(schema._zod.def.innerType) : {});
  return (procedures[path]?._def.inputs ?? []).flatMap((schema) => Object.keys(shapeOf(schema as Schema)));
}

async function quoteFor({ organizationId }: Person): Promise<string> {
  const { id } = await quoteCommitment(site.database.db, site.services.clock, {
    organizationId,
    yearlyNanoUsd: 12_000_000_000_000n,
    discountBasisPoints: 0,
    schedule: "annual",
    slaTier: "standard",
    validDays: 30,
    note: null,
    by: { kind: "operator", id: null, label: "Operator", ip: null },
  });
  return id;
}

async function makeOperator({ userId }: Person, hasTwoFactor: boolean): Promise<void> {
  await site.database.pool.query('UPDATE "user" SET is_operator = true, has_two_factor = $2 WHERE id = $1', [
    userId,
    hasTwoFactor,
  ]);
}

async function keyOf({ organizationId }: Person): Promise<string> {
  const { db, pool } = site.database;
  const { rows } = await pool.query("SELECT id FROM project WHERE organization_id = $1", [organizationId]);
  const { key } = await createKey(db, {
    organizationId,
    projectId: rows[0].id,
    memberId: null,
    name: "Theirs",
  });
  return key.id;
}

async function logRequestOf({ organizationId }: Person, id: string): Promise<void> {
  await site.database.db.insert(requestLog).values({
    id,
    organizationId,
    projectId: "prj_x",
    keyId: foreign.key,
    requestId: newId("request"),
    api: "chat_completions",
    requestedModel: "m",
    modelSlug: "m",
    outcome: "failed",
    httpStatus: 502,
    streamed: false,
    cost: 0n,
    inputTokens: 0,
    outputTokens: 0,
    attempts: [],
    createdAt: new Date(site.services.clock.nowMs()),
  });
}

function bigintAsText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
