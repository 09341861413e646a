import { Pool as NeonPool, neonConfig } from "@neondatabase/serverless";
import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
import pg from "pg";
import ws from "ws";
import * as schema from "@/db/schema";

export type Database = NodePgDatabase<typeof schema>;
/** A database or a transaction on it: what a function takes when its caller decides where the transaction ends. */
export type Executor = Pick<
  Database,
  "select" | "selectDistinctOn" | "insert" | "update" | "delete" | "execute" | "query"
>;

export interface DatabaseHandle {
  readonly db: Database;
  /**
   * The same for what every request has to know: a statement without an answer fails after `QUICK_MS`, and does not keep its
   * connection from others while the database, or the way to it, hangs.
   */
  readonly quick: Database;
  /** For single-statement calls of SQL functions on the request path. */
  readonly pool: pg.Pool;
  close(): Promise<void>;
}

// int8 as bigint, for Drizzle's raw statements too, which bring their own parsers but fall back on these: amounts above
// 2^53 must survive the driver, and a text that looks like a number must never be added to one.
pg.types.setTypeParser(pg.types.builtins.INT8, (text) => BigInt(text));

const QUICK_MS = 2_000;

/** Neon's WebSocket pool for Neon's hosts, `pg` for every other Postgres. Both speak the same interface. */
export function openDatabase(url: string, options: { maxConnections?: number } = {}): DatabaseHandle {
  const config = {
    connectionString: url,
    max: options.maxConnections ?? 10,
    connectionTimeoutMillis: 5_000,
    types: pg.types,
  };
  const isNeon = new URL(url).hostname.endsWith(".neon.tech");
  if (isNeon && typeof WebSocket === "undefined") neonConfig.webSocketConstructor = ws;
  const pool = isNeon ? (new NeonPool(config) as unknown as pg.Pool) : new pg.Pool(config);
  // A connection that the server closes must not end the process: neither an idle one, nor one in the middle of a
  // transaction, whose statement is rejected anyway.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return {
    db: drizzle(pool, { schema }),
    quick: drizzle(withTimeout(pool, QUICK_MS), { schema }),
    pool,
    close: () => pool.end(),
  };
}

/** A view of a pool whose statements end after a time. Drizzle passes them as objects. */
function withTimeout(pool: pg.Pool, timeoutMs: number): pg.Pool {
  const query = (statement: pg.QueryConfig, values?: unknown[]) =>
    pool.query({ ...statement, query_timeout: timeoutMs } as pg.QueryConfig, values);
  return Object.create(pool, { query: { value: query } }) as pg.Pool;
}
