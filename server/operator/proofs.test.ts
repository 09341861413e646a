// Harm prevented: an export that its reader cannot check, or a check that lets a changed file pass.
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type TestDatabase, testDatabase } from "@/server/dev/test-database";
import { createReceipts, createSigner } from "@/server/ledger";
import { createMoneyFixture } from "@/server/ledger/fixtures";
import { systemClock } from "@/server/platform/clock";
import { createSecretBox } from "@/server/platform/secret-box";
import { commands } from "./commands";
import type { OperatorConsole } from "./console";

const SECRET = "a secret of the tests";
const signer = createSigner({ signingKey: undefined, authSecret: SECRET });
let database: TestDatabase;
let folder: string;
let console: OperatorConsole;

beforeAll(async () => {
  database = await testDatabase();
  folder = await mkdtemp(join(tmpdir(), "deeptoken-export-"));
  console = {
    ...database,
    clock: systemClock,
    secretBox: () => createSecretBox(SECRET),
    signer: () => signer,
    stripe: () => null,
  };
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

it("exports what verifies without a database, and refuses the file once a byte of it is another", async () => {
  const fixture = await createMoneyFixture(database.db, 1_000_000_000n);
  await commands.grant?.run(console, {
    organization: fixture.organizationId,
    usd: "2",
    expires: "2099-01-01T00:00:00Z",
  });
  const file = join(folder, "export.ndjson");
  expect(await commands.export?.run(console, { organization: fixture.organizationId, file })).toMatchObject({
    lines: 5,
    newlySealed: 2,
  });
  const keys = join(folder, "keys.json");
  await writeFile(keys, JSON.stringify({ keys: await createReceipts({ db: database.db, signer }).keys() }));
  expect(await commands.verify?.withoutDatabase?.({ export: file, keys })).toMatchObject({
    organizationId: fixture.organizationId,
    blocks: 1,
    records: 2,
    problems: 0,
  });
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace('"amount":"2000000000"', '"amount":"2000000001"'));
  await expect(commands.verify?.withoutDatabase?.({ export: file })).rejects.toThrow(
    /line \d: transfer trf_\w+: it was changed/,
  );
});

it("checks the books and every block of the database, and prints the reconciliation", async () => {
  expect(await commands.verify?.run(console, { sweep: true })).toMatchObject({ violations: 0 });
  await commands["invoice add"]?.run(console, {
    day: "2026-01-31",
    provider: "test",
    model: "test/model",
    usd: "1.25",
  });
  expect(await commands.reconcile?.run(console, { from: "2026-01-01", to: "2026-01-31" })).toMatchObject({
    invariants: "all hold",
    invoices: 1,
    invoicesOutOfTolerance: [{ day: "2026-01-31", invoicedUsd: "1.25", countedUsd: "0.00" }],
    stripe: "not compared: no --stripe",
  });
  await expect(commands.reconcile?.run(console, { from: "yesterday" })).rejects.toThrow("--from");
  await expect(
    commands.grant?.run(console, { organization: "org_x", usd: "1", expires: "2020-01-01T00:00:00Z" }),
  ).rejects.toThrow();
});
