// Harm prevented: after a crash the development database must come back with its data, not as an empty one or not at all.
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { type EmbeddedPostgres, startPostgres } from "./embedded-postgres";
import { temporaryRoot } from "./postgres-binaries";

const folder = mkdtempSync(join(temporaryRoot(), "deeptoken-test-"));
chmodSync(folder, 0o755);
const dataDir = join(folder, "data");
const pidFile = join(dataDir, "postmaster.pid");
let running: EmbeddedPostgres | null = null;

afterAll(async () => {
  await running?.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.urlOf("postgres") });
  await client.connect();
  return client.query(text).then(
    ({ rows }) => client.end().then(() => rows),
    (reason) => client.end().then(() => Promise.reject(reason)),
  );
}

const postmasterPid = () => Number(readFileSync(pidFile, "utf8").split("\n")[0]);

test("keeps its data over a restart, and takes another port when its own is busy", async () => {
  const squatter = createServer();
  const busy = await new Promise<number>((resolve) =>
    squatter.listen(0, "127.0.0.1", () => resolve((squatter.address() as { port: number }).port)),
  );
  running = await startPostgres({ dataDir, port: busy });
  expect(running.port).not.toBe(busy);
  await query(running, "CREATE TABLE kept (value int)");
  await query(running, "INSERT INTO kept VALUES (7)");
  await running.stop();
  squatter.close();
  running = await startPostgres({ dataDir });
  expect(await query(running, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
});

test("recovers when Postgres itself was killed", async () => {
  process.kill(postmasterPid(), "SIGKILL");
  running = await startPostgres({ dataDir });
  expect(await query(running, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
});

test("takes over a server that an earlier run left on the same data", async () => {
  const left = running?.port;
  const leftPid = postmasterPid();
  running = await startPostgres({ dataDir });
  expect(running.port).not.toBe(left);
  expect(postmasterPid()).not.toBe(leftPid);
  expect(await query(running, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
});

test("is not stopped by a pid file whose number now belongs to another program", async () => {
  await running?.stop();
  const other = spawn("sleep", ["60"]);
  writeFileSync(pidFile, `${other.pid}\n${dataDir}\n1\n5432\n\n127.0.0.1\n  0  0\nready\n`);
  running = await startPostgres({ dataDir });
  expect(await query(running, "SELECT value FROM kept")).toEqual([{ value: 7 }]);
  expect(other.exitCode).toBeNull();
  other.kill();
});
