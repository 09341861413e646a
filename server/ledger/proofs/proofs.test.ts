// Harm prevented: a past that was rewritten without anybody noticing, or a proof that accuses honest books.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { newId } from "@/server/platform/ids";
import { aFinish, anIntent, createMoneyFixture, type MoneyFixture } from "../fixtures";
import { checkBlocks, checkInvariants, createIntents, createSigner, rotateLease, sealBlocks } from "../index";
import { exportRecords } from "./export";
import { leafHash, merkleRoot } from "./merkle";
import { verifyExport } from "./verify-export";

const USD = 1_000_000_000n;
const signer = createSigner({ signingKey: undefined, authSecret: "a secret of the tests" });
let database: TestDatabase;

beforeAll(async () => {
  database = await testDatabase({ maxConnections: 20 });
});
afterAll(() => database.close());

async function withUsage(requests: number): Promise<MoneyFixture> {
  const fixture = await createMoneyFixture(database.db, USD);
  await use(fixture, requests);
  return fixture;
}

async function use(fixture: MoneyFixture, requests: number) {
  const rotation = await rotateLease(database.pool, fixture.organizationId, 10_000_000n);
  if (rotation.verdict !== "ok") throw new Error("no lease");
  const intents = createIntents(database.pool);
  for (let count = 0; count < requests; count += 1) {
    const intent = anIntent(fixture, 1_000_000n, { leaseId: rotation.leaseId });
    await intents.start(intent);
    await intents.finish(aFinish(fixture, intent.id, BigInt(count + 1)));
  }
}

async function exportOf(fixture: MoneyFixture, by = signer): Promise<Buffer> {
  const lines: string[] = [];
  for await (const line of exportRecords({ db: database.db, signer: by }, fixture.organizationId))
    lines.push(line);
  return Buffer.from(lines.join(""), "utf8");
}

async function* chunked(bytes: Uint8Array, size = 1_000): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

const verify = (bytes: Uint8Array) => verifyExport(chunked(bytes), { trustedKeys: [signer.publicJwk] });

async function blocksOf(fixture: MoneyFixture) {
  const { rows } = await database.pool.query<{ sequence: bigint; records: string[] }>(
    "SELECT sequence, records FROM block WHERE organization_id = $1 ORDER BY sequence",
    [fixture.organizationId],
  );
  return rows;
}

describe("the Merkle tree", () => {
  it("is the one of RFC 6962: known roots for one to three leaves, and a leaf never passes for a node", () => {
    // SHA-256 of a zero byte: the leaf hash of the empty text, as the RFC's own test vectors have it.
    expect(leafHash("")).toBe("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    const [a, b, c] = ["a", "b", "c"].map(leafHash) as [string, string, string];
    expect(merkleRoot([a])).toBe(a);
    expect(merkleRoot([a, b, c])).toBe(merkleRoot([merkleRoot([a, b]), c]));
    expect(merkleRoot([a, b, c])).not.toBe(merkleRoot([a, b, c, c]));
    expect(merkleRoot([a, b])).not.toBe(merkleRoot([b, a]));
    expect(() => merkleRoot([])).toThrow(RangeError);
  });
});

describe("sealing", () => {
  it("holds every record exactly once in one unbroken chain, with ten sealers at once while requests settle", async () => {
    const fixture = await createMoneyFixture(database.db, USD);
    const sealer = async () => {
      for (let turn = 0; turn < 10; turn += 1) await sealBlocks(database.db);
    };
    await Promise.all([use(fixture, 30), ...Array.from({ length: 10 }, sealer)]);
    await sealBlocks(database.db);
    const blocks = await blocksOf(fixture);
    expect(blocks.map(({ sequence }) => sequence)).toEqual(blocks.map((_, index) => BigInt(index + 1)));
    const sealed = blocks.flatMap(({ records }) => records);
    const { rows } = await database.pool.query<{ name: string }>(
      `SELECT 'usage_record:' || id AS name FROM usage_record WHERE organization_id = $1
       UNION ALL SELECT 'transfer:' || id FROM transfer WHERE organization_id = $1`,
      [fixture.organizationId],
    );
    expect(sealed.toSorted()).toEqual(rows.map(({ name }) => name).toSorted());
    expect(await checkBlocks(database.db)).toEqual([]);
    expect(await checkInvariants(database.pool)).toEqual([]);
  });

  it("leaves nothing half done when the sealer dies between its steps: the next one seals the same records", async () => {
    const fixture = await withUsage(3);
    const holder = await database.pool.connect();
    await holder.query("BEGIN");
    // The sealer has written its block and stands before the queue rows, which we hold.
    await holder.query("SELECT 1 FROM unsealed WHERE organization_id = $1 FOR UPDATE", [
      fixture.organizationId,
    ]);
    const sealing = sealBlocks(database.db, { organizationId: fixture.organizationId }).catch(
      (reason: unknown) => String(reason),
    );
    for (let ended = 0; ended === 0; ) {
      const { rowCount } = await database.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'DELETE FROM unsealed%'`,
      );
      ended = rowCount ?? 0;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(await sealing).toMatch(/terminat|Failed query/);
    await holder.query("COMMIT");
    holder.release();
    expect(await blocksOf(fixture)).toEqual([]);
    expect(await sealBlocks(database.db, { organizationId: fixture.organizationId })).toMatchObject({
      blocks: 1,
    });
    expect(await checkBlocks(database.db, { organizationId: fixture.organizationId })).toEqual([]);
  });

  it("cannot be taken back: blocks refuse UPDATE, DELETE and TRUNCATE", async () => {
    await withUsage(1);
    await sealBlocks(database.db);
    for (const statement of [
      "UPDATE block SET hash = ''",
      "DELETE FROM block",
      "TRUNCATE block",
      "TRUNCATE transfer CASCADE",
      "TRUNCATE usage_record",
    ]) {
      await expect(database.pool.query(statement)).rejects.toThrow("append-only");
    }
  });

  it("finds what was changed behind the triggers' back, and names the block", async () => {
    const own = await testDatabase();
    const fixture = await createMoneyFixture(own.db, USD);
    await sealBlocks(own.db);
    await own.pool.query("ALTER TABLE transfer DISABLE TRIGGER transfer_append_only");
    await own.pool.query("UPDATE transfer SET memo = 'another' WHERE organization_id = $1", [
      fixture.organizationId,
    ]);
    expect(await checkBlocks(own.db)).toMatchObject([{ invariant: "I12", subject: "block 1" }]);
    // The switched-off protection is a finding of its own.
    expect(await checkInvariants(own.pool)).toMatchObject([
      { invariant: "I12", subject: "transfer_append_only" },
    ]);
    await own.close();
  });
});

describe("an export", () => {
  it("verifies without a database, receipts included", async () => {
    const fixture = await withUsage(5);
    await sealBlocks(database.db);
    await use(fixture, 3);
    await sealBlocks(database.db);
    const check = await verify(await exportOf(fixture));
    expect(check.problems).toEqual([]);
    expect(check).toMatchObject({ organizationId: fixture.organizationId, blocks: 2, receipts: 8 });
    expect(check.keyIds).toContain(signer.keyId);
  });

  it("says where one changed byte is, for any byte of the file", async () => {
    const fixture = await withUsage(2);
    await sealBlocks(database.db);
    const bytes = await exportOf(fixture);
    let seed = 1;
    const random = (below: number) => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % below;
    };
    for (let turn = 0; turn < 400; turn += 1) {
      const place = random(bytes.length);
      const changed = Buffer.from(bytes);
      changed[place] = (changed[place] ?? 0) ^ (1 << random(8));
      const line = bytes.subarray(0, place).toString("latin1").split("\n").length;
      const { problems } = await verify(changed);
      expect(problems.map((problem) => problem.line)).toContain(line);
    }
  });

  it("names the record, block or receipt that does not hold", async () => {
    const fixture = await withUsage(2);
    await sealBlocks(database.db);
    const lines = (await exportOf(fixture)).toString("utf8").trimEnd().split("\n");
    const usageLine = lines.findIndex((line) => line.includes('"type":"usage_record.v1"'));
    const withLine = (index: number, change: (line: string) => string) =>
      Buffer.from(`${lines.map((line, at) => (at === index ? change(line) : line)).join("\n")}\n`);
    const problemsOf = async (bytes: Uint8Array) =>
      (await verify(bytes)).problems.map(({ line, problem }) => `${line}: ${problem}`).join("\n");

    const cheaper = withLine(usageLine, (line) => line.replace(/"cost":"\d+"/, '"cost":"1"'));
    expect(await problemsOf(cheaper)).toMatch(
      new RegExp(
        `^${usageLine + 1}: usage_record gen_\\w+: receipt: its cost is not that of the record`,
        "m",
      ),
    );
    expect(await problemsOf(cheaper)).toMatch(/usage_record gen_\w+: it was changed/);
    expect(await problemsOf(withLine(usageLine, (line) => line.replace(/"leaf":"./, '"leaf":"x')))).toMatch(
      /another shape/,
    );
    expect(
      await problemsOf(withLine(1, (line) => line.replace(/"record_count":\d+/, '"record_count":99'))),
    ).toMatch(/^2: block 1: it was changed/m);
    expect(await problemsOf(Buffer.from(`${lines.slice(0, -1).join("\n")}\n`))).toMatch(
      /without its signed end/,
    );
    const without = lines.filter((_, index) => index !== usageLine);
    expect(await problemsOf(Buffer.from(`${without.join("\n")}\n`))).toMatch(/should have|was expected/);
    expect(await problemsOf(Buffer.concat([await exportOf(fixture), Buffer.from("{}\n")]))).toMatch(
      /something follows the end/,
    );
  });

  it("is not believed when it was signed anew with another key", async () => {
    const fixture = await withUsage(1);
    await sealBlocks(database.db);
    const forger = createSigner({ signingKey: undefined, authSecret: "a secret of somebody else" });
    const forged = await exportOf(fixture, forger);
    expect((await verifyExport(chunked(forged))).problems).toEqual([]);
    const { problems } = await verify(forged);
    expect(problems[0]).toEqual({ line: 1, problem: `key ${forger.keyId} is not a published one` });
    expect(problems.some(({ problem }) => problem.startsWith("end: its key"))).toBe(true);
  });

  it("stays readable for an organization without any record", async () => {
    const fixture = await createMoneyFixture(database.db, 0n);
    const check = await verifyExport(chunked(await exportOf(fixture)));
    expect(check).toMatchObject({ blocks: 0, records: 0, problems: [] });
    expect(await sealBlocks(database.db, { organizationId: newId("organization") })).toEqual({
      blocks: 0,
      records: 0,
    });
  });
});
