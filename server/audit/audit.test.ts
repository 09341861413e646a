// Harm prevented: a trail that can be rewritten by whoever it accuses.
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { manualClock } from "@/server/platform/clock";
import { newId } from "@/server/platform/ids";
import {
  type AuditEntry,
  exportAudit,
  findChainFault,
  listAudit,
  readChain,
  recordAudit,
  verifyAuditExport,
  verifyChain,
} from ".";

const clock = manualClock();
let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

function entry(organizationId: string, over: Partial<AuditEntry> = {}): AuditEntry {
  return {
    organizationId,
    actor: { kind: "user", id: "usr_1", label: "Ada <ada@example.com>", ip: "192.0.2.1" },
    action: "key.created",
    target: { kind: "key", id: "key_1", label: "Production" },
    after: { name: "Production" },
    ...over,
  };
}

const record = (value: AuditEntry) => database.db.transaction((tx) => recordAudit(tx, clock, value));
const rowsOf = async (chain: string) => {
  const rows = [];
  for await (const row of readChain(database.db, chain)) rows.push(row);
  return rows;
};

describe("the audit trail", () => {
  it("is one unbroken chain per organization, also when thirty changes come at once", async () => {
    const [one, two] = [newId("organization"), newId("organization")];
    await Promise.all(Array.from({ length: 30 }, (_, n) => record(entry(n % 3 === 0 ? two : one))));
    expect(await verifyChain(database.db, one)).toMatchObject({ links: 20, fault: null });
    expect(await verifyChain(database.db, two)).toMatchObject({ links: 10, fault: null });
  });

  it("rolls back with the change that it tells of", async () => {
    const chain = newId("organization");
    await expect(
      database.db.transaction(async (tx) => {
        await recordAudit(tx, clock, entry(chain));
        throw new Error("the change failed");
      }),
    ).rejects.toThrow("failed");
    expect(await rowsOf(chain)).toEqual([]);
  });

  it("takes no UPDATE, DELETE or TRUNCATE", async () => {
    await record(entry(newId("organization")));
    for (const statement of [
      sql`UPDATE audit_event SET actor_label = 'nobody'`,
      sql`DELETE FROM audit_event`,
      sql`TRUNCATE audit_event`,
    ]) {
      await expect(database.db.execute(statement)).rejects.toThrow();
    }
  });

  it("shows every kind of tampering in an export", async () => {
    const chain = newId("organization");
    for (let n = 0; n < 5; n += 1) await record(entry(chain));
    const rows = await rowsOf(chain);
    expect(findChainFault(rows)).toBeNull();
    const [a, b, c, d, e] = rows;
    if (!a || !b || !c || !d || !e) throw new Error("five links expected");
    expect(findChainFault([a, { ...b, actorLabel: "Eve" }, c])).toMatchObject({
      sequence: 2,
      fault: "altered",
    });
    expect(findChainFault([a, c, d])).toMatchObject({ sequence: 3, fault: "gap" });
    expect(findChainFault([a, { ...c, sequence: 2 }])).toMatchObject({ sequence: 2, fault: "broken" });
    expect(findChainFault([d, e], c)).toBeNull();
  });

  it("keeps no secret and no endless detail", async () => {
    const chain = newId("organization");
    await record(
      entry(chain, {
        before: { secretHash: "abc", nested: [{ apiKey: "sk-live-123456789012" }] },
        after: { name: "see dtk_01kd00000000000000000000_abcdef and \0", isSecretShown: true },
      }),
    );
    await record(entry(chain, { after: { text: "x".repeat(10_000_000) } }));
    const [first, second] = await rowsOf(chain);
    expect(first?.before).toEqual({ secretHash: "[redacted]", nested: [{ apiKey: "[redacted]" }] });
    expect(first?.after).toEqual({ name: "see [redacted] and ", isSecretShown: true });
    expect(second?.after).toMatchObject({ cut: true });
    expect(await verifyChain(database.db, chain)).toMatchObject({ fault: null });
  });

  it("is listed newest first by pages, and by who, what and when", async () => {
    const chain = newId("organization");
    for (let n = 0; n < 5; n += 1) {
      await record(entry(chain, n === 2 ? { action: "key.revoked" } : {}));
      clock.advance(1_000);
    }
    const first = await listAudit(database.db, { chain, limit: 3 });
    expect(first.rows.map((row) => row.sequence)).toEqual([5, 4, 3]);
    const rest = await listAudit(database.db, { chain, limit: 3, cursor: first.nextCursor });
    expect(rest).toMatchObject({ rows: [{ sequence: 2 }, { sequence: 1 }], nextCursor: null });
    const revoked = await listAudit(database.db, { chain, limit: 3, filters: { action: "key.revoked" } });
    expect(revoked.rows).toMatchObject([{ sequence: 3 }]);
  });
});

describe("an exported trail", () => {
  async function exported(format: "ndjson" | "csv", count = 3, over: Partial<AuditEntry> = {}) {
    const chain = newId("organization");
    for (let n = 0; n < count; n += 1) await record(entry(chain, over));
    const parts: string[] = [];
    for await (const part of exportAudit(database.db, chain, format)) parts.push(part);
    return parts;
  }
  async function* feed(lines: readonly string[]) {
    yield* lines;
  }

  it("can be verified from its lines alone, and shows what was changed, cut out or put in", async () => {
    const lines = await exported("ndjson");
    expect(await verifyAuditExport(feed(lines))).toMatchObject({ links: 3, fault: null });
    const [first = "", second = "", third = ""] = lines;
    const altered = second.replace("Production", "Something else");
    expect(await verifyAuditExport(feed([first, altered, third]))).toMatchObject({
      fault: { sequence: 2, fault: "altered" },
    });
    expect(await verifyAuditExport(feed([first, third]))).toMatchObject({ fault: { fault: "gap" } });
    expect(await verifyAuditExport(feed([first, "{}"]))).toMatchObject({
      fault: { line: 2, fault: "unreadable" },
    });
    const [foreign = ""] = await exported("ndjson", 2);
    expect(await verifyAuditExport(feed([first, foreign]))).toMatchObject({ links: 1, fault: {} });
  });

  // Harm prevented: a key named like a formula runs in the spreadsheet of whoever opens the export.
  it("cannot carry a formula into a spreadsheet", async () => {
    const csv = (
      await exported("csv", 1, { target: { kind: "key", id: "key_1", label: "=HYPERLINK(1)" } })
    ).join("");
    expect(csv).toContain("'=HYPERLINK(1)");
    expect(csv).not.toContain(",=HYPERLINK");
  });
});
