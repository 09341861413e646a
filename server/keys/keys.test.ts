// Harm prevented: a key that works after it was revoked, belongs to someone else, or can be read again.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { apiKey } from "@/db/schema";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import {
  createKey,
  createKeyFinder,
  defaultProjectId,
  findKeyContext,
  hashSecret,
  listKeys,
  parseSecret,
  readKeyState,
  revokeKey,
} from ".";
import { createOwnerFixture, type OwnerFixture } from "./fixtures";

let database: TestDatabase;
let mine: OwnerFixture;
let other: OwnerFixture;
const clock = manualClock();

beforeAll(async () => {
  database = await testDatabase();
  mine = await createOwnerFixture(database.db);
  other = await createOwnerFixture(database.db);
});
afterAll(() => database.close());

describe("API keys", () => {
  it("keep the hash, never the secret", async () => {
    const { key, secret } = await createKey(database.db, { ...mine, name: "  laptop  " });
    expect(key).toMatchObject({ name: "laptop", status: "active", memberId: mine.memberId });
    expect(parseSecret(secret)).toEqual({ keyId: key.id });
    const rows = await database.pool.query("SELECT api_key::text AS row FROM api_key");
    expect(rows.rows.some(({ row }: { row: string }) => row.includes(secret.slice(31, 74)))).toBe(false);
    expect(await findKeyContext(database.db, key.id)).toEqual({
      keyId: key.id,
      previousSecretHash: null,
      previousValidUntil: null,
      organizationId: mine.organizationId,
      projectId: mine.projectId,
      memberId: mine.memberId,
      secretHash: hashSecret(secret),
    });
    expect(key.secretTail).toBe(secret.slice(-4));
  });

  it("refuse names that are empty, too long or carry control characters, and keep hostile text as text", async () => {
    for (const name of [
      "",
      "   ",
      "x".repeat(81),
      "a\u0000b",
      "a\nb",
      "a\u001b[31m",
      "a\u202eb",
      "a\ud800",
    ]) {
      await expect(createKey(database.db, { ...mine, name })).rejects.toMatchObject({
        code: "invalid_request",
        param: "name",
      });
    }
    for (const name of [
      "x".repeat(80),
      "🔑".repeat(80),
      "'; DROP TABLE api_key; --",
      "<img src=x onerror=alert(1)>",
    ]) {
      expect((await createKey(database.db, { ...mine, name })).key.name).toBe(name);
    }
  });

  it("belong only to a project and a member of their own organization", async () => {
    await expect(
      createKey(database.db, { ...mine, projectId: other.projectId, name: "x" }),
    ).rejects.toMatchObject({ code: "not_found" });
    await expect(
      createKey(database.db, { ...mine, memberId: other.memberId, name: "x" }),
    ).rejects.toMatchObject({ code: "not_found" });
  });

  it("cannot be born expired, and expire by the database's clock", async () => {
    await expect(
      database.db.transaction((tx) => createKey(tx, { ...mine, name: "old", expiresAt: new Date(1) })),
    ).rejects.toMatchObject({ code: "invalid_request", param: "expiresAt" });
    const { key } = await createKey(database.db, {
      ...mine,
      name: "brief",
      expiresAt: new Date(Date.now() + 400),
    });
    expect((await readKeyState(database.db, key.id))?.status).toBe("active");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await readKeyState(database.db, key.id))?.status).toBe("expired");
  });

  it("are revoked once and for good, by their own organization only", async () => {
    const { key } = await createKey(database.db, { ...mine, name: "gone" });
    const stranger = revokeKey(database.db, { organizationId: other.organizationId, keyId: key.id }, clock);
    const nothing = revokeKey(database.db, { organizationId: other.organizationId, keyId: "key_x" }, clock);
    await expect(stranger).rejects.toMatchObject({ code: "not_found" });
    const [first, second] = await Promise.allSettled([stranger, nothing]);
    expect(first).toMatchObject({ reason: { message: (second as PromiseRejectedResult).reason.message } });
    expect((await readKeyState(database.db, key.id))?.status).toBe("active");

    const revoked = await revokeKey(database.db, { ...mine, keyId: key.id }, clock);
    expect(revoked).toMatchObject({ status: "revoked", revokedAt: new Date(clock.nowMs()) });
    clock.advance(1_000);
    expect(await revokeKey(database.db, { ...mine, keyId: key.id }, clock)).toEqual(revoked);
  });

  it("are listed live ones first, and never to another organization", async () => {
    const owner = await createOwnerFixture(database.db);
    const made = [];
    for (const name of ["a", "b", "c"]) made.push((await createKey(database.db, { ...owner, name })).key);
    await revokeKey(database.db, { ...owner, keyId: made[2]?.id ?? "" }, clock);
    expect((await listKeys(database.db, owner.organizationId)).map((key) => key.name)).toEqual([
      "b",
      "a",
      "c",
    ]);
    expect(await listKeys(database.db, other.organizationId)).toEqual([]);
  });

  it("are bounded in number", async () => {
    const owner = await createOwnerFixture(database.db);
    await database.db.insert(apiKey).values(
      Array.from({ length: 500 }, (_, index) => ({
        id: `key_bulk${index}`,
        organizationId: owner.organizationId,
        projectId: owner.projectId,
        name: "bulk",
        secretHash: `bulk${index}`,
        secretTail: "bulk",
      })),
    );
    await expect(createKey(database.db, { ...owner, name: "one more" })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("the key finder", () => {
  it("asks once for a known key, and again for an unknown one", async () => {
    const { key, secret } = await createKey(database.db, { ...mine, name: "cached" });
    const hash = hashSecret(secret);
    let queries = 0;
    const counted = new Proxy(database.db, {
      get(target, property) {
        if (property === "select") queries += 1;
        return Reflect.get(target, property, target);
      },
    });
    const find = createKeyFinder(counted);
    const found = await Promise.all(Array.from({ length: 20 }, () => find(key.id, hash)));
    expect(found.every((context) => context?.keyId === key.id)).toBe(true);
    await find(key.id, hash);
    expect(queries).toBe(1);
    expect(await find("key_00000000000000000000000000", hash)).toBeNull();
    expect(await find("key_00000000000000000000000000", hash)).toBeNull();
    expect(queries).toBe(3);
  });
});

describe("the default project", () => {
  it("is found for its own organization only", async () => {
    expect(await defaultProjectId(database.db, mine.organizationId)).toBe(mine.projectId);
    await expect(defaultProjectId(database.db, "org_none")).rejects.toMatchObject({ code: "not_found" });
  });
});
