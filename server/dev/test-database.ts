import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { migrateDatabase } from "@/db/migrate";
import { type DatabaseHandle, openDatabase } from "@/server/platform/database";
import { startPostgres } from "./embedded-postgres";
import { temporaryRoot } from "./postgres-binaries";

/** Where the vitest set-up leaves the address of the run's server for its workers. */
export const TEST_POSTGRES_URL = "TEST_POSTGRES_URL";
const TEMPLATE = "template_migrated";

export interface TestPostgres {
  /** URL of the server's maintenance database: what {@link cloneDatabase} takes. */
  readonly adminUrl: string;
  stop(): Promise<void>;
}

export interface TestDatabase extends DatabaseHandle {
  readonly url: string;
}

/**
 * A throw-away Postgres with a migrated template database. Data is not flushed to disk (`fsync=off`), which changes
 * nothing but what survives a power cut; every other setting is Postgres' own.
 */
export async function startTestPostgres(): Promise<TestPostgres> {
  const folder = mkdtempSync(join(temporaryRoot(), "deeptoken-test-"));
  // mkdtemp makes it private; the Postgres user has to walk through.
  chmodSync(folder, 0o755);
  const server = await startPostgres({
    dataDir: join(folder, "data"),
    settings: { fsync: "off", full_page_writes: "off", max_connections: "400", shared_buffers: "64MB" },
  });
  const stop = async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const adminUrl = server.urlOf("postgres");
    await withClient(adminUrl, (client) => client.query(`CREATE DATABASE ${TEMPLATE}`));
    const { db, close } = openDatabase(server.urlOf(TEMPLATE));
    await migrateDatabase(db).finally(close);
    return { adminUrl, stop };
  } catch (reason) {
    await stop();
    throw reason;
  }
}

/**
 * A fresh, migrated, private database on the run's server. `close()` also drops it.
 * @param options.maxConnections size of its pool, 10 by default
 * @throws outside vitest unless TEST_POSTGRES_URL names a server of {@link startTestPostgres}
 */
export async function testDatabase(options: { maxConnections?: number } = {}): Promise<TestDatabase> {
  const adminUrl = process.env[TEST_POSTGRES_URL];
  if (!adminUrl) throw new Error(`${TEST_POSTGRES_URL} is not set: start a server with startTestPostgres().`);
  const { url, drop } = await cloneDatabase(adminUrl);
  const handle = openDatabase(url, options);
  return {
    db: handle.db,
    quick: handle.quick,
    pool: handle.pool,
    url,
    async close() {
      await handle.close();
      await drop();
    },
  };
}

/** Copies the migrated template. The caller opens it; `drop` ends every connection to it and removes it. */
export async function cloneDatabase(adminUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `test_${randomBytes(6).toString("hex")}`;
  await withClient(adminUrl, async (client) => {
    // One copy at a time: two at once would see each other as users of the template.
    await client.query("SELECT pg_advisory_lock(1)");
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE} STRATEGY FILE_COPY`);
  });
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    drop: () =>
      withClient(adminUrl, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

async function withClient<Result>(url: string, use: (client: pg.Client) => Promise<Result>): Promise<Result> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await use(client);
  } finally {
    await client.end();
  }
}
